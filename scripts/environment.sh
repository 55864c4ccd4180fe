#!/usr/bin/env bash
# Makes the project's own Python environment, .venv, with ops0 installed editable.
# usage: environment.sh [EXTRAS]      EXTRAS as pip writes them: dev,test
# Takes the newest Python >= 3.10 on the PATH; on a bare Debian or Ubuntu, root gets one from the distribution.
# Safe to run again: it installs only when pyproject.toml or the extras have changed.
set -euo pipefail
cd "$(dirname "$0")/.."
extras=${1:-}

say() { printf 'environment: %s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; }
find_python() {
  local name
  for name in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
    if [ -n "$name" ] && usable "$name"; then command -v "$name"; return 0; fi
  done
  return 1
}

python=$(find_python) || {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null ||
    die "no Python >= 3.10 with venv found: install one, or name it with PYTHON=…"
  say "installing Python from the distribution"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 python3-venv ca-certificates >/dev/null
  python=$(find_python) || die "the distribution has no Python >= 3.10"
}

stamp=.venv/.ops0-installed
want="$extras $(sha256sum pyproject.toml | cut -d' ' -f1)"
[ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || "$python" -m venv --clear .venv
if [ "$(cat "$stamp" 2>/dev/null)" != "$want" ]; then
  say "installing ops0${extras:+ with $extras} into .venv"
  pip=(.venv/bin/python -m pip install -qq --disable-pip-version-check)
  what=".${extras:+[$extras]}"
  # uv takes a tenth of pip's time for this, and is a dependency anyway; pip may know an index that uv does not.
  "${pip[@]}" uv && .venv/bin/uv pip install --quiet --python .venv/bin/python --editable "$what" ||
    { say "uv could not; now with pip, which takes minutes"; "${pip[@]}" --editable "$what"; }
  printf '%s\n' "$want" >"$stamp"
fi
