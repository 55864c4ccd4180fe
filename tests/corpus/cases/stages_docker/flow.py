"""Three stages of a model's making, each in an image of its own that Docker runs, told to MLflow."""

import os
import subprocess
from pathlib import Path
from typing import Dict, List, Optional

import mlflow
import yaml
from prefect import flow, task

ROOT = Path(__file__).resolve().parent
DATA = ROOT.as_posix() + "/data"
RUNS = ROOT.as_posix() + "/runs"


def read_settings(path="./settings.yaml"):
    with open(path, "r") as file:
        return yaml.safe_load(file)


def setting(settings, path, default=None):
    for key in path.split("."):
        settings = settings.get(key, None)
        if settings is None:
            return default
    return settings


class Container:
    def __init__(self, image: str, command: str, volumes: Optional[List[str]] = None, env: Optional[Dict[str, str]] = None):
        self.image = image
        self.command = command
        self.volumes = volumes or []
        self.env = env or {}

    def run(self):
        words = ["docker", "run", "--rm"]
        for one in self.volumes:
            words += ["-v", one]
        for key, value in self.env.items():
            words += ["-e", f"{key}={value}"]
        words.append(self.image)
        words += self.command.split()
        subprocess.run(words, check=True)


@task
def test_data() -> None:
    Container("stage-tests:1", "python main.py", [f"{DATA}:/app/data:ro"]).run()


@task
def train(rounds: int = None, seed: int = 4) -> None:
    Container(
        image="stage-train:1",
        command="python train.py",
        volumes=[f"{DATA}:/app/data:ro", f"{RUNS}:/app/runs"],
        env={"MLFLOW_TRACKING_URI": "file:/app/runs", "ROUNDS": str(rounds), "SEED": str(seed)},
    ).run()


@task
def validate() -> None:
    Container("stage-validate:1", "python validate.py", [f"{RUNS}:/app/runs:ro"]).run()


@flow(name="Stages")
def stages() -> None:
    settings = read_settings()
    mlflow.set_tracking_uri(f"file:{ROOT.as_posix()}/flow_runs")
    mlflow.set_experiment("stages")
    with mlflow.start_run(run_name="stages") as run:
        print(run.info.run_id)
        if os.path.exists(os.path.join(ROOT, "settings.yaml")):
            mlflow.log_artifact(os.path.join(ROOT, "settings.yaml"))
        test_data()
        train(rounds=setting(settings, "training.rounds", 10))
        validate()
        mlflow.log_param("stages", "done")


if __name__ == "__main__":
    stages()
