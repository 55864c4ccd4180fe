import json
import os
import random
import sys

import numpy as np
import pandas as pd
from feast import FeatureStore
from lightfm import LightFM
from lightfm.evaluation import auc_score

from src.constants import MODEL, MODELS, SHAPE
from src.parts.storage import Storage
from src.settings.mongo import Mongo
from src.tools.files import read_json, read_object
from src.trouble import AdviceTrouble


class Advice:
    def __init__(self):
        try:
            self.storage = Storage()
            self.mongo = Mongo()
            self.tags = self.mongo.tags
            self.courses = self.mongo.courses
        except Exception as error:
            raise AdviceTrouble(error, sys) from error

    def by_others(self, asked):
        try:
            self.storage.fetch()
            latest = max(map(int, os.listdir(MODELS)))
            model = read_object(os.path.join(MODELS, f"{latest}", MODEL))
            shape = read_json(os.path.join(MODELS, f"{latest}", SHAPE))
            scores = model.predict(asked["user"], np.arange(int(shape["items"])))
            best = np.argsort(-scores)[0:4].tolist()
            named = []
            for one in best:
                course = self.courses.find({"course": one}, {"_id": 0, "name": 1}).next()
                named.append(dict(course).get("name"))
            return True, named
        except Exception as error:
            raise AdviceTrouble(error, sys) from error

    def by_interest(self, asked):
        try:
            return [self._tagged(tag) for tag in ("web", "data", "games", "cloud") if asked[tag] == 1]
        except Exception as error:
            raise AdviceTrouble(error, sys) from error

    def _tagged(self, tag: str):
        try:
            found = self.tags.find({"tag": tag}, {"_id": 0, "name": 1}).skip(random.randint(1, 15))
            return [dict(found.next()).get("name") for _ in range(3)]
        except Exception as error:
            raise AdviceTrouble(error, sys) from error
