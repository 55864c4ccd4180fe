"""The reference pipeline, run as a program through whatever engine a test gives it, and what became of it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from driver.command import OPS0

LIMIT = 240
DEEP = os.environ.get("OPS0_TESTS") == "deep"
ONE = """
import ops0

@ops0.step
def load():
    print("executed load")
    return 7
"""
THREE = """
import time
import ops0

@ops0.step
def load(pause: float = 0.0):
    print("executed load")
    time.sleep(pause)
    return 3

@ops0.step
def double(load, pause: float = 0.0):
    print("executed double")
    time.sleep(pause)
    return 2 * load

@ops0.step
def total(double):
    print("executed total")
    return double + 1
"""
RIGHT = 7


def times(quick: int, deep: int) -> int:
    """How often a fault is made."""
    return deep if DEEP else quick


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """One ``ops0 run``. ``code``: of the program, negative for a signal; ``value``: what it printed, or None."""

    code: int
    value: object
    err: str


@dataclass(kw_only=True, slots=True)
class Place:
    """A project with a state of its own, on one engine. ``mode``: how it runs;  more: variables of its own."""

    folder: Path
    engine: str
    text: str = THREE
    mode: tuple[str, ...] = ("--containers",)
    more: Mapping[str, str] = field(default_factory=dict)
    running: subprocess.Popen[str] | None = field(default=None)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "flow.py").write_text(self.text)

    @property
    def environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "DOCKER_HOST": self.engine,
            "OPS0_STATE_DIR": str(self.folder / "state"),
            **self.more,
        }

    def start(self, *words: str) -> None:
        """Start ``ops0 run``."""
        self.running = subprocess.Popen(
            [OPS0, "run", *self.mode, "--json", "flow.py", *words],
            cwd=self.folder, env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def kill(self) -> None:
        """SIGKILL to the program that was started."""
        if self.running is not None:
            self.running.kill()

    def end(self) -> Ended:
        """Wait for it."""
        assert self.running is not None
        try:
            out, err = self.running.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self.running.kill()
            out, err = self.running.communicate()
            err += "\nthe program did not end"
        value: object = None
        if self.running.returncode == 0:
            value = next(iter(json.loads(out)["results"].values()))
        return Ended(code=self.running.returncode, value=value, err=err)

    def run(self, *words: str) -> Ended:
        """From start to end."""
        self.start(*words)
        return self.end()

    @property
    def runs(self) -> list[str]:
        """The ids of all runs so far."""
        place = self.folder / "state" / "runs"
        return sorted(path.name for path in place.iterdir()) if place.is_dir() else []

    def executions(self, run: str) -> Counter[str]:
        """How often each step's function was called in a run, as their own logs tell."""
        found: Counter[str] = Counter()
        for log in (self.folder / "state" / "runs" / run / "logs").glob("*.log"):
            found.update(
                line.split()[1] for line in log.read_text().splitlines() if line[:8] == "executed"
            )
        return found

    def until_a_step_works(self) -> None:
        """Wait until a step of the run that has been started is in the middle of its function."""
        end = time.monotonic() + 120
        while not any(self.executions(run) for run in self.runs):
            assert self.running is not None
            assert self.running.poll() is None, self.running.communicate()
            assert time.monotonic() < end
            time.sleep(0.02)

    def done(self, run: str) -> set[str]:
        """The steps that a run has done, as its event log tells."""
        log = self.folder / "state" / "runs" / run / "events.jsonl"
        told = [json.loads(line) for line in log.read_text().splitlines()]
        return {event["call"] for event in told if event["event"] == "attempt.done"}

    def leaked(self, engine: str | None = None) -> list[str]:
        """The containers and volumes that its runs have left on the engine."""
        left = []
        for run in self.runs:
            for kind in (("ps", "-a", "--format", "{{.Names}}"), ("volume", "ls", "-q")):
                argv = ["docker", "-H", engine or self.engine, *kind]
                argv += ["--filter", f"label=ops0.run={run}"]
                done = subprocess.run(argv, capture_output=True, text=True, check=True)
                left += done.stdout.split()
        return left


@dataclass(kw_only=True, slots=True)
class Row:
    """One kind of fault and what its runs came to.

    survived: right at once; all others are run again;  deadly: it ends steps, which may then be done once more
    """

    kind: str
    deadly: bool = False
    runs: int = 0
    survived: int = 0
    lost: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    mute: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.leaked or self.wrong or self.twice or self.mute)

    def told(self) -> dict[str, object]:
        return {
            "kind": self.kind, "runs": self.runs, "survived": self.survived, "lost": self.lost,
            "leaked": self.leaked, "wrong": self.wrong, "twice": self.twice, "mute": self.mute,
        }  # fmt: skip


def judge(row: Row, place: Place, first: Ended, what: str, again: Callable[[], Ended]) -> None:
    """Enter one case. A run that failed says why and what to do, and the next one is right and leaves nothing."""
    row.runs += 1
    begun = place.runs
    last = first
    if first.code == 0:
        row.survived += 1
    elif first.code > 0 and ("error: " not in first.err or "Traceback" in first.err):
        row.mute.append(f"{what}: {first.err[-300:]}")
    if first.code != 0:
        last = again()
    if last.code != 0:
        row.lost.append(f"{what}: {last.err[-300:]}")
    elif last.value != RIGHT:
        row.wrong.append(f"{what}: {last.value!r}")
    if first.code == 0 and first.value != RIGHT:
        row.wrong.append(f"{what}: {first.value!r}")
    for run in () if row.deadly else {*begun, *place.runs}:
        twice = [step for step, count in place.executions(run).items() if count > 1]
        if twice:
            row.twice.append(f"{what}: {twice}")
    left = place.leaked()
    if left:
        row.leaked.append(f"{what}: {left}")
