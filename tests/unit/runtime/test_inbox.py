"""The inbox of a source: whatever is killed wherever, no record is lost, and none is worked on twice once settled."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops0.core.record_source import RecordSource
from ops0.integrations.reading import Bad, Batch, Position, PositionLost
from ops0.runtime.sourcing import inbox as inbox_module
from ops0.runtime.sourcing import position
from ops0.runtime.sourcing.inbox import Inbox

SOURCE = RecordSource(kind="kafka", place="tx", format="json", server="a:1", records=3)


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it happens."""


class Topic:
    """A topic of one partition, and all that this machine does, each of which may be the last."""

    def __init__(self, records: list[int], *, knows: bool = True) -> None:
        self.records, self.offset, self.knows = records, 0, knows
        self.bad: list[str] = []
        self.worked: list[list[int]] = []
        self.done: set[str] = set()
        self.left = 10**9
        self.moved_by_hand = False

    def effect(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed

    def committed(self) -> Position | None:
        if not self.knows:
            return None
        return {"0": self.offset} if self.offset or self.moved_by_hand else {}

    def read(self, position: Position) -> Batch:
        self.effect()
        begin = int(position.get("0", 0))  # type: ignore[arg-type]
        records = self.records[begin : begin + SOURCE.records]
        after = {"0": begin + len(records)} if records else position
        bad = tuple(Bad(where=str(one), fact="bad", data=b"") for one in records if one < 0)
        return Batch(
            records=[one for one in records if one >= 0], after=after, told="records", bad=bad
        )

    def commit(self, position: Position) -> None:
        self.effect()
        self.offset = int(position["0"])  # type: ignore[arg-type]

    def keep_bad(self, bad: tuple[Bad, ...]) -> None:
        self.effect()
        self.bad += [one.where for one in bad]

    def close(self) -> None: ...


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> Topic:
    return watched(monkeypatch, Topic(list(range(8))))


def watched(patch: pytest.MonkeyPatch, topic: Topic) -> Topic:
    write = position.write_data

    def counted(path: Path, data: Any) -> None:
        topic.effect()
        write(path, data)
        topic.effect()

    for module in (inbox_module, position):
        patch.setattr(module, "write_data", counted)
    return topic


def box(folder: Path, topic: Topic) -> Inbox:
    return Inbox(folder, SOURCE, topic, topic.done.__contains__)


def work(folder: Path, topic: Topic, run: str) -> bool:
    """One run: gives whether there was a batch."""
    inbox = box(folder, topic)
    if not inbox.take():
        return False
    inbox.begin(run)
    records = inbox.records()
    topic.effect()
    topic.worked.append(records)  # the results are committed with the run's end: one effect
    topic.done.add(run)
    topic.effect()
    inbox.settle()
    return True


@pytest.mark.parametrize("knows", [True, False])
def test_batch_after_batch(tmp_path: Path, knows: bool) -> None:
    topic = Topic(list(range(8)), knows=knows)
    for run in "abcd":
        work(tmp_path, topic, run)
    assert topic.worked == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert topic.offset == (8 if knows else 0)
    topic.records.append(8)
    assert work(tmp_path, topic, "e")
    assert topic.worked[-1] == [8]


@settings(max_examples=500 if os.environ.get("OPS0_TESTS") == "deep" else 30, deadline=None)
@given(kills=st.lists(st.integers(0, 14), max_size=4), knows=st.booleans(), data=st.data())
def test_killed_anywhere_nothing_is_lost_and_nothing_done_twice(
    tmp_path_factory: pytest.TempPathFactory, kills: list[int], knows: bool, data: st.DataObject
) -> None:
    records = data.draw(st.lists(st.integers(0, 5).map(lambda n: n - (n == 5) * 9), max_size=9))
    folder = tmp_path_factory.mktemp("box")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)  # what is killed here is no machine
        topic = watched(patch, Topic(records, knows=knows))
        for number, left in enumerate([*kills, *[10**9] * 5]):
            topic.left = left
            try:
                work(folder, topic, f"run {number}")
            except Killed:
                continue
    good = [one for one in records if one >= 0]
    assert [one for batch in topic.worked for one in batch] == good
    assert set(topic.bad) == {str(one) for one in records if one < 0}, "each at least once"
    assert not knows or not good or topic.offset == len(records)


def test_a_batch_that_failed_comes_again_as_it_was(tmp_path: Path, topic: Topic) -> None:
    inbox = box(tmp_path, topic)
    assert inbox.take() == 3
    inbox.begin("fails")
    topic.records[:3] = [70, 71, 72]  # a source that forgets
    again = box(tmp_path, topic)
    assert again.take() == 3
    assert again.records() == [0, 1, 2]


def test_a_run_that_is_gone_on_with_gets_its_own_batch(tmp_path: Path, topic: Topic) -> None:
    first = box(tmp_path, topic)
    first.take()
    first.begin("a")
    again = box(tmp_path, topic)
    assert again.take_again("a")
    assert again.records() == [0, 1, 2]
    again.settle()
    assert topic.offset == 3


def test_no_other_batch_is_given_to_a_run_that_is_gone_on_with(
    tmp_path: Path, topic: Topic
) -> None:
    assert not box(tmp_path, topic).take_again("a"), "there was none"
    first = box(tmp_path, topic)
    first.take()
    first.begin("b")
    assert not box(tmp_path, topic).take_again("a"), "it is another run's by now"
    topic.done.add("b")
    assert not box(tmp_path, topic).take_again("a"), "its results are there"
    assert work(tmp_path, topic, "c")
    assert topic.worked == [[3, 4, 5]]


def test_a_run_that_is_gone_on_with_gets_no_batch_that_was_skipped(
    tmp_path: Path, topic: Topic
) -> None:
    work(tmp_path, topic, "a")
    inbox = box(tmp_path, topic)
    inbox.take()
    inbox.begin("b")
    topic.offset, topic.moved_by_hand = 6, True
    assert not box(tmp_path, topic).take_again("b")
    work(tmp_path, topic, "c")
    assert topic.worked == [[0, 1, 2], [6, 7]]


def test_who_moves_the_offsets_is_obeyed(tmp_path: Path, topic: Topic) -> None:
    work(tmp_path, topic, "a")
    inbox = box(tmp_path, topic)
    inbox.take()
    inbox.begin("fails for ever")
    topic.offset, topic.moved_by_hand = 6, True
    work(tmp_path, topic, "b")
    assert topic.worked == [[0, 1, 2], [6, 7]]
    topic.offset = 0
    work(tmp_path, topic, "c")
    assert topic.worked[-1] == [0, 1, 2]


def test_another_reader_of_the_group_is_told(tmp_path: Path, topic: Topic) -> None:
    work(tmp_path, topic, "a")
    inbox = box(tmp_path, topic)
    inbox.take()
    inbox.begin("b")
    topic.offset = 7
    with pytest.raises(PositionLost, match="moved while"):
        inbox.settle()


def test_a_damaged_batch_is_read_again(tmp_path: Path, topic: Topic) -> None:
    inbox = box(tmp_path, topic)
    inbox.take()
    (inbox.value / "manifest.json").write_text("{}")
    again = box(tmp_path, topic)
    assert again.take() == 3
    assert again.records() == [0, 1, 2]
