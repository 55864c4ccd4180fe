"""Holds this week's rides against those that the model has learned from: Evidently, whylogs, MLflow."""

import datetime as dt
from pathlib import Path

import mlflow
import pandas as pd
import whylogs as why
from evidently import DataDefinition, Dataset, Regression, Report
from evidently.metrics import DriftedColumnsCount, ValueDrift
from evidently.presets import DataDriftPreset, RegressionPreset
from mlflow.tracking import MlflowClient
from whylogs.core.constraints import ConstraintsBuilder
from whylogs.core.constraints.factories import greater_than_number, no_missing_values
from whylogs.viz import NotebookProfileVisualizer

NUMBERS = ["distance", "passengers"]


def week(path, day):
    rows = pd.read_parquet(path)
    begin = pd.Timestamp(day)
    return rows[(rows["at"] >= begin) & (rows["at"] < begin + pd.Timedelta(days=7))]


def with_guesses(rows, name):
    model = mlflow.pyfunc.load_model(f"models:/{name}/latest")
    return rows.assign(guess=model.predict(rows[NUMBERS]))


def as_dataset(rows):
    definition = DataDefinition(
        numerical_columns=[*NUMBERS, "guess"], regression=[Regression(target="minutes", prediction="guess")]
    )
    return Dataset.from_pandas(rows, data_definition=definition)


def report(now, before):
    return Report([DataDriftPreset(), RegressionPreset(), ValueDrift("guess"), DriftedColumnsCount()]).run(now, before)


def noted(done, folder):
    done.save_html(str(folder / "drift.html"))
    mlflow.log_artifact(str(folder / "drift.html"))
    for one in done.dict()["metrics"]:
        if isinstance(one["value"], float):
            mlflow.log_metric(one["metric_id"][:200], one["value"])


def profile(rows):
    return why.log(rows).profile()


def whole(view):
    builder = ConstraintsBuilder(dataset_profile_view=view)
    builder.add_constraint(no_missing_values(column_name="distance"))
    builder.add_constraint(greater_than_number(column_name="minutes", number=0))
    return builder.build().validate()


def shown(now, before, folder):
    drawer = NotebookProfileVisualizer()
    drawer.set_profiles(target_profile_view=now.view(), reference_profile_view=before.view())
    drawer.write(rendered_html=drawer.summary_drift_report(), html_file_name=str(folder / "summary"))
    table = now.view().to_pandas()
    table.to_csv(folder / "profile.csv")


def version(name):
    return MlflowClient().get_latest_versions(name)[0].version


def main(day=dt.date(2024, 5, 6), folder=Path("watch")):
    before, now = (with_guesses(week(f"rides/{one}.parquet", day), "minutes") for one in ("learned", "live"))
    with mlflow.start_run(run_name=f"watch-{day}"):
        noted(report(as_dataset(now), as_dataset(before)), folder)
        profiles = profile(now), profile(before)
        mlflow.set_tag("whole", whole(profiles[0].view()))
        mlflow.set_tag("version", version("minutes"))
    shown(*profiles, folder)


if __name__ == "__main__":
    main()
