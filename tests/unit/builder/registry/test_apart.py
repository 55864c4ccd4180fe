"""Work on several items at once, never on two that both have something that is not done yet."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Lock

import pytest

from ops0_builder.registry.apart import AT_ONCE, apart

SECONDS = 20


class Work:
    """Each item lasts until it is let go; ``begun`` says which have begun, in order."""

    def __init__(self, bad: str = "") -> None:
        self.begun: list[str] = []
        self._bad, self._lock, self._gates = bad, Lock(), dict[str, Event]()

    def __call__(self, item: str) -> bool:
        with self._lock:
            self.begun.append(item)
        assert self._gate(item).wait(SECONDS)
        return item != self._bad

    def let(self, items: Iterator[str], item: str) -> str:
        self._gate(item).set()
        return next(items)

    def _gate(self, item: str) -> Event:
        with self._lock:
            return self._gates.setdefault(item, Event())


def waits_for(work: Work, *items: str) -> None:
    for _ in range(SECONDS * 100):
        if sorted(work.begun) == sorted(items):
            return
        Event().wait(0.01)
    assert sorted(work.begun) == sorted(items)


def parts(**items: str) -> dict[str, dict[str, int]]:
    """A capital stands for a large part."""
    return {item: {part: 100 if part.isupper() else 1 for part in of} for item, of in items.items()}


def test_what_two_share_is_done_with_the_first_of_them() -> None:
    work = Work()
    ended = apart(work, parts(one="ab", two="ac", three="ad", other="x"))
    assert work.let(ended, "one") == "one"
    waits_for(work, "one", "other", "two", "three")  # `a` is done: nothing holds them any more
    assert work.begun[:2] in (["one", "other"], ["other", "one"])
    assert work.let(ended, "three") == "three"
    assert {work.let(ended, "two"), work.let(ended, "other")} == {"two", "other"}
    assert list(ended) == []


def test_one_whose_parts_are_unknown_is_alone() -> None:
    work = Work()
    ended = apart(work, parts(one="a", unknown="", two="b"))
    assert work.let(ended, "one") == "one"
    waits_for(work, "one", "two")
    assert work.let(ended, "two") == "two"
    assert work.let(ended, "unknown") == "unknown"
    assert work.begun[-1] == "unknown"


def test_what_brings_most_begins_first() -> None:
    work = Work()
    ended = apart(work, parts(little="ab", much="aBC", half="aB", large="aBD"))
    assert work.let(ended, "much") == "much"
    waits_for(work, "much", "large", "little", "half")
    assert work.begun.index("large") == 1  # its D is new, half has nothing new
    assert {work.let(ended, name) for name in ("large", "little", "half")} == {
        "large",
        "little",
        "half",
    }


def test_never_more_at_once() -> None:
    work = Work()
    names = [f"i{n}" for n in range(AT_ONCE + 2)]
    ended = apart(work, {name: {name: 1} for name in names})
    assert work.let(ended, names[0]) == names[0]
    waits_for(work, *names[: AT_ONCE + 1])
    assert {work.let(ended, name) for name in names[1:]} == set(names[1:])


def test_after_one_that_went_wrong_none_begins() -> None:
    work = Work(bad="bad")
    ended = apart(work, parts(bad="AC", other="B", never="A"))
    work._gate("bad").set()
    work._gate("other").set()
    assert list(ended) == ["other"]
    assert sorted(work.begun) == ["bad", "other"]


def test_what_it_raises_is_raised() -> None:
    def fails(_: str) -> bool:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        list(apart(fails, parts(one="a")))
