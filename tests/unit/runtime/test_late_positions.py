"""Whose wish it is when a source has moved: somebody's, or a position that arrives late."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ops0.core.record_source import RecordSource
from ops0.integrations.reading import Bad, Batch, Position, PositionLost, RecordsUnreadable
from ops0.runtime.sourcing.inbox import Inbox

SOURCE = RecordSource(kind="kafka", place="numbers", server="a:1", format="json")


class Topic:
    """A reader of a topic of ten records, two to a batch. ``dead``: a commit gets no answer."""

    def __init__(self) -> None:
        self.at: Position = {}
        self.dead = False

    def committed(self) -> Position | None:
        return dict(self.at)

    def read(self, position: Position) -> Batch:
        begin = int(position.get("0", 0))
        after = {"0": min(begin + 2, 10)}
        return Batch(records=list(range(begin, int(after["0"]))), after=after, told="some")

    def commit(self, position: Position) -> None:
        if self.dead:
            raise RecordsUnreadable("numbers", "no broker answers", None)
        self.at = dict(position)

    def keep_bad(self, bad: tuple[Bad, ...]) -> None:
        pass

    def close(self) -> None:
        pass


def batch(folder: Path, topic: Topic) -> list[int]:
    """What a run gets and settles; whoever comes next knows what is on the disk, no more."""
    found = Inbox(folder, SOURCE, topic, is_done=lambda _: False)
    found.take()
    records: list[int] = found.records()
    found.settle()
    return records


@pytest.fixture
def topic(tmp_path: Path) -> Topic:
    """A topic whose first batch is settled, and whose broker has been told so and has not answered."""
    made = Topic()
    made.dead = True
    with pytest.raises(RecordsUnreadable):
        batch(tmp_path, made)
    made.dead = False
    return made


def test_what_arrives_late_moves_nothing_between_two_runs(tmp_path: Path, topic: Topic) -> None:
    assert [batch(tmp_path, topic), batch(tmp_path, topic)] == [[2, 3], [4, 5]]
    topic.at = {"0": 2}
    assert batch(tmp_path, topic) == [6, 7]
    assert topic.at == {"0": 8}


def test_what_arrives_late_moves_nothing_within_a_run(tmp_path: Path, topic: Topic) -> None:
    assert batch(tmp_path, topic) == [2, 3]
    found = Inbox(tmp_path, SOURCE, topic, is_done=lambda _: False)
    found.take()
    topic.at = {"0": 2}
    found.settle()
    assert topic.at == {"0": 6}
    assert batch(tmp_path, topic) == [6, 7]


def test_a_wish_counts_while_something_may_arrive_late(tmp_path: Path, topic: Topic) -> None:
    assert batch(tmp_path, topic) == [2, 3]
    topic.at = {"0": 1}
    assert batch(tmp_path, topic) == [1, 2]
    found = Inbox(tmp_path, SOURCE, topic, is_done=lambda _: False)
    found.take()
    topic.at = {"0": 9}
    with pytest.raises(PositionLost, match="while a run worked"):
        found.settle()


def test_in_the_end_nothing_arrives_late(
    tmp_path: Path, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the same position is somebody's wish again."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3600)
    assert [batch(tmp_path, topic), batch(tmp_path, topic)] == [[2, 3], [4, 5]]
    topic.at = {"0": 2}
    assert batch(tmp_path, topic) == [2, 3]
