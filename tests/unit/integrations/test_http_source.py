"""What becomes of an answer: no server is asked here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ops0.core.record_source import RecordSource
from ops0.integrations.http_source import HttpReader
from ops0.integrations.reading import BadRecord, Batch, Position, RecordsUnreadable


class Answers(HttpReader):
    """Gets what it is told, and notes what was asked for."""

    def __init__(self, given: Any, status: int = 200, etag: str | None = None, **more: Any) -> None:
        said = {"place": "https://x/items?since={cursor}", "format": "json", **more}
        super().__init__(RecordSource(kind="http", **said), said["place"], None)
        self._given = given if isinstance(given, bytes) else json.dumps(given).encode()
        self._status, self._etag = status, etag
        self.asked: list[tuple[str, str | None]] = []

    def _get(self, url: str, known: str | None) -> tuple[int, Any, bytes]:
        self.asked.append((url, known))
        headers = {} if self._etag is None else {"ETag": self._etag}
        return self._status, headers, self._given


def read(given: Any, position: Position, **more: Any) -> Batch:
    return Answers(given, **more).read(position)


def items(*numbers: int) -> list[dict[str, int]]:
    return [{"id": one} for one in numbers]


def test_a_batch_has_what_is_beyond_the_cursor_in_its_order() -> None:
    found = read(items(3, 1, 2, 4), {"cursor": 1}, cursor="id", records=2)
    assert found.records == items(2, 3)
    assert found.after == {"cursor": 3}
    nothing = read(items(1), {"cursor": 1}, cursor="id")
    assert (nothing.records, nothing.after) == ([], {"cursor": 1})


def test_the_second_of_two_items_with_one_cursor_is_not_lost() -> None:
    with pytest.raises(BadRecord, match="two records have 2"):
        read(items(1, 2, 2, 3), {}, cursor="id", records=2)


def test_the_cursor_is_quoted_in_the_address() -> None:
    reader = Answers([], cursor="id")
    reader.read({})
    reader.read({"cursor": "a&b/c"})
    assert [url for url, _ in reader.asked] == [
        "https://x/items?since=",
        "https://x/items?since=a%26b%2Fc",
    ]


@pytest.mark.parametrize(
    ("given", "last"),
    [
        ([{"id": 1}, {"id": "2"}], None),
        ([{"id": True}], None),
        ([{"id": 1.5}], None),
        ([{"no": 1}], None),
        ([7], None),
        ([{"id": "a"}], 1),
    ],
)
def test_a_cursor_that_cannot_be_compared(given: Any, last: int | None) -> None:
    with pytest.raises(BadRecord, match="cursor 'id'"):
        read(given, {} if last is None else {"cursor": last}, cursor="id")


def test_without_a_cursor_everything_is_one_batch_when_it_has_changed() -> None:
    place = "https://x/all"
    first = read(items(2, 1), {}, place=place)
    assert first.records == items(2, 1)
    again = read(items(2, 1), first.after, place=place)
    assert (again.records, again.after) == ([], first.after)
    tagged = Answers(items(1), etag='"v1"', place=place)
    assert tagged.read({"etag": '"v0"'}).after == {"etag": '"v1"'}
    assert tagged.asked == [(place, '"v0"')]
    assert read(b"", first.after, status=304, place=place).records == []


def test_without_a_cursor_the_bound_is_not_silently_passed() -> None:
    with pytest.raises(RecordsUnreadable, match="has 3 records, and a batch 2 at most"):
        read(items(1, 2, 3), {}, place="https://x/all", records=2)
    assert len(read(items(1, 2), {}, place="https://x/all", records=2).records) == 2


def test_formats() -> None:
    place = "https://x/all"
    assert read({"a": 1}, {}, place=place).records == [{"a": 1}]
    assert read(b"[1]", {}, place=place, format="text").records == ["[1]"]
    assert read(b"\xff", {}, place=place, format="bytes").records == [b"\xff"]
    for bad in (b"no", b"\xff", b"[" * 100_000):
        with pytest.raises(BadRecord, match="the answer: not json"):
            read(bad, {}, place=place)
