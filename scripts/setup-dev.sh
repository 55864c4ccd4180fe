#!/usr/bin/env bash
# Everything a contributor needs: the environment with all tools, and the pre-commit hook.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/environment.sh dev,test
if git rev-parse --git-dir >/dev/null 2>&1; then .venv/bin/pre-commit install >/dev/null; fi
if docker version >/dev/null 2>&1; then
  echo "setup-dev: ready. Run: make test"
else
  echo "setup-dev: ready, without Docker. Run: make test (Docker tests are skipped), or get an engine: make engine"
fi
