"""Everything that talks to the feature store."""
import os

import hopsworks
import joblib
import pandas as pd
from hsfs.feature import Feature

from features.windows import engineered


def project():
    return hopsworks.login(api_key_value=os.environ["HOPSWORKS_KEY"])


def group(fs, name, keys, online=True):
    return fs.get_or_create_feature_group(
        name=name,
        version=1,
        primary_key=keys,
        event_time="unix_time",
        online_enabled=online,
        features=[Feature("city", type="string"), Feature("pm25", type="float")],
    )


def stamped(frame, column="date"):
    frame["unix_time"] = pd.to_datetime(frame[column]).astype("int64") // 10**6
    return frame


def inserted(frame: pd.DataFrame, name: str):
    fs = project().get_feature_store()
    group(fs, name, ["city", "date"]).insert(stamped(engineered(frame)), write_options={"wait_for_job": True})


def view(fs):
    air, weather = fs.get_feature_group("air", 1), fs.get_feature_group("weather", 1)
    query = air.select_all().join(weather.select_except(["unix_time"]), on=["city", "date"])
    return fs.get_or_create_feature_view(name="air_view", version=1, query=query, labels=["pm25"])


def training(found, share=0.2):
    x, x_test, y, y_test = found.train_test_split(test_size=share)
    return (x.drop(columns=["date", "unix_time"]), y), (x_test.drop(columns=["date", "unix_time"]), y_test)


def newest(found, city):
    batch = found.get_batch_data()
    return batch[batch["city"] == city].sort_values("date").tail(1)


def loaded(registry, name="air_model"):
    folder = registry.get_model(name, version=1).download()
    return joblib.load(os.path.join(folder, "model.pkl")), joblib.load(os.path.join(folder, "encoder.pkl"))


def registered(registry, folder, metrics, example):
    from hsml.model_schema import ModelSchema
    from hsml.schema import Schema

    shape = ModelSchema(Schema(example), Schema(example["city"]))
    model = registry.python.create_model(name="air_model", metrics=metrics, model_schema=shape, input_example=example)
    model.save(folder)


def main():
    fs = project().get_feature_store()
    return training(view(fs))


def backfilled(path):
    frame = pd.read_csv(path, parse_dates=["date"])
    return inserted(frame, "air")
