import json
import logging
import os
from typing import Any, Dict

import joblib
import pandas as pd

logger = logging.getLogger(__name__)


def band(score):
    return "poor" if score <= 580 else "good"


class Inference:
    def __init__(self, path: str):
        self.path = path
        self.labels = {}
        self.model = None
        self.load()

    def load(self):
        if not os.path.exists(self.path):
            raise FileNotFoundError(self.path)
        self.model = joblib.load(self.path)
        logger.info(type(self.model).__name__)

    def load_labels(self, folder):
        for name in os.listdir(folder):
            with open(os.path.join(folder, name)) as file:
                self.labels[name.removesuffix(".json")] = json.load(file)

    def prepared(self, data: Dict[str, Any]):
        frame = pd.DataFrame([data])
        for column, labels in self.labels.items():
            frame[column] = frame[column].map(labels)
        frame["band"] = frame["score"].apply(band)
        return frame.drop(columns=["score"])

    def predict(self, data):
        chance = float(self.model.predict_proba(self.prepared(data))[:, 1][0])
        return {"leaves": chance > 0.5, "chance": f"{chance:.1%}"}
