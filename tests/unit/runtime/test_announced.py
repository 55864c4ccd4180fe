"""Artifacts of failed attempts: only what was announced, whole and as announced."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ops0.core.errors import EngineError
from ops0.runtime.engine import Member
from ops0.runtime.outputs.announced import Announced


def entry(name: str, data: bytes, **other: Any) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    return {"v": 1, "event": "artifact", "name": name, "size": len(data), "sha256": digest, **other}


def member(name: str, data: bytes, kind: str = "file") -> Member:
    return Member(name, kind, len(data), BytesIO(data).read)


def heard(*said: dict[str, Any]) -> Announced:
    announced = Announced()
    for one in said:
        announced.hear(one)
    return announced


def test_what_was_being_written_is_left_out_and_the_last_of_a_name_counts(tmp_path: Path) -> None:
    announced = heard(entry("a", b"old"), entry("a", b"new"), entry("b", b"b"))
    members = [member("a", b"new"), member("b", b"b"), member("half", b"ha")]
    files = announced.keep(members, tmp_path / "kept")
    assert [(one.name, one.size) for one in files] == [("a", 3), ("b", 1)]
    assert {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()} == {
        "a": b"new",
        "b": b"b",
    }


@pytest.mark.parametrize(
    ("said", "members"),
    [
        ([entry("a", b"a")], []),
        ([entry("a", b"a")], [member("a", b"b")]),
        ([entry("a", b"a")], [member("a", b"a", "symlink")]),
        ([entry("../a", b"a")], [member("../a", b"a")]),
        ([entry("a", b"a", size=-1)], [member("a", b"a")]),
        ([entry("a", b"a", sha256=None)], [member("a", b"a")]),
        ([{**entry("a", b"a"), "name": 7}], [member("a", b"a")]),
        ([], [member("a", b"a")]),
    ],
)
def test_what_cannot_be_trusted_is_not_kept(
    tmp_path: Path, said: list[dict[str, Any]], members: list[Member]
) -> None:
    assert heard(*said).keep(members, tmp_path / "kept") == ()
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_is_gone_hides_no_failure(tmp_path: Path) -> None:
    def members() -> Iterator[Member]:
        raise EngineError("gone")
        yield

    read: Callable[[], Iterator[Member]] = members
    assert heard(entry("a", b"a")).keep(read(), tmp_path / "kept") == ()


@pytest.mark.parametrize(
    "odd", [{"name": "x" * 2000}, {"name": "../x"}, {"size": [1] * 9}, {"sha256": {"a": 1}}]
)
def test_what_could_not_be_kept_takes_no_memory(odd: dict[str, Any]) -> None:
    assert heard({**entry("a", b"a"), **odd}).files == ()
    assert len(heard(entry("a", b"a"), {**entry("b", b"a"), **odd}).files) == 1
