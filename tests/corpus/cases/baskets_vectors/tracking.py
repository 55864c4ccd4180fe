import json
import os

import neptune
import wandb
from neptune.integrations.tensorflow_keras import NeptuneCallback
from wandb.integration.keras import WandbMetricsLogger


def stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def read_config(path):
    with open(path) as file:
        return json.load(file)


class Tracker:
    def __init__(self, run, config, choice):
        self.run = run
        self.config = config
        self.choice = choice
        self.name = "wandb" if "WANDB_ENTITY" in os.environ else ("neptune" if "NEPTUNE_PROJECT" in os.environ else None)

    def callback(self):
        if self.name == "wandb":
            assert os.getenv("WANDB_API_KEY")
            self.wandb_run = wandb.init(entity=os.getenv("WANDB_ENTITY"), project=f"baskets-{self.choice}", id=self.run, config=self.config, resume="allow")
            return WandbMetricsLogger()
        if self.name == "neptune":
            self.neptune_run = neptune.init_run(name=f"baskets-{self.choice}")
            self.neptune_run["metaflow"] = self.run
            self.neptune_run["parameters"] = self.config
            return NeptuneCallback(run=self.neptune_run)
        raise ValueError("set WANDB_ENTITY or NEPTUNE_PROJECT")

    def stop(self):
        if self.name == "wandb":
            self.wandb_run.finish()
        elif self.name == "neptune":
            self.neptune_run.stop()
