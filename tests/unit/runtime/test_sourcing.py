"""Whose position it is."""

from __future__ import annotations

from typing import Any

from ops0.core.record_source import RecordSource
from ops0.runtime.sourcing.sourcing import ReaderName, _folder_name

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
