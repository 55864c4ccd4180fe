"""dockerd killed while BuildKit works: the rest of R4. It ends well or with one error, and the next one is right."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from driver.second_engine import can_be_started

from faults.engines import Mortal, mortal
from faults.reference import THREE, Place, Row, judge, times

pytestmark = [pytest.mark.docker, pytest.mark.slow]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    if not can_be_started():
        pytest.skip("needs dockerd and root")
    with mortal(tmp_path_factory.mktemp("engine")) as own:
        yield own


def builds(pid: int) -> bool:
    """Whether buildx works below a process."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                if (entry / "comm").read_text().strip() == "docker-buildx" and is_below(
                    int(entry.name), pid
                ):
                    return True
    return False


def is_below(pid: int, root: int) -> bool:
    while pid > 1 and pid != root:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return pid == root


def test_the_engine_is_killed_in_a_build(
    engine: Mortal, tmp_path: Path, row: Callable[..., Row]
) -> None:
    killed = row("dockerd killed in a build, and started again", deadly=True)
    for number in range(times(1, 20)):
        text = THREE.replace("return 3", f"return 3 + 0 * {number + 1}")
        place = Place(folder=tmp_path / f"flow-{number}", engine=engine.address, text=text)
        place.start()
        assert place.running is not None
        while not builds(place.running.pid):
            assert place.running.poll() is None, place.running.communicate()
            time.sleep(0.01)
        time.sleep(0.1 * (number % 10))
        engine.kill()
        engine.start()
        judge(killed, place, place.end(), f"{number}", place.run)
        tags = engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").stdout
        assert "unproven" not in tags
