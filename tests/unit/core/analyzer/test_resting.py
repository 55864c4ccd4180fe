"""What an analysis does to the garbage collector ends with it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from ops0.core.analyzer import analyse
from ops0.core.analyzer.errors import NoSteps
from ops0.core.analyzer.project.resting import old_objects_rest
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
from ops0.core.requirements.values import Resolved

STEP = "import ops0\n\n@ops0.step\ndef f():\n    return 1\n"


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[None]:
    """Thresholds of this test's own."""
    before = gc.get_threshold()
    gc.set_threshold(701, 11, 12)
    yield
    gc.set_threshold(*before)


def test_old_objects_are_left_alone_during_an_analysis_only() -> None:
    seen: list[tuple[int, int, int]] = []

    def needs(*_: object) -> Resolved:
        seen.append(gc.get_threshold())
        return Resolved()

    analyse(
        MemorySource({"p.py": STEP}),
        "p.py",
        roots=(".",),
        target=Target(python="3.11"),
        resolve_needs=needs,
    )
    assert seen
    assert seen[0][1] > 1_000_000
    assert gc.get_threshold() == (701, 11, 12)


def test_it_ends_with_a_fault_too() -> None:
    with pytest.raises(NoSteps):
        analyse(
            MemorySource({"p.py": "x = 1\n"}),
            "p.py",
            roots=(".",),
            target=Target(python="3.11"),
            resolve_needs=lambda *_: Resolved(),
        )
    assert gc.get_threshold() == (701, 11, 12)


def test_a_collector_that_is_switched_off_stays_so() -> None:
    gc.set_threshold(0)
    before = gc.get_threshold()
    with old_objects_rest():
        assert gc.get_threshold() == before


def test_what_an_analysis_leaves_is_not_looked_through_at_its_end() -> None:
    looked: list[int] = []

    def note(phase: str, about: dict[str, int]) -> None:
        if phase == "start" and about["generation"] == 0:
            looked.append(len(gc.get_objects(0)))

    gc.unfreeze()  # what another test has frozen would stay so
    gc.collect()
    with old_objects_rest():
        kept = [[one] for one in range(100_000)]
    gc.callbacks.append(note)
    try:
        made = [[one] for one in range(2_000)]
    finally:
        gc.callbacks.remove(note)
    assert len(kept) + len(made) == 102_000
    assert looked
    assert max(looked) < 20_000


def left_by_an_analysis() -> int:
    """Objects that only the collector can remove, with what else of this process became garbage meanwhile."""
    text = "import other\nclass C:\n    def m(self): return other.x\n\n" + STEP.replace(
        "1", "C().m()"
    )
    gc.collect()
    gc.disable()
    try:
        analyse(
            MemorySource({"p.py": text, "other.py": "import p\nx = {1: p}\n" * 200}),
            "p.py",
            roots=(".",),
            target=Target(python="3.11"),
            resolve_needs=lambda *_: Resolved(),
        )
        return gc.collect()
    finally:
        gc.enable()


def test_nothing_of_a_project_is_left_to_the_garbage_collector() -> None:
    least = min(left_by_an_analysis() for _ in range(3))  # tests before leave threads and caches
    assert least < 100  # 10,000 otherwise
