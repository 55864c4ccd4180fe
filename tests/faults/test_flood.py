"""A step that prints a GiB: little of it stays on any disk or in memory, and its end is right. R6 of the goals."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from faults.reference import DEEP, Ended, Place, Row, judge
from faults.test_last_word import engine_here

pytestmark = [pytest.mark.docker, pytest.mark.slow]
MIB = 2**20
GIB_LINES = 2**23
"""Of 128 bytes each."""
FLOOD = """
import ops0

@ops0.step
def load(lines: int = 10):
    print("executed load")
    for n in range(lines):
        print(f"line {n}".ljust(127, "x"))
    return 6

@ops0.step
def total(load):
    return load + 1
"""


def watched(place: Place, lines: int) -> tuple[Ended, int, int]:
    """Run it. Gives also the most memory that ops0 had, and the most that the engine kept of its logs; bytes."""
    place.start("--param", f"lines={lines}")
    assert place.running is not None
    memory = kept = 0
    while place.running.poll() is None:
        with suppress(OSError, StopIteration):
            status = Path(f"/proc/{place.running.pid}/status").read_text().splitlines()
            peak = next(line for line in status if line.startswith("VmHWM:"))
            memory = max(memory, int(peak.split()[1]) * 1024)
        kept = max(kept, *(logs_of(place, run) for run in place.runs), 0)
        time.sleep(0.2)
    return place.end(), memory, kept


def logs_of(place: Place, run: str) -> int:
    """Bytes that the engine keeps of the logs of a run, where this machine's root may look at them."""
    argv = ["docker", "ps", "-aq", "--no-trunc", "--filter", f"label=ops0.run={run}"]
    ids = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
    root = subprocess.run(
        ["docker", "info", "--format", "{{json .DockerRootDir}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = 0
    for one in ids:
        for path in Path(json.loads(root.stdout), "containers", one, "local-logs").glob("*"):
            with suppress(FileNotFoundError):
                found += path.stat().st_size
    return found


@pytest.mark.skipif(not DEEP, reason="OPS0_TESTS=deep: minutes")
def test_a_gib_is_printed(tmp_path: Path, row: Callable[..., Row]) -> None:
    flooded = row("a step prints a GiB")
    place = Place(folder=tmp_path / "p", engine=engine_here(), text=FLOOD)
    assert place.run().code == 0  # its images are there
    _, before, _ = watched(place, 10)
    first, memory, kept = watched(place, GIB_LINES)
    judge(flooded, place, first, "", place.run)
    log = place.folder / "state" / "runs" / place.runs[-1] / "logs" / "load.1.log"
    lines = log.read_text().splitlines()
    wanted = [f"line {n}".ljust(127, "x") for n in range(GIB_LINES - 100, GIB_LINES)]
    assert lines[-100:] == wanted
    assert MIB < kept <= 35 * MIB, "of the engine's"
    assert log.stat().st_size <= 35 * MIB
    assert memory - before <= 50 * MIB
