"""Steps, ops0, dockerd, containerd and shims killed in the middle of a run: R3 and R4 of the goals.

On an engine of one's own, so that the machine's stays as it is. Quick: each once to thrice.
Deep: as often as the goals say.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from driver.second_engine import can_be_started

from faults.engines import Mortal, mortal
from faults.reference import Ended, Place, Row, judge, times

pytestmark = [pytest.mark.docker, pytest.mark.slow]
PAUSE = 0.8
"""Seconds that a step takes, so that a moment in it can be met."""
SHIM = "containerd-shim-runc-v2"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    if not can_be_started():
        pytest.skip("needs dockerd and root")
    with mortal(tmp_path_factory.mktemp("engine")) as own:
        first = Place(folder=own.folder / "first", engine=own.address).run()
        assert first.code == 0, first.err
        yield own


def in_the_middle(place: Place, after: float) -> None:
    """Start a run, wait until a step works, and a while longer."""
    place.start("--param", f"pause={PAUSE}")
    end = time.monotonic() + 120
    while not any(place.executions(run) for run in place.runs):
        assert place.running is not None
        assert place.running.poll() is None, place.running.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)
    time.sleep(after)


def case(
    row: Row, engine: Mortal, folder: Path, number: int, kill: Callable[[Place], None]
) -> Ended:
    chance = random.Random(number)
    place = Place(folder=folder / f"{row.kind.replace(' ', '-')}-{number}", engine=engine.address)
    in_the_middle(place, chance.uniform(0, 2 * PAUSE))
    kill(place)
    first = place.end()
    judge(row, place, first, f"{number}", place.run)
    return first


def test_ops0_is_killed(engine: Mortal, tmp_path: Path, row: Callable[..., Row]) -> None:
    killed = row("ops0 killed in a run")
    for number in range(times(3, 200)):
        case(killed, engine, tmp_path, number, Place.kill)


def test_a_step_is_killed(engine: Mortal, tmp_path: Path, row: Callable[..., Row]) -> None:
    killed = row("step killed", deadly=True)

    def kill(place: Place) -> None:
        running = engine.docker("ps", "-q", "--filter", f"label=ops0.run={place.runs[0]}").stdout
        engine.docker("kill", *running.split()[:1], check=False)

    for number in range(times(3, 200)):
        first = case(killed, engine, tmp_path, number, kill)
        assert first.code in (0, 54, 55), first.err


def test_a_shim_is_killed(engine: Mortal, tmp_path: Path, row: Callable[..., Row]) -> None:
    killed = row("container's shim killed", deadly=True)
    for number in range(times(1, 20)):
        case(killed, engine, tmp_path, number, lambda _: engine.kill(SHIM))


def test_the_engine_is_killed(engine: Mortal, tmp_path: Path, row: Callable[..., Row]) -> None:
    """The run goes on when it is back; what it had not finished is done once more."""
    killed = row("dockerd killed in a run, and started again", deadly=True)

    def kill(_: Place) -> None:
        engine.kill()
        engine.start()

    for number in range(times(2, 20)):
        first = case(killed, engine, tmp_path, number, kill)
        assert first.code == 0, first.err


def test_containerd_is_killed(engine: Mortal, tmp_path: Path, row: Callable[..., Row]) -> None:
    """The engine goes on to say that the step runs; nothing of it may be waited for, for ever."""
    killed = row("containerd killed in a run", deadly=True)
    for number in range(times(1, 5)):
        begin = time.monotonic()
        case(killed, engine, tmp_path, number, lambda _: engine.kill("containerd"))
        assert time.monotonic() - begin < 120
