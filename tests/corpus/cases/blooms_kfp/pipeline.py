import os

from kfp import compiler, dsl
from stages.judge import judge
from stages.load import load
from stages.prepare import prepare
from stages.train import train


@dsl.pipeline(name="wines")
def wines(
    key: str = os.getenv("AWS_ACCESS_KEY_ID"),
    secret: str = os.getenv("AWS_SECRET_ACCESS_KEY"),
    bucket: str = "wines-kept",
    folder: str = "models/wines",
):
    loaded = load()
    ready = prepare(table=loaded.outputs["table"])
    trained = train(
        known=ready.outputs["known"],
        known_kinds=ready.outputs["known_kinds"],
        key=key,
        secret=secret,
        bucket=bucket,
        folder=folder,
    )
    judge(
        unseen=ready.outputs["unseen"],
        unseen_kinds=ready.outputs["unseen_kinds"],
        model=trained.outputs["kept"],
    )


if __name__ == "__main__":
    compiler.Compiler().compile(pipeline_func=wines, package_path="wines.yaml")
