#!/usr/bin/env bash
# Builds the flight delays example, runs it as containers and shows the result. `make demo` prepares the machine first.
set -euo pipefail
cd "$(dirname "$0")/../examples/flight_delays"
docker image inspect ops0-base:3.11 >/dev/null 2>&1 || ops0 base --python 3.11
ops0 build
ops0 run --containers --out results
printf '\nThe plot is examples/flight_delays/results; try next:\n' >&2
printf '  . .venv/bin/activate && cd examples/flight_delays\n  ops0 plan --explain\n' >&2
