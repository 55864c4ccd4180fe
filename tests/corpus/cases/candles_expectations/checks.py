import logging
import os
import sys

import great_expectations as gx
import pandera.pandas as pa
import pandera.polars as pap
from dotenv import load_dotenv
from great_expectations.exceptions import DataContextError

logger = logging.getLogger(__name__)
load_dotenv(os.path.join(os.path.dirname(__file__), ".env"))

HOST = os.getenv("STORE_HOST", "store")
NAME = os.getenv("STORE_NAME", "candles")


def context():
    try:
        return gx.get_context(context_root_dir="gx")
    except DataContextError:
        logger.info("a new context")
        return gx.get_context()


def source(one):
    return one.data_sources.add_postgres("candles", connection_string=f"postgresql+psycopg2://checks@{HOST}/{NAME}")


def suite(one):
    found = one.suites.add(gx.ExpectationSuite(name="candles"))
    found.add_expectation(gx.expectations.ExpectColumnValuesToNotBeNull(column="high"))
    return found


def check():
    one = context()
    asset = source(one).add_table_asset(name="candles", table_name="candles")
    batch = asset.add_batch_definition_whole_table("all")
    definition = one.validation_definitions.add(gx.ValidationDefinition(name="all", data=batch, suite=suite(one)))
    if not definition.run().success:
        sys.exit(1)


candles = pa.DataFrameSchema({"high": pa.Column(float, pa.Check.ge(0)), "low": pa.Column(float)}, strict=True)
lazy = pap.DataFrameSchema({"high": pap.Column(float)})


def valid(table):
    return candles.validate(table, lazy=True)


def valid_frame(frame):
    return lazy.validate(frame)


def written():
    candles.to_yaml("candles.yaml")
    return candles.example(size=3)


def synthetic(size):
    return candles.strategy(size=size)


if __name__ == "__main__":
    check()
