"""Where a batch may end."""

from __future__ import annotations

from typing import Any

import pytest

from ops0.core.record_source import RecordSource
from ops0.integrations.reading import BadRecord, next_batch, within_size


def a_source(records: int, size: int = 1000) -> RecordSource:
    return RecordSource(
        kind="http", place="http://x", format="json", cursor="n", records=records, size=size
    )


def batch(numbers: list[int], records: int, size: int = 1000) -> list[Any]:
    return next_batch(
        a_source(records, size), [{"n": one} for one in numbers], lambda one: int(one["n"])
    )


def test_no_batch_ends_between_two_records_of_one_cursor() -> None:
    with pytest.raises(BadRecord, match="two records have 2") as caught:
        batch([1, 2, 2, 3], records=2)
    assert caught.value.exit_code == 76
    with pytest.raises(BadRecord):
        batch([1, 2, 2, 3], records=10, size=2 * len("{'n': 1}"))


def test_elsewhere_they_do_no_harm() -> None:
    assert [one["n"] for one in batch([1, 2, 2, 3], records=3)] == [1, 2, 2]
    assert [one["n"] for one in batch([1, 2, 2], records=3)] == [1, 2, 2]
    assert batch([], records=3) == []


def test_one_record_is_always_taken() -> None:
    assert within_size([9, 1], int, 3) == [9]
    assert within_size([1, 2, 1], int, 3) == [1, 2]
