"""The folder of runs goes, or its disk is closed, while a run goes on: one error, nothing left, the next is right."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.disks import can_be_made, close, mend, small_disk
from faults.reference import Place, Row, judge, times

pytestmark = [pytest.mark.docker, pytest.mark.slow]
MODES = {"processes": (), "containers": ("--containers",)}
ENGINE = "unix:///var/run/docker.sock"


def a_place(folder: Path, mode: str) -> Place:
    return Place(folder=folder, engine=ENGINE, mode=MODES[mode])


@pytest.mark.parametrize("mode", MODES)
def test_it_is_removed(tmp_path: Path, row: Callable[..., Row], mode: str) -> None:
    removed = row("the state folder removed in a run", deadly=True)
    for number in range(times(1, 10)):
        place = a_place(tmp_path / str(number), mode)
        place.start("--param", f"pause={1 + number / 10}")
        place.until_a_step_works()
        runs = place.runs
        shutil.rmtree(place.folder / "state", ignore_errors=True)
        first = place.end()
        assert first.code != 0, "what it has done is nowhere"
        assert "it was removed while the run went on" in first.err
        judge(removed, place, first, str(number), place.run)
        assert left_of(runs) == []


@pytest.mark.parametrize("mode", MODES)
def test_its_disk_is_closed(tmp_path: Path, row: Callable[..., Row], mode: str) -> None:
    """As the kernel closes one whose errors it has seen."""
    if not can_be_made():
        pytest.skip("needs root and loop devices")
    closed = row("the state folder's disk made read-only in a run", deadly=True)
    for number in range(times(1, 10)):
        folder = tmp_path / str(number)
        place = a_place(folder / "flow", mode)
        with small_disk(folder, 24) as disk:
            (place.folder / "state").symlink_to(disk, target_is_directory=True)
            place.start("--param", f"pause={1 + number / 10}")
            place.until_a_step_works()
            close(disk)
            first = place.end()
            assert first.code == 72, first.err
            mend(disk)
            judge(closed, place, first, str(number), place.run)


def left_of(runs: list[str]) -> list[str]:
    left = []
    for run in runs:
        for kind in (("ps", "-aq"), ("volume", "ls", "-q")):
            argv = ["docker", *kind, "--filter", f"label=ops0.run={run}"]
            left += subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
    return left
