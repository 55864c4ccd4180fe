"""The histories of the runs that are kept on this machine."""

from __future__ import annotations

from collections.abc import Iterator

from ops0.core.errors import RunError
from ops0.runtime.events import read_events
from ops0.runtime.monitoring import still_runs
from ops0.runtime.runs import kept_runs, run_folder
from ops0.runtime.watching.history import RunHistory, history_of

MOST = 500


def kept_histories() -> Iterator[tuple[RunHistory, str]]:
    """The newest runs, oldest of them first, each with its state: as it ended, running or killed."""
    for run in kept_runs()[-MOST:]:
        folder = run_folder(run)
        try:
            history = history_of(read_events(folder.events))
        except (RunError, OSError):
            continue  # just being made, cut off before its first event, or of a newer ops0
        if history.told:
            state = history.view.state or ("running" if still_runs(folder) else "killed")
            yield history, state
