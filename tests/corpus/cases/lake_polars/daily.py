import datetime as dt
from typing import Any, Iterable, Protocol

import duckdb
import lake
import polars as pl
from lake import WAREHOUSE, day_path, load_day
from rich.console import Console
from rich.table import Table

console = Console()


class HasName(Protocol):
    name: str


def cleaned(frame: "pl.LazyFrame") -> "pl.LazyFrame":
    return frame.drop_nulls().unique(subset=["id"])


def totals(frame: pl.LazyFrame) -> pl.DataFrame:
    return frame.group_by("shop").agg(pl.col("amount").sum()).collect()


def rates(path="rates.xlsx"):
    return pl.read_excel(path)


def orders(uri="postgresql://reader@db/orders"):
    return pl.read_database_uri("select * from orders", uri)


def by_sql(path):
    return duckdb.sql(f"select shop, sum(amount) from '{path}' group by 1").df()


def as_polars(path):
    return duckdb.sql(f"from '{path}'").pl()


def joined(left, right):
    return left.join(right, on="shop", how="left")


def shown(rows: Iterable[tuple]) -> None:
    table = Table("shop", "amount")
    for row in rows:
        table.add_row(*map(str, row))
    console.print(table)


def classic(frame: pl.DataFrame) -> Any:
    return frame.to_pandas()


def label(thing: HasName) -> str:
    return thing.name.title()


def where(day: dt.date) -> str:
    return f"{WAREHOUSE}/{day_path(day)}"


def month(day=dt.date.today()):
    days = [day - dt.timedelta(n) for n in range(30)]
    return pl.concat([cleaned(load_day(one)) for one in days])


def main():
    today = totals(month())
    lake.write_table(joined(today, rates()), "totals")
    shown(today.rows())


if __name__ == "__main__":
    main()
