#!/usr/bin/env bash
# Builds the wheel, installs it in a fresh environment and runs the unit tests against it, outside the checkout:
# what is importable only from a checkout fails here.
set -euo pipefail
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
.venv/bin/uv build --quiet --wheel --python .venv/bin/python --out-dir "$tmp/dist" .
.venv/bin/python -m venv "$tmp/venv"
wheel=$(ls "$tmp"/dist/ops0-*.whl)
pip=("$tmp/venv/bin/python" -m pip install -qq --disable-pip-version-check)
"${pip[@]}" "$wheel" # as users do; what the tests need besides comes faster by uv, which ops0 has brought
"$tmp/venv/bin/uv" pip install --quiet --python "$tmp/venv/bin/python" "$wheel[test]" || "${pip[@]}" "$wheel[test]"
mkdir "$tmp/outside"
cp -r tests "$tmp/outside/tests"
cp pyproject.toml "$tmp/outside/"
cd "$tmp/outside"
"$tmp/venv/bin/ops0" --version
"$tmp/venv/bin/python" -m pytest tests/unit -q
