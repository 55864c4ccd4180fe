import os
import sys

import pandas as pd

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "src"))
sys.path.append(os.path.join(os.path.dirname(__file__), "..", "utils"))

from building import BoostBuilder, ForestBuilder
from config import model_config, paths
from ingesting import ingestor_for
from judging import Judge
from missing import Drop, Fill, GuessGender
from tracking import Tracker, run_tags

BUILDERS = {"forest": ForestBuilder, "boost": BoostBuilder}


def prepared(path):
    frame = ingestor_for(path).ingest(path)
    for step in (Drop(["Age"]), Fill("Balance", 0), Fill(imputer=GuessGender())):
        frame = step.handle(frame)
    return frame


def split(frame, share=0.2):
    test = frame.sample(frac=share, random_state=7)
    return frame.drop(test.index), test


def builder_named(name, params):
    return BUILDERS[name](**params)


def train(path="data/churn.csv", kind="boost"):
    train_part, test_part = split(prepared(path))
    tracker = Tracker()
    tracker.begin("training", run_tags("training", {"data": path}))
    builder = builder_named(kind, model_config().get("params", {}))
    model = builder.build()
    model.fit(train_part.drop(columns=["Exited"]), train_part["Exited"])
    builder.save(paths().get("model", "model.joblib"))
    results = Judge(model, kind).judge(test_part.drop(columns=["Exited"]), test_part["Exited"])
    tracker.note_training(model, {key: value for key, value in results.items() if key != "matrix"}, builder.params)
    tracker.end()
    return results


def compare(paths_of_results):
    return pd.concat([pd.read_json(path) for path in paths_of_results]).sort_values("f1")


if __name__ == "__main__":
    train()
