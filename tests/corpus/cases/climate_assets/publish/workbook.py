from __future__ import annotations

import datetime as dt

import duckdb
import xlsxwriter

from lake.paths import warehouse


def column_width(values) -> int:
    return min(60, max((len(str(value)) for value in values), default=8) + 2)


def sheet(book, name, columns, rows):
    page = book.add_worksheet(name[:31])
    bold = book.add_format({"bold": True})
    page.write_row(0, 0, columns, bold)
    for at, row in enumerate(rows, start=1):
        page.write_row(at, 0, row)
    for at, column in enumerate(columns):
        page.set_column(at, at, column_width([column, *(row[at] for row in rows)]))
    return page


def stamp() -> str:
    return dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%d")


def write(target: str, tables: tuple[str, ...] = ("marts.emissions",)) -> str:
    with duckdb.connect(warehouse(), read_only=True) as connection:
        with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
            for table in tables:
                found = connection.sql(f"SELECT * FROM {table}")
                sheet(book, table, found.columns, found.fetchall())
    return f"{target} of {stamp()}"
