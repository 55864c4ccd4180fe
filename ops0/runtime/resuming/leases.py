"""Who leads a run: found, judged and taken over. Only one process can do that, and only from one that is gone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ops0.core.errors import RunError
from ops0.core.pipeline import JsonValue
from ops0.host.folders import file_lock, write_aside
from ops0.host.owner import parse_owner, take_lease, this_process
from ops0.runtime.engine import Spared
from ops0.runtime.errors import NoRun, RunLogFault
from ops0.runtime.events import Event, read_events
from ops0.runtime.monitoring import still_runs
from ops0.runtime.resuming.past import Past, past_of
from ops0.runtime.runs import RunFolder, RunId, find_run, kept_runs, run_folder

_WORTH_KEEPING = 24 * 3600.0
"""Seconds that the values of a killed run stay while other pipelines run."""


class CannotResume(RunError):
    """A run that cannot be gone on with: it is done, another pipeline's, or somebody still runs it."""

    exit_code = 57


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What makes two runs runs of the same pipeline. ``project``: its root, None where nobody said."""

    project: str | None
    entry: str
    pipeline: str

    def __str__(self) -> str:
        return f"{self.pipeline} ({self.entry})"


def identity_of(event: Event) -> Identity:
    """Whose run it is, by its first event."""
    project = event.data.get("project")
    return Identity(
        project=None if project is None else str(project),
        entry=str(event.data.get("entry")),
        pipeline=str(event.data.get("pipeline")),
    )


def find_resumable(identity: Identity, run: str | None) -> tuple[RunFolder, Past]:
    """The run to go on with. ``run``: which; None: the newest of the pipeline.

    raises: NoRun, CannotResume, RunLogFault
    """
    if run is None:
        folder = next(_runs_of(identity), None)
        if folder is None:
            raise NoRun(f"no run of {identity} is kept here", "start one: ops0 run")
    else:
        folder = find_run(run)
    past = past_of(read_events(folder.events), str(folder.events))
    found = Identity(project=past.project, entry=past.entry, pipeline=past.pipeline)
    if found != identity:
        where = f" in {found.project}" if found.project != identity.project else ""
        raise CannotResume(
            f"run {past.run} is of {found}{where}, not of {identity}",
            "name the pipeline that it is of, or list the runs: ops0 runs",
        )
    if past.state == "done":
        which = "the newest run of this pipeline, " if run is None else "run "
        raise CannotResume(f"{which}{past.run}, is done", "start a new one: ops0 run")
    if past.state is None:
        _check_free(folder, past.run)
    return folder, past


def params_before(project: str, entry: str, run: str | None) -> Mapping[str, JsonValue]:
    """What a run of a file was given, before anything is known of its pipelines; nothing where there is no such run."""
    for one in [run] if run is not None else reversed(kept_runs()):
        folder = run_folder(RunId(one))
        first = first_event(folder)
        if first is not None and (first.data.get("project"), first.data.get("entry")) == (
            project,
            entry,
        ):
            return past_of(read_events(folder.events), str(folder.events)).params
    return {}


def _runs_of(identity: Identity) -> Iterator[RunFolder]:
    """The kept runs of a pipeline, newest first: by their ids, which no clock that jumps brings out of order."""
    for run in reversed(kept_runs()):
        folder = run_folder(run)
        first = first_event(folder)
        if first is not None and identity_of(first) == identity:
            yield folder


def first_event(folder: RunFolder) -> Event | None:
    """The event that a run began with; None where there is none that can be read."""
    try:
        return next(iter(read_events(folder.events)), None)
    except (OSError, RunLogFault):
        return None


def check_engine(past: Past, kind: str) -> None:
    """Whether a run went where it is to go on. Raises CannotResume."""
    if past.engine != kind:
        how = "with --containers" if past.engine == "containers" else "without --containers"
        raise CannotResume(
            f"run {past.run} ran as {past.engine}, not as {kind}", f"resume it {how}"
        )


def _check_free(folder: RunFolder, run: str) -> None:
    """Whether nobody runs it. Raises CannotResume."""
    if not still_runs(folder):
        return
    owner = parse_owner(folder.owner.read_text())
    if owner is not None and owner.boot != this_process().boot:
        raise CannotResume(
            f"run {run} is led by process {owner.pid} of another machine, or of this one before it was started anew",
            f"wait for it (ops0 logs -f {run}); if nothing runs it any more, remove {folder.owner}",
        )
    who = f"process {owner.pid}" if owner is not None else "another process"
    raise CannotResume(
        f"run {run} is still led by {who}",
        f"wait for it (ops0 logs -f {run}), or end that process first",
    )


@contextmanager
def taken_over(folder: RunFolder, run: str) -> Iterator[Past]:
    """Become the one who leads a run. In the block its log must be told so: whoever comes next then sees a live leader.

    raises: CannotResume
    """
    with file_lock(folder.path / "lock"):
        past = past_of(read_events(folder.events), str(folder.events))
        if past.state is None:
            _check_free(folder, run)
        elif past.state == "done":
            raise CannotResume(f"run {run} is done", "start a new one: ops0 run")
        write_aside(folder.owner, f"{take_lease()}\n".encode())
        yield past


def spared(run: RunId, own: RunId, identity: Identity) -> Spared:
    """What of a killed run stays when a run begins: all of that which goes on, the values of other pipelines'.

    Those may still be resumed; ``ops0 gc``, and a new run of their own pipeline, take them.
    """
    if run == own:
        return "all"
    return "values" if _may_go_on(run, identity) else "nothing"


def _may_go_on(run: RunId, identity: Identity) -> bool:
    folder = run_folder(run)
    first = first_event(folder)
    if first is None or identity_of(first) == identity:
        return False
    return time.time() - folder.events.stat().st_mtime < _WORTH_KEEPING


def aged_values(now: float) -> Iterator[Path]:
    """Values and models that runs have put aside more than a day ago, and that nobody has gone on with.

    now: seconds since 1970
    """
    for run in kept_runs():
        folder = run_folder(run)
        with suppress(OSError):
            for place in (folder.values, folder.all_models):
                old = place.is_dir() and place.stat().st_mtime < now - _WORTH_KEEPING
                if old and not still_runs(folder):
                    yield place


def kept_values(identity: Identity) -> Iterator[RunFolder]:
    """The runs of a pipeline that have put values aside for being resumed."""
    for run in kept_runs():
        folder = run_folder(run)
        if folder.values.is_dir():
            first = first_event(folder)
            if first is not None and identity_of(first) == identity:
                yield folder
