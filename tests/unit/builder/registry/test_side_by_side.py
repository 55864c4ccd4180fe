"""Work on items that come slowly, or faster than they are done."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from ops0_builder.registry.body import Body
from ops0_builder.registry.client import Repository
from ops0_builder.registry.errors import NotInRegistry
from ops0_builder.registry.patience import Patience, Stopped
from ops0_builder.registry.reference import parse_repository
from ops0_builder.registry.side_by_side import AHEAD, side_by_side
from ops0_builder.registry.transport import Transport


def test_results_are_in_the_items_order_and_each_is_done_once() -> None:
    done: list[int] = []

    def work(item: int) -> str:
        done.append(item)
        return str(item)

    found = side_by_side(work, (3, 1, 3, 2, 1), threading.Event())
    assert list(found.items()) == [(3, "3"), (1, "1"), (2, "2")]
    assert sorted(done) == [1, 2, 3]


def test_work_begins_while_items_still_come() -> None:
    begun = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        assert begun.wait(5)
        yield 2

    def work(item: int) -> None:
        begun.set()

    assert set(side_by_side(work, items(), threading.Event())) == {1, 2}


def test_items_wait_for_slow_work() -> None:
    taken: list[int] = []
    done: list[int] = []

    def items() -> Iterator[int]:
        for item in range(40):
            taken.append(item)
            assert len(taken) - len(done) <= AHEAD + 1
            yield item

    def work(item: int) -> None:
        time.sleep(0.001)
        done.append(item)

    side_by_side(work, items(), threading.Event())
    assert len(done) == 40


def test_a_fault_of_the_work_ends_the_wait_for_items_and_is_the_one_that_is_told() -> None:
    stop = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        assert stop.wait(5)
        raise Stopped

    def work(item: int) -> None:
        raise NotInRegistry("x")

    with pytest.raises(NotInRegistry):
        side_by_side(work, items(), stop)


def test_a_fault_of_the_items_stops_the_work() -> None:
    stop, ended = threading.Event(), threading.Event()

    def items() -> Iterator[int]:
        yield 1
        raise NotInRegistry("x")

    def work(item: int) -> None:
        assert stop.wait(5)
        ended.set()

    with pytest.raises(NotInRegistry):
        side_by_side(work, items(), stop)
    assert ended.wait(5)


class Held(Repository):
    """A repository in memory, whose uploads overlap where nobody takes care."""

    def __init__(self) -> None:
        where = parse_repository("localhost:1/one")
        super().__init__(where, Transport(where.host, None, Patience()), write=True)  # type: ignore[arg-type]
        self.blobs: list[str] = []

    def has_blob(self, digest: str) -> bool:
        return digest in self.blobs

    def put_blob(self, digest: str, body: Body) -> None:
        time.sleep(0.01)
        self.blobs.append(digest)


def test_a_blob_that_several_need_is_sent_once() -> None:
    repository = Held()

    def put(_: int) -> None:
        repository.put_missing_blob("sha256:1", Body(open=lambda: b"{}", length=2))

    side_by_side(put, range(8), threading.Event())
    assert repository.blobs == ["sha256:1"]
