#!/usr/bin/env bash
# Builds the wheel, installs it in a fresh environment as users do, and runs the unit tests against it on the newest Python,
# in a container without the checkout: what is importable only from there, or only runs on an older Python, fails here.
# usage: test-wheel.sh [X.Y]      3.14 (default), or what base-image.sh makes; the checkout's own tests run on this host's
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-3.14}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
uv=.venv/bin/uv
"$uv" build --quiet --wheel --python .venv/bin/python --out-dir "$tmp/dist" .
wheel=$(ls "$tmp"/dist/ops0-*.whl)

.venv/bin/python -m venv "$tmp/venv"
"$tmp/venv/bin/python" -m pip install -qq --disable-pip-version-check "$wheel"
(cd "$tmp" && venv/bin/ops0 --version)

make --no-print-directory base PYTHON_VERSION="$python"
packages=(pip install --quiet --target "$tmp/site" --python .venv/bin/python --python-version "$python")
"$uv" "${packages[@]}" "$wheel[test]"
mkdir "$tmp/outside"
cp -r tests pyproject.toml "$tmp/outside/"
docker run --rm --network none --user root \
  --volume "$tmp/site:/venv/lib/python$python/site-packages:ro" --volume "$tmp/outside:/outside" \
  --volume "$PWD/scripts/wheel_tests.py:/wheel_tests.py:ro" \
  "ops0-base:$python" python3 /wheel_tests.py /outside tests/unit -q -n 2 --dist loadfile
