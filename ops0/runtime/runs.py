"""Where a run keeps what stays of it, and what a run is called.

::

    <state>/runs/<run id>/events.jsonl            the event log (events.py)
                          logs/<call>.<n>.log     all that attempt n of a call printed
                          previews/<call>.<n>.json  what a result looks like
                          artifacts/<call>/         files that it logged
                          models/<call>.<n>/        models that attempt n saved, until they are kept
                          results/<call>/         manifest.json and the value's files of each result
                          owner                   who runs it (owner.py)
                          work/                   values between processes; gone when the run has ended
                          values/<call>/          what calls gave, of a run that failed or was stopped
                          taken/                  cached results that it uses; gone when the run has ended
"""

from __future__ import annotations

import calendar
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NewType

from ops0.core.pipeline import CallId
from ops0.host.folders import state_dir
from ops0.runtime.errors import NoRun

RunId = NewType("RunId", str)

_RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
_PARTS = 2**16
_STEPS = 2**8
_LOG = re.compile(r"(?P<call>.+)\.(?P<attempt>[0-9]+)\.log")


def new_run_id(now: float) -> RunId:
    """``20260102-030405-a1b2c3``: UTC, the second's fraction in 65,536ths, and two digits by chance.

    Sorts behind the runs that are kept: where the clock stands before the last of them it is some milliseconds after
    that one, for which run is the newest must not depend on a clock that jumps.

    now: seconds since 1970; the caller reads the clock
    """
    last = max((_time_of(run) for run in kept_runs()), default=0.0)
    # By chance: of several that begin at once each has an id of its own.
    at = now if now > last else last + (1 + secrets.randbelow(_STEPS)) / _PARTS
    second = time.strftime("%Y%m%d-%H%M%S", time.gmtime(at))
    return RunId(f"{second}-{int(at % 1 * _PARTS):04x}{secrets.token_hex(1)}")


def _time_of(run: RunId) -> float:
    """What its id says, in seconds since 1970; 0 where that is no time."""
    try:
        second = calendar.timegm(time.strptime(run[:15], "%Y%m%d-%H%M%S"))
    except ValueError:
        return 0.0
    return second + int(run[16:20], 16) / _PARTS


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of one run."""

    path: Path

    @property
    def events(self) -> Path:
        """The event log."""
        return self.path / "events.jsonl"

    @property
    def owner(self) -> Path:
        """Who runs it."""
        return self.path / "owner"

    @property
    def work(self) -> Path:
        """Values between processes."""
        return self.path / "work"

    @property
    def all_taken(self) -> Path:
        """Values that are not of this run's making."""
        return self.path / "taken"

    def taken(self, call: CallId) -> Path:
        """What a call would have given, taken from the cached results."""
        return self.all_taken / "kept" / call

    def again(self, call: CallId) -> Path:
        """What a call has given before the run was resumed, on its way into the engine."""
        return self.all_taken / "again" / call

    @property
    def values(self) -> Path:
        """What calls have given, of a run that failed or was stopped: for when it is resumed."""
        return self.path / "values"

    def value(self, call: CallId) -> Path:
        """What one call has given."""
        return self.values / call

    @property
    def results(self) -> Path:
        """One folder for each result."""
        return self.path / "results"

    def result(self, call: CallId) -> Path:
        """The cached result of one call."""
        return self.results / call

    def artifacts(self, call: CallId) -> Path:
        """What a call kept with ``ops0.log_artifact``."""
        return self.path / "artifacts" / call

    def models(self, call: CallId, attempt: int) -> Path:
        """What an attempt saved with ``ops0.model.save``, until it is kept."""
        return self.all_models / f"{call}.{attempt}"

    @property
    def all_models(self) -> Path:
        """Models that are not kept yet."""
        return self.path / "models"

    def preview(self, call: CallId, attempt: int) -> Path:
        """What the result of one attempt looks like."""
        return self.path / "previews" / f"{call}.{attempt}.json"

    @property
    def logs(self) -> Path:
        """What the attempts printed."""
        return self.path / "logs"

    def log(self, call: CallId, attempt: int) -> Path:
        """All that one attempt printed."""
        return self.logs / f"{call}.{attempt}.log"


def _runs_dir() -> Path:
    """Where all runs are kept."""
    return state_dir() / "runs"


def run_folder(run: RunId) -> RunFolder:
    """The folder of one run, whether it is there or not."""
    return RunFolder(_runs_dir() / run)


NEWEST = "newest"
"""Stands for the newest run of a pipeline, where the id of a run may stand."""


def is_run_id(text: str) -> bool:
    """Whether a text has the form of a run's id."""
    return _RUN_ID.fullmatch(text) is not None


def newest_run() -> RunFolder:
    """The folder of the run that began last. Raises NoRun."""
    for run in reversed(kept_runs()):
        if run_folder(run).events.is_file():
            return run_folder(run)
    raise NoRun(f"{_runs_dir()}: no run is kept here yet", "start one: ops0 run")


def find_logs(folder: RunFolder) -> Iterator[tuple[CallId, int, Path]]:
    """The logs of a run: call, attempt, path; sorted. Those of a run that goes on become more."""
    if not folder.logs.is_dir():
        return
    found = ((_LOG.fullmatch(path.name), path) for path in folder.logs.iterdir())
    yield from sorted(
        (CallId(match["call"]), int(match["attempt"]), path) for match, path in found if match
    )


def find_run(run: str) -> RunFolder:
    """The folder of a run that is kept here. Raises NoRun."""
    folder = RunFolder(_runs_dir() / run)
    if not _RUN_ID.fullmatch(run) or not folder.events.is_file():
        raise NoRun(f"{run}: no such run is kept here", "list them: ops0 runs")
    return folder


def kept_runs() -> tuple[RunId, ...]:
    """The runs kept on this machine, oldest first."""
    folder = _runs_dir()
    if not folder.is_dir():
        return ()
    names = (entry.name for entry in folder.iterdir())
    return tuple(RunId(name) for name in sorted(names) if _RUN_ID.fullmatch(name))
