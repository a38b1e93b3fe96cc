"""Holds what `import` reads against the programs that write it.

    imports.py SECRETS COUNT

COUNT values are written a hundred a file by writers that know nothing of us:
Python's json and csv, PyYAML and ruamel.yaml in all their styles, kubectl, and
sops with a key of age. Each is imported, and must come out byte for byte.
"""

import base64
import csv
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import pyrage
import ruamel.yaml
import yaml

SECRETS = os.path.abspath(sys.argv[1])
COUNT = int(sys.argv[2])
PIECES = ["x", "two words", "$(touch x)", "`touch x`", "${HOME}", "$", "!", "\\", "\\n", "\n", "\n\n", "\r", "\r\n", "\t", "#", " #", "'", '"', "'''", ":", ": ",
          "- ", "-", "&a", "*a", "|", ">", "{", "}", "[", "]", "@", "%", "null", "~", "true", "1e3", "0x1F", "012", "2001-12-14", "é", "e\u0301", "\U0001f511", "\u2018",
          "\u2028", "\x85", "\xa0", "\x7f", "<<", "? ", "---", "...", ",", " ", "  ", "%TAG", "=", "\0"]

# Raw in the text: no line of a file holds NUL, and two versions of YAML read the others differently.
REFUSED = {".json": "\0", ".csv": "\0", ".yaml": "\0\x85\u2028\u2029", ".yml": "\0\x85\u2028\u2029"}


def value(dice):
    body = "".join(dice.choice(PIECES) for _ in range(dice.choice([0, 1, 1, 2, 3, 5, 9])))
    return body if dice.random() < 0.8 else " " * dice.randrange(3) + body + " \n"[: dice.randrange(3)]


class World:
    def __init__(self, root):
        self.root = root
        (root / "home").mkdir()
        self.env = {"HOME": str(root / "home"), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "SECRETS_KEY_FILE": str(root / "key")}
        self.run("-q", "init", "--key-file", "key")

    def run(self, *args, env=None):
        done = subprocess.run([SECRETS, *args], cwd=self.root, env={**self.env, **(env or {})}, stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"{args[:6]}: {done.returncode}: {done.stderr.decode(errors='replace')[:2000]}")
        return done.stdout

    def check(self, what, suffix, text, wanted, *more, env=None):
        path = self.root / f"{what}{suffix}"
        path.write_bytes(text)
        self.run("-q", "-p", f"/{what}", "import", str(path), "--overwrite", *more, env=env)
        found = json.loads(self.run("-p", f"/{what}", "export", "--format", "json", "--include-values", "-q"))
        found = {s["name"]: base64.b64decode(s["value"]) if s["encoding"] == "base64" else s["value"].encode() for s in found["secrets"]}
        for name, v in wanted.items():
            if found.get(name) != v:
                sys.exit(f"{what}: {name}: {found.get(name)!r} is not {v!r}")


def files(values, at):
    """Name, suffix and text of each writer."""
    styles = [None, "'", '"', "|", ">"]
    yield "json", ".json", json.dumps(values, ensure_ascii=at % 2 == 0, indent=at % 3 or None)
    rows = io.StringIO()
    writer = csv.writer(rows, quoting=[csv.QUOTE_ALL, csv.QUOTE_MINIMAL][at % 2], lineterminator=["\n", "\r\n"][at % 2])
    writer.writerow(["key", "value"])
    writer.writerows(values.items())
    yield "csv", ".csv", rows.getvalue()
    yield "pyyaml", ".yaml", yaml.safe_dump(values, default_style=styles[at % 5], allow_unicode=at % 2 == 0, width=[40, 10000][at % 2])
    text = io.StringIO()
    # In its flow style it writes files that it cannot read itself.
    block = ruamel.yaml.YAML(typ="safe", pure=True)
    block.default_flow_style = False
    block.dump(values, text)
    yield "ruamel", ".yml", text.getvalue()


def sops(world, values):
    key = pyrage.x25519.Identity.generate()
    secret = world.root / "age.key"
    secret.write_text(f"{key}\n")
    env = {"SOPS_AGE_KEY_FILE": str(secret)}
    texts = {n: v for n, v in values.items() if not any(c in v for c in REFUSED[".yaml"] + "\r")}
    plain = {
        ".json": json.dumps(texts),
        ".yaml": yaml.safe_dump(texts, default_style='"'),
        # What sops makes of a dotenv file is lines as they are.
        ".env": "".join(f"{n}={v}\n" for n, v in texts.items() if v.isalnum() and v.isascii()),
    }
    for suffix, text in plain.items():
        path = world.root / f"plain{suffix}"
        path.write_text(text)
        sealed = subprocess.run(["sops", "--encrypt", "--age", str(key.to_public()), str(path)], env=world.env, capture_output=True)
        assert sealed.returncode == 0, sealed.stderr
        assert b"ENC[AES256_GCM" in sealed.stdout
        wanted = {n: v.encode() for n, v in texts.items() if suffix != ".env" or v.isalnum() and v.isascii()}
        world.check("sops", suffix, sealed.stdout, wanted, env=env)
        # Without the key sops fails, and nothing is taken.
        done = subprocess.run([SECRETS, "import", str(world.root / f"sops{suffix}"), "-p", "none"], cwd=world.root, env=world.env, stdin=subprocess.DEVNULL, capture_output=True)
        assert done.returncode == 1 and b"encrypted by sops" in done.stderr, done.stderr
    assert world.run("list", "--names", "none/") == b""


def kubectl(world, values):
    texts = {n: v for n, v in values.items() if "\0" not in v and v}
    literals = [f"--from-literal={n}={v}" for n, v in texts.items()]
    for form, suffix in [("yaml", ".yaml"), ("json", ".json")]:
        made = subprocess.run(["kubectl", "create", "secret", "generic", "app", "--dry-run=client", "-o", form, *literals], env=world.env, capture_output=True)
        assert made.returncode == 0, made.stderr
        world.check(f"kubectl{form}", suffix, made.stdout, {n: v.encode() for n, v in texts.items()})


def main():
    dice = random.Random(20261202)
    with tempfile.TemporaryDirectory(prefix="imports-") as name:
        world = World(pathlib.Path(name))
        for at in range(0, COUNT, 100):
            values = {f"V{n}": value(dice) for n in range(min(100, COUNT - at))}
            if at == 0:
                values["V0"] = "x" * 102400
            wanted = {n: v.encode() for n, v in values.items()}
            for what, suffix, text in files(values, at // 100):
                taken = wanted
                if any(c in text for c in REFUSED[suffix]):
                    # They are refused by name; the rest of the file is taken without them.
                    rest = {n: v for n, v in values.items() if not any(c in v for c in REFUSED[suffix])}
                    text = {w: t for w, _, t in files(rest, at // 100)}[what]
                    taken = {n: v.encode() for n, v in rest.items()}
                if what == "ruamel":
                    # It breaks lines between double quotes where that adds a space; its reader adds it, too.
                    taken = {n: v.encode() for n, v in ruamel.yaml.YAML(typ="safe", pure=True).load(text).items()}
                world.check(what, suffix, text.encode(), taken)
            if at % 1000 == 0:
                kubectl(world, values)
                sops(world, values)
        made = list(world.root.rglob("x"))
        assert not made, f"something was executed: {made}"
    print(f"{COUNT} values a writer: json, csv, PyYAML, ruamel.yaml; kubectl and sops for a tenth of them")


main()
