"""Rows of a small database that is a file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from ops0.core.record_source import RecordSource
from ops0.integrations.reading import BadRecord, Position, RecordsUnreadable
from ops0.integrations.sql_source import SqlReader


@pytest.fixture
def address(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "data.db") as base:
        base.execute("create table t (id integer, day text, part real)")
        rows = [(3, "b", 0.5), (1, "a", 0.5), (2, "a", 0.5)]
        base.executemany("insert into t values (?, ?, ?)", rows)
    base.close()
    return f"sqlite:///{tmp_path}/data.db"


def read(address: str, query: str, position: Position | None = None, **more: Any) -> Any:
    said = {"cursor": "id", **more}
    source = RecordSource(kind="sql", place=query, format="rows", server=address, **said)
    reader = SqlReader(source, address)
    try:
        return reader.read(position or {})
    finally:
        reader.close()


def test_rows_beyond_the_position_in_the_order_of_the_cursor(address: str) -> None:
    found = read(address, "select id, day from t", records=2)
    assert found.records == [{"id": 1, "day": "a"}, {"id": 2, "day": "a"}]
    assert found.after == {"cursor": 2}
    rest = read(address, "select id from t", found.after, records=2)
    assert (rest.records, rest.after) == ([{"id": 3}], {"cursor": 3})
    assert read(address, "select id from t", rest.after).records == []


def test_a_query_is_the_databases_own_text(address: str) -> None:
    query = (
        """select id, '{"a":1}' as said, 'x::y:z' as more, ':id' as name, '\\:' as back from t"""
    )
    found = read(address, query, records=1).records
    assert found == [
        {"id": 1, "said": '{"a":1}', "more": "x::y:z", "name": ":id", "back": "\\:"},
    ]


@pytest.mark.parametrize("end", [";", " ;\n", " -- newest last"])
def test_a_query_may_end_as_in_a_file(address: str, end: str) -> None:
    assert len(read(address, f"select id from t{end}").records) == 3


def test_a_cursor_that_cannot_tell_rows_apart(address: str) -> None:
    with pytest.raises(BadRecord, match="two records have 'a'"):
        read(address, "select day from t", cursor="day", records=1)
    with pytest.raises(BadRecord, match="it is a float"):
        read(address, "select part from t", cursor="part")


def test_what_the_database_says_is_told(address: str) -> None:
    with pytest.raises(RecordsUnreadable, match="no such table: nowhere"):
        read(address, "select id from nowhere")
