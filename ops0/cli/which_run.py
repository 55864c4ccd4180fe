"""Which run is meant where a command is given none, or a pipeline's name or file in place of one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from ops0.runtime.resuming.leases import Identity, first_event, identity_of
from ops0.runtime.runs import RunFolder, find_run, is_run_id, kept_runs, newest_run, run_folder

__all__ = ["meant_run", "newest_here", "newest_of", "tell_which"]


def meant_run(given: str | None) -> RunFolder:
    """The run of that id, or the newest of that pipeline, or the newest of this project.

    Says on stderr which it is, where no id says so. Raises NoRun.
    """
    if given is not None and is_run_id(given):
        return find_run(given)
    found = newest_here() if given is None else newest_of(given)
    return find_run(str(given)) if found is None else tell_which(found)


def newest_here() -> RunFolder:
    """The newest run of the project that the current folder is in or holds; else the newest of all. Raises NoRun."""
    return _newest(lambda run: _nearness(run) >= 0) or newest_run()


def newest_of(name: str) -> RunFolder | None:
    """The newest run of a pipeline, by its name or its file; of this project first."""
    file = str(Path(name).resolve())
    return _newest(
        lambda run: (
            name == run.pipeline
            or run.project == file  # of a bundle
            or (run.project is not None and str(Path(run.project, run.entry)) == file)
        )
    )


def tell_which(folder: RunFolder) -> RunFolder:
    """Say on stderr which run it is, and of another project where that is."""
    first = first_event(folder)
    if first is not None:
        run = identity_of(first)
        where = f" in {run.project}" if run.project is not None and _nearness(run) < 1 else ""
        click.echo(f"run {folder.path.name} of {run}{where}", err=True)
    return folder


def _newest(is_meant: Callable[[Identity], bool]) -> RunFolder | None:
    """The newest of those whose project is nearest. Reads a line of each run, up to one that none is nearer than."""
    best, nearest = None, -2
    for run in reversed(kept_runs()):
        first = first_event(run_folder(run))
        if first is not None and is_meant(found := identity_of(first)):
            near = _nearness(found)
            if near > nearest:
                best, nearest = run_folder(run), near
        if nearest == len(Path.cwd().parts):
            break
    return best


def _nearness(run: Identity) -> int:
    """How deep the project is that the current folder is in; 0: it lies below that folder;  -1: it is elsewhere."""
    here = Path.cwd()
    root = None if run.project is None else Path(run.project)
    if root is not None and here.is_relative_to(root):
        return len(root.parts)
    return 0 if root is not None and root.is_relative_to(here) else -1
