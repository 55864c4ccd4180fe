"""Files of a folder that is in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import fsspec
import pytest

from ops0.core.record_source import RecordSource
from ops0.integrations.files_source import FileReader
from ops0.integrations.reading import BadRecord, Batch, Position, RecordsUnreadable


@pytest.fixture
def folder() -> Iterator[Any]:
    system = fsspec.filesystem("memory")
    yield system
    system.rm("/in", recursive=True)


def read(position: Position | None = None, **more: Any) -> Batch:
    said = {"place": "memory://in/*", "format": "text", **more}
    return FileReader(RecordSource(kind="files", **said), said["place"]).read(position or {})


def names(batch: Batch) -> list[str]:
    return [one["path"].rpartition("/")[2] for one in batch.records]


def test_a_file_is_read_once_and_again_when_it_has_changed(folder: Any) -> None:
    folder.pipe("/in/b", b"1")
    first = read()
    assert first.records == [{"path": "/in/b", "value": "1"}]
    assert read(first.after).records == []
    folder.pipe("/in/a", b"late")
    folder.pipe("/in/b", b"changed")
    assert names(read(first.after)) == ["a", "b"]


def test_what_is_beyond_a_bound_is_read_with_the_next_batch(folder: Any) -> None:
    for name in "abc":
        folder.pipe(f"/in/{name}", b"12345")
    for bound in ({"records": 2}, {"size": 10}):
        first = read(**bound)
        assert names(first) == ["a", "b"]
        assert names(read(first.after, **bound)) == ["c"]
    assert names(read(size=1)) == ["a"], "one file is always taken"


def test_a_changed_file_beyond_the_bound_is_not_forgotten(folder: Any) -> None:
    for name in "ab":
        folder.pipe(f"/in/{name}", b"1")
    first = read()
    for name in "ab":
        folder.pipe(f"/in/{name}", b"22")
    second = read(first.after, records=1)
    assert names(second) == ["a"]
    assert names(read(second.after, records=1)) == ["b"]


def test_a_file_that_is_not_of_the_format(folder: Any) -> None:
    folder.pipe("/in/a", b'{"n": 1}\n\n{"n": 2}\n')
    assert read(format="jsonl").records[0]["value"] == [{"n": 1}, {"n": 2}]
    with pytest.raises(BadRecord, match="/in/a: not json"):
        read(format="json")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (ImportError("Install s3fs to access S3"), "Install s3fs"),
        (EOFError(), "EOFError"),
    ],
)
def test_a_server_that_refuses_as_soon_as_it_is_named(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, told: str
) -> None:
    def refuse(_: str) -> None:
        raise fault

    monkeypatch.setattr("fsspec.core.url_to_fs", refuse)
    with pytest.raises(RecordsUnreadable, match=told) as caught:
        read(place="ftp://127.0.0.1:1/x/*")
    assert caught.value.hint
