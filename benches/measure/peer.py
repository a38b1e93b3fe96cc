"""What the other programs have in common: a directory, an environment, a way to call them."""

import os
import shutil
import subprocess

from .clock import Command, Failed


class Peer:
    """A program to compare with: it is found in a path, and its stores lie in a place."""

    name = ""
    program = ""
    most = 10_000

    def __init__(self, place, path):
        self.place = place
        self.home = os.path.join(place, "home")
        os.makedirs(self.home)
        self.env = {"HOME": self.home, "PATH": path, "LANG": "C.UTF-8"}
        self.argv = self.interpreted(shutil.which(self.program, path=path))

    @staticmethod
    def interpreted(program):
        """The words that start a program, without the detour through `env` for a script of node."""
        real = os.path.realpath(program)
        with open(real, "rb") as file:
            first = file.readline()
        return ["node", real] if first.strip().endswith(b"env node") else [program]

    def call(self, *words, cwd=None, text="", argv=None):
        """Runs the program, or another one, and returns what it prints."""
        done = subprocess.run(
            [*(self.argv if argv is None else argv), *words],
            env=self.env, cwd=cwd or self.place, input=text, text=True, capture_output=True, check=False,
        )
        if done.returncode:
            raise Failed(f"{self.name} {' '.join(words[:2])}: {done.stderr.strip()[-300:]}")
        return done.stdout

    def directory(self, count):
        """An empty directory for a store of so many secrets."""
        directory = os.path.join(self.place, str(count))
        os.makedirs(directory)
        return directory

    def write(self, directory, name, text):
        """A file in a store's directory."""
        path = os.path.join(directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def age_key(self):
        """A recipient, and the file with its key; made once."""
        key = os.path.join(self.place, "key")
        if not os.path.exists(key):
            maker = shutil.which("age-keygen", path=self.env["PATH"]) or "rage-keygen"
            self.call("-o", key, argv=[maker])
        with open(key, encoding="utf-8") as file:
            return file.read().split("public key: ")[1].split()[0], key

    def command(self, place, *words, **more):
        """A command of the program, in a store's directory."""
        return Command([*self.argv, *words], self.env, place, **more)

    def start(self, _place):
        """Nothing but starting."""
        return self.command(self.place, "--version")

    def close(self):
        """Ends what a peer keeps running."""
