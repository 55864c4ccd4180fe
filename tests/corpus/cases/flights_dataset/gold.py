from __future__ import annotations

import os

import pyarrow.compute as pc
import pyarrow.dataset as ds
import s3fs

WANTED = ("at", "day", "series", "load")


def files():
    return s3fs.S3FileSystem(
        key=os.environ["KEY"],
        secret=os.environ["SECRET"],
        client_kwargs={"endpoint_url": os.environ["ENDPOINT"], "region_name": "eu"},
    )


def gold(day):
    path = f"lake/main/gold/granularity=hour/day={day}/"
    try:
        return ds.dataset(path, filesystem=files(), format="parquet").to_table()
    except FileNotFoundError as error:
        raise RuntimeError(f"no gold: {path}") from error


def hard(table, day):
    missing = [one for one in WANTED if one not in set(table.schema.names)]
    if missing:
        raise AssertionError(f"missing: {missing}")
    at = table.column("at")
    if at.null_count > 0:
        raise AssertionError("no time")
    if pc.sum(pc.not_equal(pc.cast(table.column("day"), "string"), day)).as_py() != 0:
        raise AssertionError("other days")
    if pc.count_distinct(at).as_py() != table.num_rows:
        raise AssertionError("twice")


def soft(table):
    issues = []
    if table.num_rows != 24:
        issues.append(f"{table.num_rows} rows")
    negative = pc.sum(pc.less(table.column("load"), 0)).as_py()
    if negative:
        issues.append(f"{negative} negative loads")
    return issues


def told(issues, strict):
    if issues and strict:
        raise AssertionError(" | ".join(issues))
    print(issues or "good")


def main():
    day = os.environ["DAY"]
    table = gold(day)
    hard(table, day)
    told(soft(table), os.getenv("STRICT", "true") == "true")


if __name__ == "__main__":
    main()
