"""Steps in environments of their own under faults: they are killed, ops0 is. No engine is there, and none is needed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from driver.command import OPS0

from faults.living import left_alive, living
from faults.reference import Place, Row, judge, times

pytestmark = [pytest.mark.slow]
PAUSE = 0.8


class Isolated(Place):
    """What it leaves is processes, their values, and temporary files; whatever engine it is told of is not there."""

    def leaked(self, engine: str | None = None) -> list[str]:
        left = left_alive(self.folder)
        work = [str(path) for path in self.folder.glob("state/runs/*/work")]
        return [*left, *work, *map(str, (self.folder / "tmp").iterdir())]

    def steps(self) -> list[int]:
        """The processes of steps: those with a Python of the cache."""
        return [pid for pid, said in living(self.folder).items() if "/environments/" in said]


def in_the_middle(folder: Path, after: float) -> Isolated:
    (folder / "tmp").mkdir(parents=True)
    place = Isolated(
        folder=folder,
        engine=f"unix://{folder}/no.sock",
        mode=("--isolate",),
        more={"OPS0_CACHE_DIR": str(folder.parent / "cache"), "TMPDIR": str(folder / "tmp")},
    )
    place.start("--param", f"pause={PAUSE}")
    place.until_a_step_works()
    time.sleep(after)
    return place


def test_a_step_is_killed(tmp_path: Path, row: Callable[..., Row]) -> None:
    killed = row("step in an environment killed", deadly=True)
    chance = random.Random(1)
    for number in range(times(1, 50)):
        place = in_the_middle(tmp_path / str(number), chance.uniform(0, PAUSE))
        for pid in place.steps()[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        first = place.end()
        assert first.code in (0, 54), first.err
        judge(killed, place, first, str(number), lambda: place.run("--resume"))  # noqa: B023


def test_ops0_is_killed(tmp_path: Path, row: Callable[..., Row]) -> None:
    """Its steps end with it; whoever goes on has what was done, and does the rest."""
    killed = row("ops0 killed in a run with environments", deadly=True)
    chance = random.Random(2)
    for number in range(times(1, 50)):
        place = in_the_middle(tmp_path / str(number), chance.uniform(0, 2 * PAUSE))
        done = place.done(place.runs[0])
        place.kill()
        first = place.end()
        judge(killed, place, first, str(number), lambda: place.run("--resume"))  # noqa: B023
        twice = [step for step in done if place.executions(place.runs[0])[step] != 1]
        killed.twice += [f"{number}: {step}" for step in twice]


def test_ops0_is_killed_and_somebody_cleans_up(tmp_path: Path, row: Callable[..., Row]) -> None:
    killed = row("ops0 killed in a run with environments, and gc", deadly=True)
    for number in range(times(1, 20)):
        place = in_the_middle(tmp_path / str(number), 0.1 * number)
        place.kill()
        first = place.end()
        # There is no engine: it says so in the end, and has removed by then what is on this machine.
        argv = [OPS0, "gc"]
        swept = subprocess.run(
            argv, env=place.environ, capture_output=True, check=False, timeout=60
        )
        assert swept.returncode == 61, swept.stderr
        assert place.leaked() == []
        judge(killed, place, first, str(number), place.run)
