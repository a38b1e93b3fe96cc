#!/usr/bin/env bash
# Asks python-dotenv and the Node package dotenv themselves.
#
# Both are fetched, pinned by version and hash, into a directory that vanishes.
# 1,000 generated files and the inputs of python-dotenv's own parser test are
# read by both and by us; then what we write is read by both. With `--bless` it
# writes the committed answers anew instead.
#
# Exit status 0: as it should be; 1: a difference; 75: the registries cannot be
# reached, and nothing was compared.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly python=1.2.4 node=18.0.10 seed=${SECRETS_DOTENV_SEED:-1}
readonly node_sha256=20a0bc8a1cf06b168161a943ddb0ec557482af479dfa3023db2118399ec0a3b7
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unreachable() {
    printf 'NOT COMPARED with python-dotenv and dotenv: %s\n' "$*" >&2
    exit 75
}

command -v npm >/dev/null || unreachable "there is no npm"
python3 -m pip --version >/dev/null 2>&1 || unreachable "there is no pip"

# The wheel, and the sources for their tests.
cat >"$work/requirements.txt" <<PINS
python-dotenv==$python --hash=sha256:42269a8a5b3fd54ffa6f3d84b18abed50064717576b4ecf03dc4a55d8aa04fdc --hash=sha256:f0d53e69935a851c0dcc78f3ab7aaccd8cabef0b92382b576b824212902873c0
PINS
fetch() {
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
        -r "$work/requirements.txt" -d "$work/$1" --"$2" :all: >&2
}
fetch wheel only-binary || unreachable "python-dotenv $python"
fetch sdist no-binary || unreachable "the sources of python-dotenv $python"
(cd "$work" && npm pack --silent "dotenv@$node" >/dev/null) || unreachable "dotenv $node"
echo "$node_sha256  $work/dotenv-$node.tgz" | sha256sum --check --quiet
mkdir -p "$work/node_modules/dotenv"
tar -xzf "$work/dotenv-$node.tgz" -C "$work/node_modules/dotenv" --strip-components 1
tar -xzf "$work"/sdist/*.tar.gz -C "$work/sdist" --strip-components 1
export NODE_PATH=$work/node_modules PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=$(echo "$work"/wheel/*.whl)
export PYTHONPATH

if [[ ${1:-} == --bless ]]; then
    python3 tests/dotenv/cases.py ask "$seed" 600 >tests/dotenv/vectors.jsonl
    exit
fi
python3 tests/dotenv/cases.py ask "$seed" 1000 "$work/sdist/tests/test_parser.py" >"$work/fresh.jsonl"
mkdir "$work/written"
SECRETS_DOTENV_VECTORS=$work/fresh.jsonl SECRETS_DOTENV_WRITTEN=$work/written \
    cargo test --quiet --locked --lib exchange::dotenv -- --nocapture
python3 tests/dotenv/cases.py check "$work/written"
