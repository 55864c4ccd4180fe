"""The best run of an experiment, and what it says of a paper."""
import json
from typing import Any, Dict, Iterable, List
from urllib.parse import urlparse

import numpy as np
import pandas as pd
import ray
import typer
from numpyencoder import NumpyEncoder
from ray.train import Checkpoint, Result
from typing_extensions import Annotated

from papers.network import Tagger
from papers.reading import Preparer
from papers.settings import log, mlflow
from papers.helping import collated

app = typer.Typer()


def named(numbers: Iterable[Any], names: Dict) -> List:
    return [names[number] for number in numbers]


def by_name(chances: Iterable, names: Dict) -> Dict:
    return {names[number]: chance for number, chance in enumerate(chances)}


class Asker:
    def __init__(self, preparer, model):
        self.preparer = preparer
        self.model = model
        self.model.eval()

    def __call__(self, batch):
        return {"output": self.model.predict(collated(batch))}

    def chances(self, batch):
        return {"output": self.model.chances(collated(batch))}

    def get_preparer(self):
        return self.preparer

    @classmethod
    def from_checkpoint(cls, checkpoint):
        numbers = checkpoint.get_metadata()["numbers"]
        folder = checkpoint.path
        return cls(preparer=Preparer(numbers), model=Tagger.load(folder + "/args.json", folder + "/model.pt"))


def with_chances(found: ray.data.Dataset, asker: Asker) -> List:
    preparer = asker.get_preparer()
    chances = preparer.transform(found).map_batches(asker.chances)
    return [
        {"tag": named([row["output"].argmax()], preparer.names)[0], "chances": by_name(row["output"], preparer.names)}
        for row in chances.take_all()
    ]


@app.command()
def best_run(experiment: str = "", metric: str = "", mode: str = "") -> str:
    runs = mlflow.search_runs(experiment_names=[experiment], order_by=[f"metrics.{metric} {mode}"])
    run = runs.iloc[0].run_id
    print(run)
    return run


def best_checkpoint(run: str) -> Checkpoint:
    folder = urlparse(mlflow.get_run(run).info.artifact_uri).path
    return Result.from_path(folder).best_checkpoints[0][0]


@app.command()
def ask(
    run: Annotated[str, typer.Option(help="which run")] = None,
    title: Annotated[str, typer.Option(help="title")] = None,
    abstract: Annotated[str, typer.Option(help="abstract")] = "",
) -> Dict:
    asker = Asker.from_checkpoint(best_checkpoint(run))
    one = ray.data.from_pandas(pd.DataFrame([{"title": title, "abstract": abstract, "tag": ""}]))
    said = with_chances(one, asker)
    log.info(json.dumps(said, cls=NumpyEncoder, indent=2))
    return said


def mean_of(chances: List[np.ndarray]):
    return np.mean(np.stack(chances), axis=0)


if __name__ == "__main__":
    app()
