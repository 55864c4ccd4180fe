"""Steps, ops0, dockerd, containerd and shims killed in the middle of a run: R3 and R4 of the goals.

On an engine of one's own, so that the machine's stays as it is. Quick: each once.
Deep: as often as the goals say.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from driver.second_engine import can_be_started

from faults.engines import Mortal, mortal
from faults.reference import DEEP, LIMIT, Ended, Place, Row, judge, times

pytestmark = [pytest.mark.docker, pytest.mark.slow]
PAUSE = 0.8
"""Seconds that a step takes, so that a moment in it can be met."""
_LONG = 5.0
"""As ``PAUSE``, where the engine is asked for the step meanwhile: a busy one takes longer than that to answer."""
SHIM = "containerd-shim-runc-v2"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    if not can_be_started():
        pytest.skip("needs dockerd and root")
    with mortal(tmp_path_factory.mktemp("engine")) as own:
        first = Place(folder=own.folder / "first", engine=own.address).run()
        assert first.code == 0, first.err
        yield own


def in_the_middle(place: Place, after: float, pause: float = PAUSE) -> None:
    """Start a run, wait until a step works, and a while longer. ``pause``: seconds that each step takes."""
    place.start("--param", f"pause={pause}")
    place.until_a_step_works()
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
    for number in range(times(1, 200)):
        case(killed, engine, tmp_path, number, Place.kill)


def test_a_step_is_killed(engine: Mortal, tmp_path: Path, row: Callable[..., Row]) -> None:
    kill_one_of(engine, tmp_path, row("step killed", deadly=True), -1, times(1, 200))


@pytest.mark.skipif(
    not DEEP, reason="OPS0_TESTS=deep: an attempt made again is shown by other deaths"
)
def test_one_that_stands_ready_is_killed(
    engine: Mortal, tmp_path: Path, row: Callable[..., Row]
) -> None:
    """It has done nothing yet, so the run goes on; between the look and the kill it may have been told to go."""
    kill_one_of(engine, tmp_path, row("container that stands ready killed", deadly=True), 0, 50)


def kill_one_of(engine: Mortal, folder: Path, killed: Row, which: int, runs: int) -> None:
    """``which``: of a run's containers that run, the newest first; the oldest is the one that works."""

    def kill(place: Place) -> None:
        running = engine.docker("ps", "-q", "--filter", f"label=ops0.run={place.runs[0]}").stdout
        if running:
            engine.docker("kill", running.split()[which], check=False)

    for number in range(runs):
        first = case(killed, engine, folder, number, kill)
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

    for number in range(times(1, 20)):
        first = case(killed, engine, tmp_path, number, kill)
        assert first.code == 0, first.err


def test_a_step_ends_while_the_engine_is_away(
    engine: Mortal, tmp_path: Path, row: Callable[..., Row]
) -> None:
    """The engine knows no exit code of it, and its last lines went nowhere: its manifest counts."""
    away = row("step ended while dockerd was away")
    for number in range(times(1, 10)):
        place = Place(folder=tmp_path / str(number), engine=engine.address)
        in_the_middle(place, 0.1 * (number % 5), pause=_LONG)
        step = engine.pid_of_a_step(place.runs[0])
        engine.kill()
        end = time.monotonic() + 60
        while Path(f"/proc/{step}").exists():
            assert time.monotonic() < end, "the step did not end"
            time.sleep(0.05)
        time.sleep(1)
        engine.start()
        first = place.end()
        judge(away, place, first, str(number), place.run)
        assert first.code == 0, first.err


@pytest.mark.parametrize("count", [1, 2])
def test_ctrl_c(engine: Mortal, tmp_path: Path, row: Callable[..., Row], count: int) -> None:
    """Once is in order, twice is now; neither leaves anything, and what was done is not done again."""
    struck = row(f"Ctrl-C {'once' if count == 1 else 'twice'} in a run", deadly=True)
    chance = random.Random(count)

    def strike(place: Place) -> None:
        assert place.running is not None
        for _ in range(count):
            place.running.send_signal(signal.SIGINT)
            time.sleep(chance.uniform(0, 0.5))

    for number in range(times(1, 50)):
        place = Place(folder=tmp_path / str(number), engine=engine.address)
        in_the_middle(place, chance.uniform(0, 2 * PAUSE))
        strike(place)
        first = place.end()
        # The last: it came while Python itself ended, with its own handlers gone. A shell says 130 of that too.
        assert first.code in (0, 130, -signal.SIGINT), first.err
        assert "Traceback" not in first.err
        assert place.leaked() == []
        done = {step for run in place.runs for step in place.done(run)}
        judge(struck, place, told(first), str(number), lambda: place.run("--resume"))  # noqa: B023
        assert all(place.executions(place.runs[0])[step] == 1 for step in done)


def told(ended: Ended) -> Ended:
    """Ctrl-C is no error: what it says is how to go on."""
    words = "hint: to go on with it: ops0 run flow.py "
    return replace(ended, err=ended.err.replace(words, f"error: {words}"))


def test_containerd_is_killed(engine: Mortal, tmp_path: Path, row: Callable[..., Row]) -> None:
    """The engine goes on to say that the step runs; nothing of it may be waited for, for ever."""
    killed = row("containerd killed in a run", deadly=True)
    for number in range(times(1, 5)):
        begin = time.monotonic()
        case(killed, engine, tmp_path, number, lambda _: engine.kill("containerd"))
        assert time.monotonic() - begin < LIMIT
