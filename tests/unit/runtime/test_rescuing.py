"""What a run puts aside that somebody ends: less the more often he asks, since he wants to have his terminal back."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.core.pipeline import CallId
from ops0.runtime.execution.rescuing import rescue
from ops0.runtime.execution.verdict import Done
from ops0.runtime.outputs.manifest import Manifest, Value, ValueFile

MIB = 2**20


class Clock:
    """One on which each look takes half a second."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 0.5
        return self.now


def a_done(call: str, size: int) -> Done:
    file = ValueFile(name="value.json", size=size, sha256="0" * 64)
    value = Value(format="json", type="builtins.int", size=size, files=(file,), preview="")
    made = Manifest(run="r", call=call, attempt=1, nonce="n", value=value, python="3.11")
    return Done(manifest=made, digest="d")


def kept(
    make: SimpleNamespace, folder: Path, sizes: dict[str, int], asked: int, kind: str = "containers"
) -> list[str]:
    """Which of the calls of these sizes are put aside, of a run that somebody has asked to end so often."""
    engine: Any = make.Engine(kind=kind)
    calls = [make.call(name) for name in sizes]
    pipeline = make.pipeline(*calls, make.call("last", *sizes))
    done = {one: SimpleNamespace(done=a_done(one, size), output=1) for one, size in sizes.items()}
    place = SimpleNamespace(value=lambda call: folder / call)
    live: Any = SimpleNamespace(
        engine=engine,
        calls=done,
        supplies={},
        spec=SimpleNamespace(pipeline=pipeline, folder=place, clock=Clock()),
        schedule=SimpleNamespace(state=lambda call: "done" if call in sizes else "cancelled"),
    )
    rescue(live, lambda: asked)
    return [CallId(one.partition("/")[0]) for one in engine.saved]


@pytest.mark.parametrize(
    ("asked", "names"), [(0, ["a", "c", "d"]), (1, ["a", "c", "d"]), (2, ["a", "d"]), (3, [])]
)
def test_of_containers_stays_what_there_is_time_for(
    make: SimpleNamespace, tmp_path: Path, asked: int, names: list[str]
) -> None:
    sizes = {"a": 64 * MIB, "b": 2048 * MIB, "c": 65 * MIB, "d": 64 * MIB}
    assert kept(make, tmp_path, sizes, asked) == names


def test_nobody_waits_for_thousands_of_small_ones(make: SimpleNamespace, tmp_path: Path) -> None:
    sizes = {f"s{number}": 1 for number in range(9)}
    assert len(kept(make, tmp_path, sizes, 1)) == 9
    assert len(kept(make, tmp_path, sizes, 2)) == 6, "three seconds"


@pytest.mark.parametrize(("asked", "count"), [(1, 2), (2, 2), (3, 0)])
def test_of_processes_stays_all_for_it_is_only_moved(
    make: SimpleNamespace, tmp_path: Path, asked: int, count: int
) -> None:
    sizes = {"a": 10_000 * MIB, "b": 1}
    assert len(kept(make, tmp_path, sizes, asked, "processes")) == count
