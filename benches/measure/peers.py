"""The other programs, each in the fastest configuration that it has.

A peer makes a store of so many secrets with `fill`, and has a `Command` for
each of `start`, `get`, `set`, `list` and `run`, or leaves it out. What a
program cannot do is not timed: no shell loop stands in for it, except for age
and rage, which encrypt a file and know nothing of what is in it. `most` is the
largest store that is worth waiting for.
"""

import dataclasses
import os
import shutil

from .clock import Command
from .ours import dotenv, pairs, wanted
from .peer import Peer


class Age(Peer):
    """A dotenv file as one ciphertext; to find one secret is left to others, and not timed."""

    name = program = "age"

    def fill(self, count):
        self.recipient, self.key = self.age_key()
        directory = self.directory(count)
        self.call("-e", "-r", self.recipient, "-o", f"{directory}/store", text=dotenv(count))
        return directory

    def get(self, place, count):
        return self.command(place, "-d", "-i", self.key, "store", shows=wanted(count)[1])

    def shell(self, place, script):
        return Command(["/bin/sh", "-ec", script], self.env, place)

    def set(self, place, count):
        program, name = self.argv[0], wanted(count)[0]
        return self.shell(
            place,
            f"{program} -d -i {self.key} store | sed 's/^{name}=.*/{name}={{n}}/' |"
            f" {program} -e -r {self.recipient} -o new && mv new store",
        )

    def run(self, place, _count):
        return self.shell(place, f'set -a; eval "$({self.argv[0]} -d -i {self.key} store)"; exec true')


class Rage(Age):
    name = program = "rage"


class Dotenvx(Peer):
    """An .env file whose values are ciphertexts for a public key, and its private key beside it."""

    name = program = "dotenvx"
    most = 1_000
    alone = ["--no-armor", "--no-native", "--no-1password", "--no-bitwarden"]

    def fill(self, count):
        directory = self.directory(count)
        self.write(directory, ".env", dotenv(count))
        self.call("encrypt", *self.alone, cwd=directory)
        return directory

    def get(self, place, count):
        name, value = wanted(count)
        return self.command(place, "get", name, *self.alone, shows=value)

    def set(self, place, count):
        return self.command(place, "set", wanted(count)[0], "value-{n}", *self.alone)

    def list(self, place, count):
        return self.command(place, "get", *self.alone, shows=wanted(count)[0])

    def run(self, place, _count):
        return self.command(place, "run", *self.alone, "--", "true")


class Fnox(Peer):
    """Values encrypted by its age provider in fnox.toml; `exec` replaces itself by the program."""

    name = program = "fnox"

    def fill(self, count):
        recipient, key = self.age_key()
        self.env["FNOX_AGE_KEY_FILE"] = key
        directory = self.directory(count)
        head = f'default_provider = "age"\n[providers.age]\ntype = "age"\nrecipients = ["{recipient}"]\n'
        config = self.write(directory, "fnox.toml", head)
        first, value = pairs(1)[0]
        self.call("set", first, value, cwd=directory)
        with open(config, encoding="utf-8") as file:
            text = file.read()
        line = next(line for line in text.splitlines() if line.startswith(first))
        # One ciphertext for all but the wanted one: to make 10,000 of them would take an hour.
        name, value = wanted(count)
        rest = "\n".join(line.replace(first, other) for other, _ in pairs(count) if other not in (first, name))
        self.write(directory, "fnox.toml", f"{text}{rest}\n")
        self.call("set", name, value, cwd=directory)
        return directory

    def get(self, place, count):
        name, value = wanted(count)
        return self.command(place, "get", name, shows=value)

    def set(self, place, count):
        return self.command(place, "set", wanted(count)[0], "value-{n}")

    def list(self, place, count):
        return self.command(place, "list", shows=wanted(count)[0])

    def run(self, place, _count):
        return self.command(place, "exec", "--replace", "--", "true")


class FnoxDaemon(Fnox):
    """The same store, its values in the memory of a process that keeps running."""

    name = "fnox daemon"

    def __init__(self, place, path):
        super().__init__(place, path)
        self.env["FNOX_DAEMON"] = "on"

    def close(self):
        self.call("daemon", "stop")


class Kbs2(Peer):
    """A file for each record, encrypted by an age key that is not itself encrypted."""

    name = program = "kbs2"

    def fill(self, count):
        directory = self.directory(count)
        config = os.path.join(directory, "config")
        self.call("-c", config, "init", "--insecure-not-wrapped", "-s", f"{directory}/store")
        name, value = wanted(count)
        self.call("-c", config, "new", "-k", "environment", "--terse", name, text=f"{name}\x01{value}")
        for other, _ in pairs(count):
            if other != name:
                shutil.copy(f"{directory}/store/{name}", f"{directory}/store/{other}")
        return directory

    def get(self, place, count):
        name, value = wanted(count)
        return self.command(place, "-c", "config", "env", "-v", name, shows=value)

    def set(self, place, count):
        name = wanted(count)[0]
        return self.command(
            place, "-c", "config", "new", "-f", "-k", "environment", "--terse", name, stdin=f"{name}\x01{{n}}"
        )

    def list(self, place, count):
        return self.command(place, "-c", "config", "list", shows=wanted(count)[0])


class Keepassxc(Peer):
    """A database whose key file needs the least work that the program offers: 100 ms of derivation."""

    name = "keepassxc-cli"
    program = "keepassxc-cli"

    def fill(self, count):
        directory = self.directory(count)
        strings = "".join(
            f"<Entry><String><Key>Title</Key><Value>{name}</Value></String>"
            f"<String><Key>Password</Key><Value ProtectInMemory='True'>{value}</Value></String></Entry>"
            for name, value in pairs(count)
        )
        xml = f"<KeePassFile><Meta/><Root><Group><Name>Root</Name>{strings}</Group></Root></KeePassFile>"
        self.write(directory, "store.xml", xml)
        self.call("import", "-q", "-t", "100", "--set-key-file", "key", "store.xml", "store", cwd=directory)
        return directory

    def open(self, verb, place, *words, **more):
        return self.command(place, verb, "-q", "--no-password", "-k", "key", *words, **more)

    def get(self, place, count):
        name, value = wanted(count)
        return self.open("show", place, "-s", "-a", "Password", "store", name, shows=value)

    def set(self, place, count):
        return self.open("edit", place, "-p", "store", wanted(count)[0], stdin="value-{n}\n")

    def list(self, place, count):
        return self.open("ls", place, "store", shows=wanted(count)[0])


class Pass(Peer):
    """A file for each record, encrypted by gpg, whose agent is warm."""

    name = program = "pass"

    def fill(self, count):
        gnupg = os.path.join(self.home, ".gnupg")
        if not os.path.exists(gnupg):
            os.mkdir(gnupg, 0o700)
            self.call("--batch", "--passphrase", "", "--quick-generate-key", "bench", argv=["gpg"])
        directory = self.directory(count)
        self.env["PASSWORD_STORE_DIR"] = directory
        self.call("init", "bench")
        name, value = wanted(count)
        self.call("insert", "-e", name, text=f"{value}\n")
        for other, _ in pairs(count):
            if other != name:
                shutil.copy(f"{directory}/{name}.gpg", f"{directory}/{other}.gpg")
        return directory

    def command(self, place, *words, **more):
        return Command([*self.argv, *words], {**self.env, "PASSWORD_STORE_DIR": place}, place, **more)

    def get(self, place, count):
        name, value = wanted(count)
        return self.command(place, "show", name, shows=value)

    def set(self, place, count):
        return self.command(place, "insert", "-e", "-f", wanted(count)[0], stdin="value-{n}\n")

    def list(self, place, count):
        return self.command(place, "ls", shows=wanted(count)[0])

    def close(self):
        self.call("--kill", "gpg-agent", argv=["gpgconf"])


class Rops(Peer):
    """A YAML file whose values are ciphertexts under one data key."""

    name = program = "rops"

    def fill(self, count):
        recipient, key = self.age_key()
        with open(key, encoding="utf-8") as file:
            self.env["ROPS_AGE"] = file.read().split()[-1]
        directory = self.directory(count)
        plain = "".join(f'{name}: "{value}"\n' for name, value in pairs(count))
        self.write(directory, "store.yaml", self.call("encrypt", "--age", recipient, "-f", "yaml", text=plain))
        editor = self.write(
            directory, "editor", f'#!/bin/sh\nexec sed -i "s/^{wanted(count)[0]}: .*/{wanted(count)[0]}: value-$$/" "$1"\n'
        )
        os.chmod(editor, 0o700)
        return directory

    def start(self, _place):
        return self.command(self.place, "help")

    def get(self, place, count):
        return self.command(place, "decrypt", "store.yaml", shows=wanted(count)[1], terminal=True)

    def set(self, place, _count):
        edit = self.command(place, "edit", "store.yaml", terminal=True)
        return dataclasses.replace(edit, env={**self.env, "EDITOR": f"{place}/editor"})

    def list(self, place, count):
        return self.command(place, "decrypt", "store.yaml", shows=wanted(count)[0], terminal=True)


class Secretspec(Peer):
    """Values in one age file, behind a declaration of every name."""

    name = program = "secretspec"

    def fill(self, count):
        recipient, key = self.age_key()
        directory = self.directory(count)
        self.call("-e", "-r", recipient, "-o", f"{directory}/store.age", argv=["age"], text=dotenv(count))
        names = "".join(f'{name} = {{ description = "a token", required = true }}\n' for name, _ in pairs(count))
        head = '[project]\nname = "bench"\nrevision = "1.0"\n[profiles.default]\n'
        self.write(directory, "secretspec.toml", head + names)
        self.provider = f"?identity={key}&armor=false"
        return directory

    def command(self, place, *words, **more):
        env = {**self.env, "SECRETSPEC_REASON": "bench"}
        if words[0] != "--version":
            env["SECRETSPEC_PROVIDER"] = f"age://{place}/store.age{self.provider}"
        return Command([*self.argv, *words], env, place, **more)

    def get(self, place, count):
        name, value = wanted(count)
        return self.command(place, "get", name, shows=value)

    def set(self, place, count):
        return self.command(place, "set", wanted(count)[0], "value-{n}")

    def run(self, place, _count):
        return self.command(place, "run", "--", "true")


class Sops(Peer):
    """A dotenv file whose values are ciphertexts under one data key, and an age key."""

    name = program = "sops"

    def fill(self, count):
        recipient, key = self.age_key()
        self.env["SOPS_AGE_KEY_FILE"] = key
        directory = self.directory(count)
        plain = self.write(directory, "plain.env", dotenv(count))
        self.write(directory, "store.env", self.call("encrypt", "--age", recipient, plain))
        return directory

    def start(self, _place):
        return self.command(self.place, "--version", "--disable-version-check")

    def get(self, place, count):
        name, value = wanted(count)
        return self.command(place, "decrypt", "--extract", f'["{name}"]', "store.env", shows=value)

    def set(self, place, count):
        return self.command(place, "set", "store.env", f'["{wanted(count)[0]}"]', '"value-{n}"')

    def list(self, place, count):
        return self.command(place, "decrypt", "store.env", shows=wanted(count)[0])

    def run(self, place, _count):
        return self.command(place, "exec-env", "--same-process", "store.env", "true")


class Varlock(Peer):
    """A schema, and an .env file whose values are encrypted for this machine.

    It writes no value into a file by itself: `set` is the encryption alone.
    """

    name = program = "varlock"

    def fill(self, count):
        self.env["VARLOCK_TELEMETRY_DISABLED"] = "1"
        directory = self.directory(count)
        name, value = wanted(count)
        sealed = self.call("encrypt", cwd=directory, text=value)
        sealed = sealed[sealed.index("varlock(") :].split()[0]
        schema = "".join(f"# @sensitive\n{name}=\n" for name, _ in pairs(count))
        self.write(directory, ".env.schema", schema)
        # One ciphertext for all: to make 10,000 of them would take an hour.
        self.write(directory, ".env.local", "".join(f"{name}={sealed}\n" for name, _ in pairs(count)))
        return directory

    def get(self, place, count):
        name, value = wanted(count)
        return self.command(place, "printenv", name, shows=value)

    def set(self, place, _count):
        return self.command(place, "encrypt", stdin="value-{n}")

    def list(self, place, count):
        return self.command(place, "load", shows=wanted(count)[0])

    def run(self, place, _count):
        return self.command(place, "run", "--", "true")


ALL = [Age, Dotenvx, Fnox, FnoxDaemon, Kbs2, Keepassxc, Pass, Rage, Rops, Secretspec, Sops, Varlock]
