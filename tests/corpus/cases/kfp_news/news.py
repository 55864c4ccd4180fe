from typing import NamedTuple

from kfp import compiler, dsl
from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output, component

BASE = "python:3.11-slim"


@component(base_image=BASE, packages_to_install=["requests", "pandas", "pyarrow"])
def download(url: str, table: Output[Dataset]) -> int:
    import tarfile
    from io import BytesIO

    import pandas as pd
    import requests

    packed = tarfile.open(fileobj=BytesIO(requests.get(url).content))
    frame = pd.read_csv(packed.extractfile("news/train.csv"), names=["label", "title"])
    frame.to_parquet(table.path)
    return len(frame)


@component(packages_to_install=["pyarrow"])
def labels(table: Input[Dataset]) -> NamedTuple("Labels", [("names", list)]):
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    return (pc.unique(pq.read_table(table.path)["label"]).to_pylist(),)


@component(packages_to_install=["scikit-learn", "pandas", "pyarrow", "joblib"])
def train(table: Input[Dataset], model: Output[Model], metrics: Output[Metrics]):
    import joblib
    import pandas as pd
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    frame = pd.read_parquet(table.path)
    fitted = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(frame["title"], frame["label"])
    metrics.log_metric("accuracy", fitted.score(frame["title"], frame["label"]))
    joblib.dump(fitted, model.path)


@component
def tell(rows: int, note: str = "done") -> str:
    return f"{note}: {rows}"


@dsl.container_component
def list_files(folder: str):
    return dsl.ContainerSpec(image="alpine", command=["ls"], args=["-R", folder])


@dsl.pipeline(name="news")
def pipeline(url: str = "https://example.org/news.tar.gz"):
    data = download(url=url)
    labels(table=data.outputs["table"])
    train(table=data.outputs["table"]).set_memory_limit("2G")
    tell(rows=data.outputs["Output"])


def compiled(path="news.yaml"):
    compiler.Compiler().compile(pipeline, path)
    return path


def submit(path, host):
    import kfp

    return kfp.Client(host=host).create_run_from_pipeline_package(path)


if __name__ == "__main__":
    compiled()
