"""Runs the dataflow."""

import logging
import sys

import click
import folds
from hamilton import base, driver
from hamilton.plugins import h_tqdm
from hamilton.io.materialization import to


def made(model: str, prepare: str):
    return driver.Builder().with_modules(folds).with_config({"model": model, "prepare": prepare}).with_adapters(h_tqdm.ProgressBar()).build()


@click.command()
@click.option("--model", default="linear")
@click.option("--prepare", default="none")
def main(model: str, prepare: str):
    logging.basicConfig(stream=sys.stdout)
    flow = made(model, prepare)
    flow.visualize_execution(["mean_error"], "folds.png")
    savers = [
        to.parquet(id="saved", dependencies=["X_frame"], path="x.parquet", combine=base.PandasDataFrameResult()),
        to.pickle(id="model", dependencies=["trained"], path="model.pkl"),
    ]
    told, found = flow.materialize(*savers, additional_vars=["mean_error"])
    print(found["mean_error"])


if __name__ == "__main__":
    main()
