"""Makes .env files and asks python-dotenv and the Node package dotenv what they say.

    cases.py ask SEED COUNT [SDIST_TEST_FILE]   inputs of our own, answers of both
    cases.py check DIRECTORY                    files that we wrote, read by both

`ask` prints one JSON array a line: the input, python-dotenv's answer without
interpolation, and Node's, or null where it is the same. A name without a value
is no answer. PYTHONPATH and NODE_PATH say where the packages are.
"""

import ast
import json
import logging
import pathlib
import random
import subprocess
import sys
import tempfile

from dotenv import dotenv_values

logging.disable(logging.CRITICAL)
HERE = pathlib.Path(__file__).parent

# What people write, and what the two packages are known to differ in.
WRITTEN = [
    "", "\n", "# nothing\n", "A=1", "A=1\n", "A=1\r\nB=2\r\n", "A=1\rB=2", "\ufeffA=1\n", "\ufeff\ufeffA=1\n",
    "export A=1\n", "export\tA = 1 # c\n", "export =1\n", "export=1\n", "export A\n", "export\nA=1\n", "A=1\nA=2\n",
    "A=1\nA\n", "A\n", "A=\n", "A= \n", "A=\nB=2\n", "A=\n'x'\n", "A = b \n", "A=b c\n", "A=b#c\n", "A=b #c\n", "A=#c\n",
    "A= #c\n", "A='#'\n", 'A="#" # c\n', "A='x' y\n", 'A="x" "y"\n', "A=\"x\n", "A='x\nB=2\n", "A='x\ny'\nB=2\n",
    'A="x\\ny\\tz\\\\n"\n', "A='x\\ny'\n", "A='it\\'s'\n", 'A="say \\"hi\\""\n', "A=it's\n", "A='a'b'\n", "A=`x y`\n",
    "A=`x\ny`\n", "A=pa$$word\n", "A=${X}\n", "A='${X:-y}'\n", "A=$(id)\n", 'A="$(id) `id`"\n', "A: 1\n", "A:1\n",
    "A:\n", "a.b-c=1\n", "A B=1\n", "A!=1\n", "'A'=1\n", "'A B'=1\n", "__proto__=1\n", "A=\u00e9\u4e2d\U0001f511\n",
    "A=x\u2028'y'\n", "A='x'\u2028B=2\n", "A=\u00a0x\u00a0\n", "A=\x1cx\x85\n", "A=\ufeffx\n", "A==\n", "A=b=c==\n", "=1\n", "A=\\\n",
    "A=\\n\n", 'A="\\n\n', 'A="a\\"\n', "A='a\\\\'\n", "A=\"\"\n", "A=''\n", "A=''''\n", "A=\"'\"\n", "A='\"'\n",
    'A="{\\"a\\": 1}"\n', "A={\"a\": 1}\n", "  A=1\n\tB=2\n", "A\n=1\n", "#A=1\nB=2", "A=1 # 'x\nB=2'\n",
    "A='-----BEGIN KEY-----\nMIIabc+/==\n-----END KEY-----\n'\n", "A=-----BEGIN KEY-----\nMIIabc==\n-----END KEY-----\n",
    "A=\"C:\\new\\table\"\n", "A=C:\\new\\table\n", "A='a' # it's\n", "A=\"a\" # \"b\"\n", "A='a'#b\n", "A='a' B='b'\n",
]
NAMES = ["A", "B", "KEY", "a.b", "x-1", "DB_URL", "export", "_", "9", "A B", "A/B", "'Q'", "é", ""]
BEFORE = ["", "", "", "", "export ", "export\t", " ", "\t", "# ", "\n", "\x0b"]
EQUALS = ["=", "=", "=", "=", " = ", "= ", " =", ": ", ":", " ", "=\t", "", "\n="]
PLAIN = ["x", "word", "two words", "pa$$", "${X}", "$(id)", "1", "a=b", "é", "\U0001f511", "--x", "http://u:p@h/?q#f", "\\", "\\n", "\\r",
         "\\\\", "\\t", "\\'", '\\"', "\\`", "'", '"', "`", "#", " #", " # ", "\n", "\r", "\r\n", "\t", " ", "\u2028", "\u00a0", "\ufeff", "\x85"]
AFTER = ["", "", "", "", " ", " # c", "#c", " x", "\t", " 'q'", ' "']
ENDS = ["\n", "\n", "\n", "\n", "\r\n", "\r", "", "\n\n", "\n \n", "\u2028"]


def line(dice):
    body = "".join(dice.choice(PLAIN) for _ in range(dice.choice([0, 1, 1, 2, 3, 5])))
    quote = dice.choice(["", "", "'", '"', '"', "`"])
    close = quote if dice.random() < 0.93 else ""
    if quote and dice.random() < 0.7:
        body = body.replace(quote, "\\" + quote if dice.random() < 0.5 else "")
    parts = [dice.choice(BEFORE), dice.choice(NAMES[:6] if dice.random() < 0.8 else NAMES), dice.choice(EQUALS),
             quote, body, close, dice.choice(AFTER), dice.choice(ENDS)]
    return "".join(parts)


ORDINARY = ["localhost", "5432", "", "pa$$word", "postgres://u:p@db/app?x=1", "a b", "${HOME}/x", "$2a$10$abc", "YWJj+/==", "\u00fcber",
            "it is", "-----BEGIN KEY-----\nMIIabc\n-----END KEY-----\n", "{\"a\":1}", "it's", "C:\\dir", "x;y|z&", "!#%", "true"]


def ordinary(dice):
    value, quote = dice.choice(ORDINARY), dice.choice(["", "'", '"'])
    quote = "'" if '"' in value else '"' if "'" in value else quote or ("'" if "\n" in value else "")
    end = dice.choice(["\n", "\n", "\n", "\r\n", " # comment\n", "\n\n# comment\n"])
    name = dice.choice(["HOST", "PORT", "DB_URL", "API_KEY", "app.name", "x-token"])
    return dice.choice(["", "", "", "export "]) + name + dice.choice(["=", "=", "=", " = "]) + quote + value + quote + end


def inputs(seed, count):
    dice = random.Random(seed)
    yield from WRITTEN[:count]
    for _ in range(count - len(WRITTEN)):
        start = "\ufeff" if dice.random() < 0.03 else ""
        kind = dice.choice([line, ordinary])
        yield start + "".join(kind(dice) for _ in range(dice.choice([1, 1, 2, 3, 4])))


def published(path):
    """The inputs of the package's own parser test: the first of each pair of its table."""
    for node in ast.walk(ast.parse(pathlib.Path(path).read_text("utf-8"))):
        if isinstance(node, ast.Tuple) and node.elts and isinstance(node.elts[0], ast.Constant):
            if isinstance(node.elts[0].value, str) and len(node.elts) == 2:
                yield node.elts[0].value


def python(text):
    with tempfile.NamedTemporaryFile(suffix=".env") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        values = dotenv_values(file.name, interpolate=False, encoding="utf-8")
    return {name: value for name, value in values.items() if value is not None}


def node(texts):
    run = subprocess.run(["node", HERE / "node.cjs"], input=json.dumps(texts), capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def ask(seed, count, sdist=None):
    texts = list(inputs(int(seed), int(count)))
    if sdist:
        texts += published(sdist)
    texts = list(dict.fromkeys(texts))
    for text, theirs in zip(texts, node(texts)):
        ours = python(text)
        print(json.dumps([text, ours, None if theirs == ours else theirs], ensure_ascii=False, separators=(",", ":")))


def check(directory):
    """Every `N.env` must say to both what `N.json` says."""
    paths = sorted(pathlib.Path(directory).glob("*.env"))
    texts = [path.read_bytes().decode("utf-8") for path in paths]
    wrong = 0
    for path, text, theirs in zip(paths, texts, node(texts)):
        meant = json.loads(path.with_suffix(".json").read_text("utf-8"))
        for who, read in (("python-dotenv", python(text)), ("dotenv", theirs)):
            if read != meant:
                wrong += 1
                print(f"{who} reads {path} differently", file=sys.stderr)
    print(f"{len(paths)} written files: both read what was meant in {len(paths) - wrong}")
    sys.exit(1 if wrong or not paths else 0)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    {"ask": ask, "check": check}[sys.argv[1]](*sys.argv[2:])
