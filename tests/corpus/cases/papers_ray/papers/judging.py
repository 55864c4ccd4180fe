"""How good a run is: all in all, by tag, and on slices."""
import datetime
import json
from collections import OrderedDict
from typing import Dict

import numpy as np
import ray
import ray.train.torch  # noqa: F401
import typer
from ray.data import Dataset
from sklearn.metrics import precision_recall_fscore_support
from snorkel.slicing import PandasSFApplier, slicing_function
from typing_extensions import Annotated

from papers import asking, helping
from papers.settings import log

app = typer.Typer()


def all_in_all(true: np.ndarray, said: np.ndarray) -> Dict:
    scores = precision_recall_fscore_support(true, said, average="weighted")
    return {"precision": scores[0], "recall": scores[1], "f1": scores[2], "count": np.float64(len(true))}


def by_tag(true: np.ndarray, said: np.ndarray, numbers: Dict) -> Dict:
    scores = precision_recall_fscore_support(true, said, average=None)
    out = {tag: {"precision": scores[0][n], "recall": scores[1][n], "f1": scores[2][n]} for n, tag in enumerate(numbers)}
    return OrderedDict(sorted(out.items(), key=lambda pair: pair[1]["f1"], reverse=True))


@slicing_function()
def about_models(x):
    return "language" in x.tag and any(word in x.text.lower() for word in ("llm", "bert"))


@slicing_function()
def brief(x):
    return len(x.text.split()) < 8


def by_slice(true: np.ndarray, said: np.ndarray, found: Dataset) -> Dict:
    rows = found.to_pandas()
    rows["text"] = rows["title"] + " " + rows["abstract"]
    slices = PandasSFApplier([about_models, brief]).apply(rows)
    out = {}
    for name in slices.dtype.names:
        mask = slices[name].astype(bool)
        if sum(mask):
            scores = precision_recall_fscore_support(true[mask], said[mask], average="micro")
            out[name] = {"precision": scores[0], "recall": scores[1], "count": len(true[mask])}
    return out


@app.command()
def judge(
    run: Annotated[str, typer.Option(help="which run")] = None,
    where: Annotated[str, typer.Option(help="labelled papers")] = None,
    out: Annotated[str, typer.Option(help="a file")] = None,
) -> Dict:
    found = ray.data.read_csv(where)
    asker = asking.Asker.from_checkpoint(asking.best_checkpoint(run=run))
    preparer = asker.get_preparer()
    ready = preparer.transform(found)
    true = np.stack([row["targets"] for row in ready.select_columns(cols=["targets"]).take_all()])
    said = np.array([row["output"] for row in ready.map_batches(asker).take_all()])
    told = {
        "at": datetime.datetime.now().isoformat(),
        "all": all_in_all(true, said),
        "tags": by_tag(true, said, preparer.numbers),
        "slices": by_slice(true, said, found),
    }
    log.info(json.dumps(told, indent=2))
    if out:
        helping.write_json(told, out)
    return told


if __name__ == "__main__":
    app()
