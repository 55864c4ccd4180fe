"""A disk that is full, of runs or of the engine: one clear error, nothing half, the next run right.

The disks are loop devices of a few MiB, and of the engine one of its own, so that nobody else's is filled.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from driver.command import ops0
from driver.second_engine import can_be_started

from faults.disks import can_be_made, fill, small_disk
from faults.engines import Mortal, mortal
from faults.reference import Ended, Place, Row, judge, times
from faults.shop import Shop

pytestmark = [pytest.mark.docker, pytest.mark.slow]
HEAVY = """
import ops0

@ops0.step
def load(lines: int = 0, size: int = 1):
    print("executed load")
    for n in range(lines):
        print("line", n, "x" * 500)
    return b"x" * (size * 2**20)

@ops0.step
def total(load):
    print("executed total")
    return load
"""
STREAM = """
import ops0

@ops0.step
def load(items: int = 1):
    print("executed load")
    for _ in range(items):
        yield bytes(2**20)

@ops0.step
def total(load):
    print("executed total")
    return 6 + min(1, sum(1 for _ in load))
"""
BYTES = "b'xxxxxxxx"


@pytest.fixture(autouse=True)
def needs_disks() -> None:
    if not can_be_made():
        pytest.skip("needs root and loop devices")


class Heavy(Place):
    """A project whose value is bytes, on a state folder that may be small."""

    def right(self, ended: Ended) -> bool:
        return isinstance(ended.value, dict) and str(ended.value["preview"]).startswith(BYTES)


def enter(row: Row, place: Heavy, first: Ended, what: str, again: Callable[[], Ended]) -> None:
    """As ``judge``, for its value."""

    def checked() -> Ended:
        ended = again()
        row.wrong += [] if place.right(ended) else [f"{what}: {ended.value!r} {ended.err[-200:]}"]
        return Ended(code=ended.code, value=7, err=ended.err)

    judge(row, place, first, what, checked)


@pytest.mark.parametrize("words", [("--param", "size=40"), ("--param", "lines=60000")])
def test_the_disk_of_runs_is_full(
    tmp_path: Path, row: Callable[..., Row], words: tuple[str, ...]
) -> None:
    """A result that does not fit, and a log that leaves no room for anything else."""
    full = row(f"the disk of runs full: {words[1].partition('=')[0]}")
    for number in range(times(1, 5)):
        fill_with_runs(tmp_path / str(number), full, words)


def fill_with_runs(folder: Path, full: Row, words: tuple[str, ...]) -> None:
    folder.mkdir()
    with small_disk(folder, 24) as disk:
        place = Heavy(folder=folder / "flow", engine="unix:///var/run/docker.sock", text=HEAVY)
        (place.folder / "state").symlink_to(disk, target_is_directory=True)
        first = place.run(*words)
        assert first.code == 71, first.err
        assert "no space left on device" in first.err
        assert not [p for run in place.runs for p in (disk / "runs" / run).rglob(".*.partial")]
        for run in place.runs:
            shutil.rmtree(disk / "runs" / run / "logs")
        enter(full, place, first, " ".join(words), place.run)


def test_every_run_that_is_told_has_a_name(tmp_path: Path) -> None:
    """Wherever a full disk cuts its first moments off: a block more is left each time."""
    (tmp_path / "flow.py").write_text("import ops0\n\n@ops0.step\ndef one():\n    return 1\n")
    with small_disk(tmp_path, 8) as disk:
        env = {**os.environ, "OPS0_STATE_DIR": str(disk), "OPS0_CACHE_DIR": str(tmp_path / "cache")}
        for blocks in range(8):
            (disk / "runs").mkdir(exist_ok=True)
            fill(disk / "filler", leaving=1024 * blocks)
            said = ops0(["run", "flow.py"], folder=tmp_path, env=env)
            assert "no space left on device" in said.err.lower(), said
            (disk / "filler").unlink()
            rows = ops0(["runs", "--json"], folder=tmp_path, env=env).data
            assert [row["pipeline"] for row in rows] == ["flow"] * len(rows)
            assert len(rows) == len(list((disk / "runs").iterdir()))


def test_a_full_disk_under_the_wheels_is_no_fault_of_the_index(tmp_path: Path) -> None:
    with small_disk(tmp_path, 24) as disk:
        shop = Shop(folder=tmp_path / "shop", name="full", registry="127.0.0.1:1/none")
        (shop.folder / "cache").rmdir()
        (shop.folder / "cache").symlink_to(disk, target_is_directory=True)
        fill(disk / "filler", leaving=0)
        first = shop.do("lock")
        assert first.code == 71, first.err
        assert f"{shop.folder}/cache/wheels: no space left on device" in first.err
        (disk / "filler").unlink()
        assert shop.do("lock").code == 0


@pytest.fixture
def engine(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    if not can_be_started():
        pytest.skip("needs dockerd and root")
    # The names of its sockets are long enough: not below the test's own folder.
    with small_disk(tmp_path, 900) as disk, mortal(tmp_path_factory.mktemp("e"), disk) as own:
        yield own


def test_the_engines_disk_is_full(engine: Mortal, tmp_path: Path, row: Callable[..., Row]) -> None:
    full = row("the engine's disk full")
    place = Place(folder=tmp_path / "flow", engine=engine.address, text=STREAM)
    before = place.run()
    assert before.code == 0, before.err
    for _ in range(times(1, 5)):
        first = place.run("--param", "items=900")
        assert first.code == 51, first.err
        assert "No space left on device" in first.err
        judge(full, place, first, "a value of 900 MiB", place.run)
