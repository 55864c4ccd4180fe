"""The machine sleeps, or a part of it is stopped, in the middle of a run: it goes on as if nothing had been.

While ops0 is stopped, another one cleans up: what belongs to a run that lives stays.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from alone import alone
from docker_client import docker
from driver.command import ops0

from faults.reference import DEEP, Place, Row, judge, times

pytestmark = [pytest.mark.docker, pytest.mark.slow]
MODES = {"processes": (), "isolated": ("--isolate",), "containers": ("--containers",)}
ENGINE = "unix:///var/run/docker.sock"


def in_the_middle(folder: Path, mode: str, pause: float = 1) -> Place:
    more = {"OPS0_CACHE_DIR": str(folder.parent / "cache")}
    place = Place(folder=folder, engine=ENGINE, mode=MODES[mode], more=more)
    place.start("--param", f"pause={pause}")
    place.until_a_step_works()
    return place


@pytest.mark.parametrize("mode", MODES if DEEP else ("processes", "containers"))
def test_ops0_is_stopped_for_a_while(tmp_path: Path, row: Callable[..., Row], mode: str) -> None:
    """Long enough for the step to end meanwhile, with nobody to hear it."""
    stopped = row(f"ops0 stopped for a while: {mode}")
    for number in range(times(1, 10)):
        place = in_the_middle(tmp_path / str(number), mode)
        time.sleep(0.15 * number)
        assert place.running is not None
        place.running.send_signal(signal.SIGSTOP)
        try:
            with alone("gc"):
                swept = ops0(["gc", "--json"], folder=place.folder, env=place.environ)
            time.sleep(1.5)
        finally:
            place.running.send_signal(signal.SIGCONT)
        names = [one["name"] for one in swept.data]
        assert not [one for one in names if place.runs[0] in one], swept
        first = place.end()
        assert first.code == 0, first.err
        judge(stopped, place, first, str(number), place.run)


@pytest.mark.parametrize("seconds", (3, 25) if DEEP else (3,))
def test_a_container_is_paused_for_a_while(
    tmp_path: Path, row: Callable[..., Row], seconds: int
) -> None:
    """The longer one: the watchdog looks twice meanwhile, and must find its processes."""
    paused = row("a container paused for a while")
    for number in range(times(1, 5)):
        place = in_the_middle(tmp_path / str(number), "containers", pause=4)
        words = ["--filter", f"label=ops0.run={place.runs[0]}"]
        working = docker("ps", "-q", *words).split()[
            -1
        ]  # listed last as the oldest; the others may just begin
        docker("pause", working)
        time.sleep(seconds)
        assert docker("ps", "-q", "--filter", "status=paused", *words).split(), "it was removed"
        docker("unpause", working)
        first = place.end()
        assert first.code == 0, first.err
        judge(paused, place, first, f"{number}", place.run)


def test_all_of_it_sleeps(tmp_path: Path, row: Callable[..., Row]) -> None:
    """As a laptop does: ops0 and its step at once, the step a little earlier or later."""
    asleep = row("ops0 and its steps stopped for a while")
    for number in range(times(1, 10)):
        place = in_the_middle(tmp_path / str(number), "processes")
        assert place.running is not None
        below = [place.running.pid, *children(place.running.pid)]
        assert len(below) > 1, "no process of a step"
        for pid in below if number % 2 else reversed(below):
            subprocess.run(["kill", "-STOP", str(pid)], check=False)
        time.sleep(3)
        for pid in below:
            subprocess.run(["kill", "-CONT", str(pid)], check=False)
        first = place.end()
        assert first.code == 0, first.err
        judge(asleep, place, first, str(number), place.run)


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # a thread or a child that has ended meanwhile
            for one in (task / "children").read_text().split():
                found += [int(one), *children(int(one))]
    return found
