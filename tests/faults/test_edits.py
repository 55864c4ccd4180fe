"""A step edited while its run goes on: every attempt is of the code that the run began with, and so is what is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.reference import DEEP, Place, Row, judge, times

pytestmark = [pytest.mark.docker, pytest.mark.slow]
MODES = {"processes": (), "isolated": ("--isolate",), "containers": ("--containers",)}
FLOW = """
import time
import ops0

@ops0.step
def load(pause: float = 0.0):
    print("executed load")
    time.sleep(pause)
    return 3

@ops0.step
@ops0.retry(max_attempts=2, backoff="100ms")
def double(load, pause: float = 0.0):
    if ops0.attempt().number == 1:
        time.sleep(pause)
        raise RuntimeError("once")
    print("executed double")
    import helper
    return helper.FACTOR * load

@ops0.step
@ops0.cache
def total(double):
    print("executed total")
    return double + 1
"""
HELPER = "FACTOR = 2\n"
EDIT = ("double + 1", "double + 1000")


@pytest.mark.parametrize("mode", MODES if DEEP else ("processes", "containers"))
def test_the_run_keeps_its_code(tmp_path: Path, row: Callable[..., Row], mode: str) -> None:
    edited = row(f"steps edited while they run: {mode}")
    for number in range(times(1, 10)):
        place = Place(
            folder=tmp_path / str(number),
            engine="unix:///var/run/docker.sock",
            text=FLOW,
            mode=MODES[mode],
            more={"OPS0_CACHE_DIR": str(tmp_path / "cache")},
        )
        helper, flow = place.folder / "helper.py", place.folder / "flow.py"
        helper.write_text(HELPER)
        place.start("--param", "pause=0.7")
        place.until_a_step_works()
        time.sleep(0.2 * number)
        helper.write_text(HELPER.replace("2", "20"))
        flow.write_text(FLOW.replace(*EDIT))
        first = place.end()
        judge(edited, place, first, str(number), place.run)
        assert first.code == 0, first.err
        after = place.run()
        assert after.value == 20 * 3 + 1000, "the next run is of what the files say then"
        helper.write_text(HELPER)
        flow.write_text(FLOW)
        restored = place.run()
        edited.wrong += [] if restored.value == 7 else [f"{number}, written back: {restored.value}"]
        assert "total" not in place.executions(place.runs[-1]), "what it kept is of its own code"
