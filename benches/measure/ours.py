"""This project's program: its build, its vaults and its commands."""

import json
import os
import subprocess

from .clock import Command, Failed

TARGET = "x86_64-unknown-linux-musl"
PASSPHRASE = "spoon kettle orchard violin"


def pairs(count):
    """Names and values of so many secrets; a value has 32 bytes."""
    return [(f"SERVICE_{number:05}_TOKEN", f"{number:032}") for number in range(count)]


def wanted(count):
    """The pair that `get` reads, out of the middle."""
    return pairs(count)[count // 2]


def dotenv(count):
    """So many secrets as an .env file."""
    return "".join(f"{name}={value}\n" for name, value in pairs(count))


def build(root):
    """Builds the static program, and returns its path."""
    done = subprocess.run(
        ["cargo", "build", "--release", "--locked", "--target", TARGET, "--message-format=json"],
        cwd=root, stdout=subprocess.PIPE, check=True,
    )
    return artifact(done.stdout, "bin", "secrets")


def bench(root):
    """Builds `benches/inside.rs` for the host, since criterion has C in it, and returns its program."""
    done = subprocess.run(
        ["cargo", "bench", "--locked", "--bench", "inside", "--no-run", "--message-format=json"],
        cwd=root, stdout=subprocess.PIPE, check=True,
    )
    return artifact(done.stdout, "bench", "inside")


def artifact(messages, kind, name):
    """The program in what cargo tells of a build."""
    for line in messages.splitlines():
        message = json.loads(line)
        target = message.get("target", {})
        if message.get("executable") and kind in target["kind"] and target["name"] == name:
            return message["executable"]
    raise Failed(f"cargo built no {name}")


def is_static(program):
    """Whether no loader starts before it: an ELF file without PT_INTERP."""
    with open(program, "rb") as file:
        head = file.read(4096)
    start, size = int.from_bytes(head[32:40], "little"), int.from_bytes(head[54:56], "little")
    count = int.from_bytes(head[56:58], "little")
    kinds = [head[start + size * i : start + size * i + 4] for i in range(count)]
    return b"\x03\x00\x00\x00" not in kinds


def rustc(root, source, program, static):
    """Compiles a small program as ours is compiled, with the same linkage."""
    target = ["--target", TARGET] if static else []
    subprocess.run(
        ["rustc", "--edition", "2024", "-C", "opt-level=3", "-C", "lto=fat", "-C", "codegen-units=1",
         "-C", "strip=symbols", *target, "-o", program, source],
        cwd=root, check=True,
    )
    return program


class Ours:
    """Vaults in a directory of their own, and commands on them."""

    name = "secrets"

    def __init__(self, program, place):
        self.program = program
        self.place = place
        self.home = os.path.join(place, "home")
        self.key = os.path.join(place, "key")
        self.env = {"HOME": self.home, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        self.vaults = {}
        self.sessions = True
        os.makedirs(self.home)

    def call(self, vault, *arguments, text="", opener=None):
        """Runs the program in a vault's directory, with its key or another opener."""
        opener = ["--key-file", self.key] if opener is None else opener
        done = subprocess.run(
            [self.program, "-q", *arguments, *opener],
            env=self.env, cwd=vault, input=text.encode(), capture_output=True, check=False,
        )
        if done.returncode:
            raise Failed(f"secrets {arguments[0]}: {done.stderr.decode().strip()}")

    def vault(self, name, sizes, opener=None):
        """A directory whose vault has environments of these sizes; made once."""
        if name in self.vaults:
            return self.vaults[name]
        vault = os.path.join(self.place, "vaults", name)
        os.makedirs(vault)
        names = [f"env{number}" for number in range(len(sizes))]
        self.call(vault, "init", "--environments", ",".join(names), opener=opener)
        for environment, size in zip(names, sizes):
            self.call(vault, "import", "-", "-e", environment, text=dotenv(size), opener=opener)
        self.vaults[name] = vault
        if not opener:
            self.unlock(vault)
        return vault

    def unlock(self, vault):
        """Opens a session, where this version has them."""
        try:
            self.call(vault, "unlock", "--for", "8h", "--idle", "8h")
        except Failed as error:
            if self.sessions:
                print(f"no session, a key file opens the vaults: {error}", flush=True)
            self.sessions = False

    def cold(self, count):
        """One value of a vault that a passphrase opens, without a session."""
        file = os.path.join(self.place, "passphrase")
        if not os.path.exists(file):
            with open(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as out:
                out.write(PASSPHRASE)
        opener = ["--passphrase-file", file]
        vault = self.vault("cold", [count], opener)
        name, value = wanted(count)
        return Command([self.program, "get", name, *opener], self.env, vault, shows=value)

    def lock(self):
        """Ends the sessions of these vaults."""
        for vault in self.vaults.values():
            if self.sessions:
                self.call(vault, "lock", opener=[])

    def command(self, vault, *arguments, **more):
        """A command that a session opens the vault for, else the key file."""
        env = self.env if self.sessions else {**self.env, "SECRETS_KEY_FILE": self.key}
        return Command([self.program, *arguments], env, vault, **more)

    # What every peer has, too: a place of so many secrets, and these on it.

    def fill(self, count):
        """A vault of so many secrets."""
        return self.vault(str(count), [count])

    def start(self, _place):
        """Nothing but starting."""
        return Command([self.program, "--version"], self.env)

    def get(self, place, count):
        """One value."""
        name, value = wanted(count)
        return self.command(place, "get", name, shows=value)

    def set(self, place, count):
        """Another value for one secret."""
        return self.command(place, "set", wanted(count)[0], stdin="value-{n}")

    def list(self, place, count):
        """All names."""
        return self.command(place, "list", shows=wanted(count)[0])

    def run(self, place, _count):
        """A program with all of them."""
        return self.command(place, "run", "--", "true")
