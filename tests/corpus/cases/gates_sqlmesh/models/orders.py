import typing as t
from datetime import datetime

import pandas as pd
from gspread import service_account_from_dict
from sqlmesh import ExecutionContext, model
from sqlmesh.core.model import ModelKindName


def sheet(key: dict) -> pd.DataFrame:
    book = service_account_from_dict(key).open("orders")
    return pd.DataFrame(book.sheet1.get_all_records())


@model(
    "raw.orders",
    kind={"name": ModelKindName.INCREMENTAL_BY_TIME_RANGE, "time_column": "day"},
    columns={"order": "int", "day": "date"},
)
def execute(context: ExecutionContext, start: datetime, end: datetime, **kwargs: t.Any) -> pd.DataFrame:
    orders = sheet(context.var("key"))
    known = context.fetchdf(f"SELECT id FROM {context.resolve_table('raw.known')}")
    return orders[orders["order"].isin(known["id"])]
