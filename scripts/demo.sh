#!/usr/bin/env bash
# Builds the flight delays example, runs it as containers and shows the result. `make demo` prepares the machine first.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$PWD/build/demo
rm -rf "$out"
cd examples/flight_delays
docker image inspect ops0-base:3.11 >/dev/null 2>&1 || ops0 base --python 3.11
ops0 build
ops0 run --containers --out "$out"
printf '\nThe chart: %s\nTry next:  . .venv/bin/activate; cd examples/flight_delays; ops0 plan --explain\n' \
  "$(find "$out" -name '*.png')" >&2
