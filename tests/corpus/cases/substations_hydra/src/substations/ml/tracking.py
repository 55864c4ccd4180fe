import tempfile
from pathlib import Path

import mlflow

from substations.ml.forecaster import Forecaster


class Wrapped(mlflow.pyfunc.PythonModel):
    def __init__(self, forecaster):
        self.forecaster = forecaster

    def predict(self, context, model_input, params=None):
        import polars as pl

        return self.forecaster.predict(pl.from_pandas(model_input)).to_pandas()


def flat(config, prefix=""):
    found = {}
    for key, value in config.items():
        found.update(flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value})
    return found


def logged(name, config, power, weather):
    with mlflow.start_run(run_name=name) as run:
        forecaster = Forecaster(config).train(power, weather)
        mlflow.log_params(flat(config))
        mlflow.pyfunc.log_model("model", python_model=Wrapped(forecaster))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "features.txt"
            path.write_text("\n".join(forecaster.names))
            mlflow.log_artifact(str(path))
        return run.info.run_id
