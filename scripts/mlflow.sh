#!/usr/bin/env bash
# The MLflow server that the tests of models start themselves, in an environment of its own; does nothing where it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -x build/mlflow/bin/mlflow ]; then exit 0; fi
.venv/bin/uv venv --quiet --clear --python .venv/bin/python build/mlflow
.venv/bin/uv pip install --quiet --python build/mlflow/bin/python "mlflow>=3.0"
