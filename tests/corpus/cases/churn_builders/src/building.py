import os
from abc import ABC, abstractmethod

import joblib
from sklearn.ensemble import RandomForestClassifier
from xgboost import XGBClassifier


class Builder(ABC):
    def __init__(self, name: str, **params):
        self.name = name
        self.model = None
        self.params = params

    @abstractmethod
    def build(self):
        pass

    def save(self, path):
        if self.model is None:
            raise ValueError("build first")
        joblib.dump(self.model, path)

    def load(self, path):
        if not os.path.exists(path):
            raise ValueError(path)
        self.model = joblib.load(path)


class ForestBuilder(Builder):
    def __init__(self, **params):
        super().__init__("forest", **{"max_depth": 10, **params})

    def build(self):
        self.model = RandomForestClassifier(**self.params)
        return self.model


class BoostBuilder(Builder):
    def __init__(self, **params):
        super().__init__("boost", **{"n_estimators": 100, **params})

    def build(self):
        self.model = XGBClassifier(**self.params)
        return self.model
