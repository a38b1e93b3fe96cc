"""Holds what `export` writes against the programs that read it.

    consumers.py SECRETS COUNT

COUNT values are stored, and written in each format, a folder at a time. Each
value must come out of the format's own reader byte for byte, or be refused by
its name, and only where the rule of the format says so. Nothing may be
executed. PATH and NODE_PATH say where the readers are; docker's rules are
written down here, because docker itself is in no package registry.
"""

import base64
import csv
import ctypes
import ctypes.util
import glob
import io
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unicodedata

import kubernetes_validate
import ruamel.yaml
import yaml

HERE = pathlib.Path(__file__).parent
SECRETS = os.path.abspath(sys.argv[1])
COUNT = int(sys.argv[2])
FOLDER_SIZE = 100

PIECES = [b"x", b"word", b"two words", b"$(touch x)", b"`touch x`", b"${HOME}", b"$HOME", b"$", b"$$", b"%{if}", b"%%{", b"$${", b"!", b"!!",
          b"\\", b"\\\\", b"\\n", b"\n", b"\n\n", b"\r", b"\r\n", b"\t", b"#", b" #", b"'", b'"', b"'''", b'"""', b"=", b":", b": ", b"- ", b"-", b"&a",
          b"*a", b"|", b">", b"{", b"}", b"[", b"]", b"@", b"%", b"null", b"~", b"true", b"1e3", b"0x1F", b"012", b"\xc3\xa9", b"e\xcc\x81", "\U0001f511".encode(),
          b"\xe2\x80\x98", b"\xe2\x80\xa8", b"\xc2\x85", b"\xef\xbb\xbf", b"\xff", b"\x80", b"\x01", b"\x1b[31m", b"\x7f", b"::add-mask::", b"::set-output name=x::y",
          b"<<EOF", b"EOF", b" ", b"  "]


def value(dice):
    if dice.random() < 0.1:
        return bytes(dice.randrange(1, 256) for _ in range(dice.randrange(0, 40)))
    body = b"".join(dice.choice(PIECES) for _ in range(dice.choice([0, 1, 1, 2, 3, 5, 9])))
    return body if dice.random() < 0.8 else b" " * dice.randrange(3) + body + b" \t"[: dice.randrange(3)]


def is_text(v):
    try:
        v.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in v


def controls(v, allowed):
    return any(unicodedata.category(c) == "Cc" and c not in allowed for c in v.decode())


# What each format cannot carry: the rule, beside what the program does.
CANNOT = {
    "docker": lambda v: not is_text(v) or b"\n" in v or b"\r" in v,
    "systemd": lambda v: not is_text(v) or controls(v, "\t\n"),
    "tfvars": lambda v: not is_text(v) or unicodedata.normalize("NFC", v.decode()) != v.decode(),
    "github": lambda v: not is_text(v) or b"\r" in v,
    "k8s": lambda v: False,
    "json": lambda v: False,
    "yaml": lambda v: False,
    "csv": lambda v: False,
}


class World:
    """A vault with COUNT values, a hundred in a folder."""

    def __init__(self, root):
        self.root = root
        (root / "home").mkdir()
        self.env = {"HOME": str(root / "home"), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "SECRETS_KEY_FILE": str(root / "key")}
        self.run("-q", "init", "--key-file", "key")
        dice = random.Random(20261201)
        self.folders = {}
        for at in range(0, COUNT, FOLDER_SIZE):
            names = [f"V{n}" for n in range(at, min(at + FOLDER_SIZE, COUNT))]
            folder = {name: value(dice) for name in names}
            if at == 0:
                folder["V0"] = b"x" * 102400
                folder["V1"] = ("\U0001f511'\"$`\\ " * 100).encode()
            pairs = [name.encode() + b"=" + v for name, v in folder.items()]
            self.run("-q", "-p", f"/f{at}", "set", "--raw", "--", *pairs)
            self.folders[f"/f{at}"] = folder

    def call(self, *args, env=None):
        return subprocess.run([SECRETS, *args], cwd=self.root, env={**self.env, **(env or {})}, stdin=subprocess.DEVNULL, capture_output=True)

    def run(self, *args, env=None):
        done = self.call(*args, env=env)
        if done.returncode != 0:
            sys.exit(f"{args[:6]}: {done.returncode}: {done.stderr.decode(errors='replace')[:2000]}")
        return done.stdout

    def export(self, form, folder, *more, env=None):
        """The text, and the values that are in it: those that were not refused."""
        wanted = self.folders[folder]
        args = ["export", "-p", folder, "--format", form, *more]
        done = self.call(*args, env=env)
        refused = set(re.findall(rb'value of "development:/f\d+/(V\d+)"', done.stderr))
        refused = {name.decode() for name in refused}
        expected = {name for name, v in wanted.items() if CANNOT[form](v) or (form == "docker" and len(name) + len(v) + 2 > 65534)}
        if refused != expected:
            sys.exit(f"{form}{folder}: refused {sorted(refused - expected)} too many, {sorted(expected - refused)} too few\n{done.stderr.decode()[:1000]}")
        rest = {name: v for name, v in wanted.items() if name not in refused}
        if refused:
            assert done.returncode == 2 and done.stdout == b"", (form, done.returncode)
            done_text = self.run(*args, "--except", ",".join(sorted(refused)), env=env) if rest else b""
            return done_text, rest
        assert done.returncode == 0, (form, done.stderr)
        return done.stdout, rest


def compare(form, folder, found, wanted):
    if found != wanted:
        wrong = [name for name in wanted if found.get(name) != wanted[name]]
        more = [name for name in found if name not in wanted]
        name = (wrong or more)[0]
        sys.exit(f"{form}{folder}: {len(wrong)} differ, {len(more)} too many; {name}: {found.get(name)!r} is not {wanted.get(name)!r}")


def docker(text):
    """cli/opts/envfile.go of docker: lines, comments, the first =, nothing else."""
    found = {}
    for line in text.split(b"\n"):
        line = line.removesuffix(b"\r").lstrip()
        if line and not line.startswith(b"#"):
            name, _, v = line.partition(b"=")
            found[name.decode()] = v
    return found


def systemd_reader():
    """load_env_file() and the check of an assignment, out of systemd's own library."""
    paths = glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so") + glob.glob("/usr/lib/systemd/libsystemd-shared-*.so")
    if not paths:
        return None
    lib = ctypes.CDLL(paths[0])
    lib.load_env_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.POINTER(ctypes.c_char_p))]
    lib.env_assignment_is_valid.argtypes = [ctypes.c_char_p]
    lib.env_assignment_is_valid.restype = ctypes.c_bool

    def read(path):
        out = ctypes.POINTER(ctypes.c_char_p)()
        status = lib.load_env_file(None, os.fsencode(path), ctypes.byref(out))
        if status < 0:
            sys.exit(f"systemd does not read the file: {os.strerror(-status)}")
        found, at = {}, 0
        while out and out[at] is not None:
            if lib.env_assignment_is_valid(out[at]):
                name, _, v = out[at].partition(b"=")
                found[name.decode()] = v
            at += 1
        return found

    return read


def bytes_of(secret):
    return base64.b64decode(secret["value"]) if secret["encoding"] == "base64" else secret["value"].encode()


def documents(world, folder):
    text, wanted = world.export("json", folder, "--include-values")
    compare("json", folder, {one["name"]: bytes_of(one) for one in json.loads(text)["secrets"]}, wanted)
    node = subprocess.run(["node", "-e", "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0,'utf8')).secrets.map(s=>[s.name,s.value,s.encoding])))"], input=text, capture_output=True, check=True)
    compare("json by node", folder, {n: bytes_of({"value": v, "encoding": e}) for n, v, e in json.loads(node.stdout)}, wanted)
    text, wanted = world.export("yaml", folder, "--include-values")
    by_pyyaml = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    compare("yaml 1.1", folder, {one["name"]: bytes_of(one) for one in by_pyyaml["secrets"]}, wanted)
    modern = ruamel.yaml.YAML(typ="safe", pure=True)
    modern.version = (1, 2)
    compare("yaml 1.2", folder, {one["name"]: bytes_of(one) for one in modern.load(text.decode())["secrets"]}, wanted)
    text, wanted = world.export("csv", folder, "--include-values")
    rows = csv.DictReader(io.StringIO(text.decode(), newline=""))
    compare("csv", folder, {one["name"]: bytes_of(one) for one in rows}, wanted)
    for form in ["json", "yaml", "csv"]:
        text = world.run("export", "-p", folder, "--format", form)
        assert b"V" in text and b"value" not in text.replace(b"values", b""), form


def kubernetes(world, folder):
    text, wanted = world.export("k8s", folder, "--name", "app.v1", "--namespace", "web", "--label", "tier=back", "--label", "example.com/x=")
    parsed = yaml.safe_load(text)
    kubernetes_validate.validate(parsed, "1.30", strict=True)
    place = world.root / "kustomize"
    place.mkdir(exist_ok=True)
    (place / "secret.yaml").write_bytes(text)
    (place / "kustomization.yaml").write_text("resources: [secret.yaml]\n")
    built = subprocess.run(["kubectl", "kustomize", str(place)], capture_output=True)
    if built.returncode != 0:
        sys.exit(f"kustomize: {built.stderr.decode()[:1000]}")
    built = yaml.safe_load(built.stdout)
    assert built["metadata"] == {"name": "app.v1", "namespace": "web", "labels": {"tier": "back", "example.com/x": ""}}, built["metadata"]
    compare("k8s", folder, {name: base64.b64decode(v) for name, v in built["data"].items()}, wanted)


def runner(text):
    """EnvFileKeyValuePairs of actions/runner: a block is what stands between two lines."""
    found, rest = {}, text
    while rest:
        head, rest = rest.split(b"\n", 1)
        name, delimiter = head.split(b"<<", 1)
        if rest.startswith(delimiter + b"\n"):
            block, rest = b"", rest[len(delimiter) + 1 :]
        else:
            block, rest = rest.split(b"\n" + delimiter + b"\n", 1)
        found[name.decode()] = block
    return found


def github_file(world, folder):
    path = world.root / "github.env"
    path.write_bytes(b"")
    masks, wanted = world.export("github", folder, env={"GITHUB_ENV": str(path)})
    compare("github", folder, runner(path.read_bytes()), wanted)
    masked = [line.removeprefix(b"::add-mask::").replace(b"%25", b"%") for line in masks.split(b"\n") if line]
    for v in wanted.values():
        assert all(line in masked for line in v.split(b"\n") if len(line.strip()) >= 6), v


def github(world, folders):
    """A workflow in which one step exports and the next one reads, by act."""
    place = world.root / "job"
    (place / ".github/workflows").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(place)], check=True)
    wanted, steps = {}, []
    for folder in folders:
        values = {n: v for n, v in world.folders[folder].items() if not CANNOT["github"](v) and len(v) < 100000}
        out = [n for n in world.folders[folder] if n not in values]
        wanted.update(values)
        steps.append(f"      - run: '{SECRETS} --vault {world.root} export -p {folder} --format github --except {','.join(out) or 'NONE'}'")
    wanted["LONE"] = b"masked-in-the-log"
    world.run("-q", "-p", "/lone", "set", "--raw", "LONE", b"masked-in-the-log")
    steps.append(f"      - run: '{SECRETS} --vault {world.root} export -p /lone --format github'")
    steps.append(f"      - run: 'env -0 > {world.root}/seen; echo \"it is $LONE\"; echo \"and masked-in-the-log again\"'")
    key = (world.root / "key").read_text().strip()
    job = ["on: push", "jobs:", "  job:", "    runs-on: ubuntu-latest", "    env:", f"      HOME: {world.root}/home", f"      SECRETS_KEY: '{key}'", "    steps:", *steps]
    (place / ".github/workflows/a.yml").write_text("\n".join(job) + "\n")
    env = {**world.env, "HOME": str(world.root / "home"), "ACT_DISABLE_VERSION_CHECK": "1"}
    done = subprocess.run(["act", "push", "-P", "ubuntu-latest=-self-hosted", "--pull=false"], cwd=place, env=env, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        lines = [line for line in done.stdout.decode(errors="replace").splitlines() if "unable to get git" not in line and "add-mask" not in line]
        sys.exit(f"act: {done.returncode}\n" + "\n".join(line[:300] for line in lines)[-3000:])
    seen = dict(one.split(b"=", 1) for one in (world.root / "seen").read_bytes().split(b"\0") if one)
    seen = {name.decode(errors="replace"): v for name, v in seen.items()}
    # act drops empty lines at the start of a value; the runner of GitHub does not.
    wanted = {name: v.lstrip(b"\n") for name, v in wanted.items()}
    compare("github", "/job", {name: v for name, v in seen.items() if name in wanted}, wanted)
    log = done.stdout
    assert b"it is ***" in log and b"and *** again" in log, log[-2000:]
    assert b"masked-in-the-log" not in log.replace(b'echo "and masked-in-the-log again"', b""), "the log shows a value"


def main():
    with tempfile.TemporaryDirectory(prefix="consumers-") as name:
        world = World(pathlib.Path(name))
        read_systemd = systemd_reader()
        hcl = []
        for at, folder in enumerate(world.folders):
            text, wanted = world.export("docker", folder)
            compare("docker", folder, docker(text), wanted)
            if read_systemd:
                text, wanted = world.export("systemd", folder)
                path = world.root / "unit.env"
                path.write_bytes(text)
                compare("systemd", folder, read_systemd(path), wanted)
            text, wanted = world.export("tfvars", folder)
            path = world.root / f"{at}.tfvars"
            path.write_bytes(text)
            hcl.append((folder, path, wanted))
            documents(world, folder)
            kubernetes(world, folder)
            github_file(world, folder)
        done = subprocess.run(["node", str(HERE / "hcl.cjs"), *(str(path) for _, path, _ in hcl)], capture_output=True)
        if done.returncode != 0:
            sys.exit(f"tfvars: {done.stderr.decode()[:2000]}")
        for (folder, _, wanted), found in zip(hcl, json.loads(done.stdout)):
            # What it prints is HCL's JSON form, where a literal ${ is $${.
            literal = {n: v.replace("$${", "${").replace("%%{", "%{").encode() for n, v in found.items()}
            compare("tfvars", folder, literal, wanted)
        github(world, list(world.folders)[:3])
        made = list(world.root.rglob("x"))
        assert not made, f"something was executed: {made}"
    print(f"{COUNT} values a format: docker, systemd{'' if read_systemd else ' (not here)'}, tfvars, json, yaml, csv, k8s; github in a job of act")


main()
