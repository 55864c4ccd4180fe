#!/usr/bin/env bash
# The MLflow server that the tests of models start themselves, in an environment of its own; does nothing where it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -f build/mlflow/whole ]; then exit 0; fi
.venv/bin/python -m venv --clear build/mlflow
.venv/bin/uv pip install --quiet --python build/mlflow/bin/python "mlflow>=3.0" ||
  build/mlflow/bin/python -m pip install -qq --disable-pip-version-check "mlflow>=3.0"
touch build/mlflow/whole
