"""The wall clock jumps by years while a run is under way, there and back: limits, waits and order are not by it.

libfaketime gives ops0, and where they are processes its steps, a clock that a file moves. The engine keeps its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path

import pytest
from driver.places import SLEEPING, fetch_faketime

from faults.reference import DEEP, THREE, Place, Row, judge, times

pytestmark = [pytest.mark.docker, pytest.mark.slow]
MODES = {"processes": (), "containers": ("--containers",)}
ENGINE = "unix:///var/run/docker.sock"
JUMPS = ("+2y", "-3y", "+0", "-1d", "+40d")
LIMITED = THREE.replace("@ops0.step", '@ops0.step\n@ops0.timeout("90s")')
FLAKY = LIMITED.replace("@ops0.step", '@ops0.step\n@ops0.retry(max_attempts=2, backoff="2s")').replace(
    'print("executed load")',
    """print("executed load")
    from pathlib import Path
    if Path("/ops0").is_dir() or not Path("tried").exists():
        Path("tried").touch()
        raise ValueError("once")""",
)  # fmt: skip


class Clock:
    """A clock that a file moves, as variables of a program; ``jump`` as FAKETIME has it: ``+2y``."""

    def __init__(self, library: Path, file: Path) -> None:
        self._file = file
        moved = {"FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_CACHE_DURATION": "1"}
        self.variables: Mapping[str, str] = {**still(library), **moved}
        self.jump("+0")

    def jump(self, to: str) -> None:
        aside = self._file.with_suffix(".new")
        aside.write_text(to)
        aside.replace(self._file)


def still(library: Path) -> dict[str, str]:
    """The variables of a program with a clock that ``FAKETIME`` puts elsewhere, and its monotonic clock as it is."""
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(library.parent / SLEEPING),
    }


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = fetch_faketime(tmp_path_factory.mktemp("faketime"))
    if found is None:
        pytest.skip("apt does not have libfaketime")
    return found


def events(place: Place) -> list[dict[str, object]]:
    log = place.folder / "state" / "runs" / place.runs[-1] / "events.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.mark.parametrize("mode", MODES if DEEP else ["processes"])
def test_the_clock_jumps(tmp_path: Path, library: Path, row: Callable[..., Row], mode: str) -> None:
    jumped = row(f"the clock jumps: {mode}")
    text = FLAKY if mode == "processes" else LIMITED
    for number in range(times(1, 10)):
        clock = Clock(library, tmp_path / f"clock-{number}")
        place = Place(
            folder=tmp_path / str(number),
            engine=ENGINE,
            text=text,
            mode=MODES[mode],
            more=clock.variables,
        )
        place.start("--param", "pause=1.5")
        assert place.running is not None
        begin = time.monotonic()
        for to in cycle(JUMPS):
            if place.running.poll() is not None or time.monotonic() - begin > 200:
                break
            clock.jump(to)
            time.sleep(
                1.2
            )  # it looks at the file once a second: at each call, two threads would get nowhere
        first = place.end()
        assert first.code == 0, first.err
        judge(replace_twice(jumped, mode), place, first, str(number), place.run)
        told = events(place)
        years = {str(event["time"])[:4] for event in told}
        assert len(years) > 1, "the clock was not seen to jump"
        at = [float(str(event["at"])) for event in told]
        assert at == sorted(at)
        assert at[-1] < time.monotonic() - begin + 1


def replace_twice(row: Row, mode: str) -> Row:
    """The step that fails once is called twice, as it asks."""
    row.deadly = mode == "processes"
    return row


def test_a_run_goes_on_at_another_time(
    tmp_path: Path, library: Path, row: Callable[..., Row]
) -> None:
    """Killed, and gone on with years before or after: what was under way is adopted, with what is left of its time."""
    killed = row("ops0 killed, gone on with at another time")
    for number, to in enumerate(("+2y", "-2y")[: times(1, 2)]):
        place = Place(folder=tmp_path / str(number), engine=ENGINE, text=LIMITED)
        place.start("--param", "pause=12")
        place.until_a_step_works()
        place.kill()
        first = place.end()
        place.more = {**still(library), "FAKETIME": to}
        judge(killed, place, first, to, lambda: place.run("--resume"))  # noqa: B023
        kinds = [event["event"] for event in events(place)]
        assert "attempt.adopted" in kinds
        assert "attempt.failed" not in kinds
