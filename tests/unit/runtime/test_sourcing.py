"""Whose position it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ops0.core.record_source import RecordSource
from ops0.runtime.sourcing.sourcing import (
    ReaderName,
    SourceUntold,
    Wanted,
    _folder_name,
    batches,
)

SQL = {"kind": "sql", "place": "select id from t", "server": "sqlite:///data.db", "format": "rows"}
KAFKA = {"kind": "kafka", "place": "tx", "server": "a:1", "format": "json"}


def name(project: str | None, said: dict[str, Any], **more: Any) -> str:
    source = RecordSource(**{**said, **more})
    group = source.group or "ops0.pipeline.read"
    return _folder_name(ReaderName(pipeline="pipeline", project=project), "read", source, group)


def test_two_projects_of_the_same_names_have_positions_of_their_own() -> None:
    assert name("/a", SQL) != name("/b", SQL)
    assert name("/a", SQL) == name("/a", SQL)


def test_a_group_of_ones_own_is_known_in_every_project() -> None:
    assert name("/a", SQL, group="g") == name("/b", SQL, group="g")


def test_a_broker_knows_a_group_by_its_name() -> None:
    assert name("/a", KAFKA) == name("/b", KAFKA)


def test_where_a_source_is_and_nobody_says_is_no_matter_of_secrets(tmp_path: Path) -> None:
    source = RecordSource(kind="kafka", place="tx", server="env:NOT_SET", format="json")
    wanted = Wanted(step="read", place="p.py:6", source=source)
    reader = ReaderName(pipeline="pipeline", project=None)
    with pytest.raises(SourceUntold) as told, batches(reader, (wanted,), "run", tmp_path):
        pass
    assert str(told.value) == (
        "p.py:6: step 'read' reads kafka topic 'tx' (env:NOT_SET): the environment has no such variable"
    )
    assert told.value.hint == "set it: export NOT_SET=…"
