"""Everything at once: a source, retries, cached results, mapped calls, secrets, clean-up, and deaths at any moment.

Each record must be in exactly one run's result in the end, whatever ended the runs before; nothing may be left.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from alone import alone
from driver.command import OPS0

from faults.ending import Death, end_by
from faults.living import left_alive
from faults.reference import LIMIT, Ended, Place, Row, times

pytestmark = [pytest.mark.docker, pytest.mark.slow]
SECRET = "hunter2-ü-of-the-tests"
FACTOR = 3
NOTHING_NEW = 77
NO_RUN = 57
"""There is none to go on with: the last one died before it began."""
FLOW = '''
import os, pathlib, random, tempfile, time
import ops0

@ops0.step
@ops0.source.files("INBOX/*.json", max_records=3)
def incoming():
    """What is new."""

@ops0.step
@ops0.retry(max_attempts=5, backoff="100ms")
@ops0.secrets(TOKEN="env:MIXED_TOKEN")
def numbers(incoming):
    print("token", os.environ["TOKEN"], "\\x1b[31m \\u202e \\x00 \\x07")
    if ops0.attempt().number < 5 and random.random() < 0.4:
        raise RuntimeError("flaky with " + os.environ["TOKEN"])
    return [one["value"] for one in incoming]

@ops0.step
@ops0.cache
def factor(k: int = 3):
    return k

@ops0.step
@ops0.cleanup_after(seconds=0)
def scratch(numbers: list):
    pathlib.Path(tempfile.mkdtemp(), "x").write_text("y" * 1000)
    return numbers

@ops0.step
@ops0.retry(max_attempts=5, backoff="50ms")
def times(n: int, factor: int):
    time.sleep(0.1)
    if ops0.attempt().number < 5 and random.random() < 0.15:
        os._exit(3)
    return n * factor

@ops0.step
def total(parts: list):
    for number in range(300):
        print("line", number, "x" * 50)
    return sum(parts)

@ops0.pipeline
def flow():
    return total(times.map(scratch(numbers(incoming())), factor=factor()))
'''
MODES = {"processes": (), "isolated": ("--isolate",), "containers": ("--containers",)}
DEATHS: tuple[Death | None, ...] = ("kill", "kill", "ctrl-c", "ctrl-c twice", "SIGTERM", None)
"""None: it comes to its end."""


@dataclass(kw_only=True)
class Mixed(Place):
    """A project with an inbox. ``sent``: the records that came;  longest: seconds that a run takes, as far as seen."""

    sent: list[int] = field(default_factory=list)
    longest: float = 8.0

    def send(self, count: int) -> None:
        for _ in range(count):
            self.sent.append(len(self.sent) + 1)
            name = f"{self.sent[-1]:04}.json"
            (self.folder / name).write_text(str(self.sent[-1]))
            (self.folder / name).replace(self.folder / "inbox" / name)

    def die(self, how: Death | None, chance: random.Random) -> None:
        """Let the run that has been started go on for a while, then end it."""
        assert self.running is not None
        begin = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            self.running.wait(LIMIT if how is None else chance.uniform(0.2, self.longest))
            self.longest = max(3.0, (self.longest + 1.2 * (time.monotonic() - begin)) / 2)
            return
        assert how is not None, "it did not come to its end"
        end_by(self.running, how, chance)

    def totals(self) -> list[int]:
        """What the runs gave that came to their end."""
        found = []
        for run in self.runs:
            log = self.folder / "state" / "runs" / run / "events.jsonl"
            lines = log.read_text().splitlines() if log.exists() else []
            told = [json.loads(line) for line in lines]
            ends = [one for one in told if one["event"] == "run.ended"]
            if ends and ends[-1]["data"]["state"] == "done":
                done = [one for one in told if one["event"] == "attempt.done"]
                mine = [one for one in done if one["call"] == "total"]
                found.append(int(mine[-1]["data"]["preview"]))
        return found

    def left(self) -> list[str]:
        """Processes with its folder in their environment, temporary files, the secret, things of the engine."""
        alive = left_alive(self.folder / "state", 30)
        state = self.folder / "state"
        files = [path for path in state.rglob("*") if path.is_file()]
        secret = [str(path) for path in files if SECRET.encode() in path.read_bytes()]
        temporary = [path.name for path in (self.folder / "tmp").iterdir()]
        work = [str(path) for path in state.glob("runs/*/work")]
        engine = self.leaked() if "--containers" in self.mode else []
        return [*alive, *secret, *temporary, *work, *engine]


def a_place(folder: Path, mode: str) -> Mixed:
    for name in ("inbox", "tmp"):
        (folder / name).mkdir(parents=True)
    return Mixed(
        folder=folder,
        engine="unix:///var/run/docker.sock",
        text=FLOW.replace("INBOX", str(folder / "inbox")),
        mode=MODES[mode],
        more={
            "MIXED_TOKEN": SECRET,
            "TMPDIR": str(folder / "tmp"),
            "OPS0_CACHE_DIR": str(folder / "cache"),
        },
    )


def check(row: Row, ended: Ended, what: str) -> None:
    row.runs += 1
    row.survived += ended.code == 0
    early = (-signal.SIGINT, -signal.SIGTERM)  # while Python still imports ops0
    known = (0, -signal.SIGKILL, 130, NOTHING_NEW, NO_RUN, *early)
    if ended.code not in known or "Traceback" in ended.err or SECRET in ended.err:
        row.mute.append(f"{what}: {ended.code} {ended.err[-1500:]}")


@pytest.mark.parametrize("mode", MODES)
def test_each_record_counts_once(tmp_path: Path, row: Callable[..., Row], mode: str) -> None:
    mixed = row(f"deaths of everything at once: {mode}", deadly=True)
    chance = random.Random(sum(map(ord, mode)))
    place = a_place(tmp_path / "p", mode)
    last: Ended | None = None
    for number in range(times(3 if mode == "containers" else 5, 60)):
        place.send(chance.randint(0, 2) if number else 2)
        begun = any(
            (place.folder / "state" / "runs" / run / "events.jsonl").exists() for run in place.runs
        )
        death = chance.choice(DEATHS)
        resume = (
            begun
            and last is not None
            and last.code not in (0, NOTHING_NEW)
            and chance.random() < 0.6
        )
        place.start(*(["--resume"] if resume else []))
        place.die(death, chance)
        last = place.end()
        check(mixed, last, f"{number} {death}")
    for _ in range(len(place.sent) + 2):
        last = place.run()
        check(mixed, last, "to the end")
        if last.code == NOTHING_NEW:
            break
    wanted = FACTOR * sum(place.sent)
    got = sum(place.totals())
    mixed.lost += [f"{wanted - got} of {wanted}"] if got < wanted else []
    mixed.wrong += [f"{got} instead of {wanted}"] if got > wanted else []
    with alone("gc"):
        swept = subprocess.run(
            [OPS0, "gc"],
            cwd=place.folder,
            env=place.environ,
            check=True,
            capture_output=True,
            text=True,
        )
    # Tests beside this one leave tags of builds on the engine that they share.
    # What a killed one was writing into the cache is for this command to remove.
    cache = str(place.folder / "cache")
    lines = [line for line in swept.stdout.splitlines() if cache not in line]
    own = [line for line in lines if not line.startswith("tag ")]
    assert not own, swept
    mixed.leaked += place.left()
    assert place.totals()
