"""``ops0 runs``: what ran on this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from ops0.cli.options import Count, json_option
from ops0.cli.show.one_line import plain
from ops0.cli.show.plain_json import json_text
from ops0.cli.terminal import columns
from ops0.core.errors import RunError
from ops0.runtime.monitoring import RunView, still_runs, view_run
from ops0.runtime.runs import RunFolder, kept_runs, run_folder

_REST = 54
"""Characters of a line that are not the pipeline's name."""
_LEAST = 6
_LEAST_OF = 16
"""Characters that are worth to be shown of a project's folder, and the words before it."""
_TITLE = "PIPELINE"


@click.command("runs")
@click.option(
    "-n",
    "count",
    type=Count(),
    metavar="N",
    default=20,
    show_default=True,
    help="How many.",
)
@json_option
def command(count: int, as_json: bool) -> None:
    """List earlier runs, newest first."""
    rows = []
    for run in list(reversed(kept_runs()))[:count]:
        folder = run_folder(run)
        try:
            view = view_run(folder.events)
        except (RunError, OSError):
            continue
        # else another ops0 is just making it, or it was cut off before its first event
        if view.run:
            rows.append(_row(run, view, folder))
    if as_json:
        click.echo(json_text(rows))
        return
    for line in _lines(rows, columns(sys.stdout)):
        click.echo(line)
    if not rows:
        click.echo("No runs yet. Start one: ops0 run", err=True)


def _lines(rows: list[dict[str, Any]], width: int | None) -> Iterator[str]:
    """One for each run. Where several projects have a pipeline of one name, each says which it is of."""
    name = _name_width([len(row["pipeline"]) for row in rows], width)
    if rows and sys.stdout.isatty():
        titles = f"{plain(_TITLE, name):<{name}} {'ENGINE':<10} {'STATE':<9} {'TIME':>8}"
        yield click.style(f"{'RUN':<22}  {titles}", bold=True)
    projects: dict[str, set[str | None]] = {}
    for row in rows:
        projects.setdefault(row["pipeline"], set()).add(row["project"])
    for row in rows:
        engine = "isolated" if row["isolated"] else row["engine"]
        what = (
            f"{row['run']}  {plain(row['pipeline'], name):<{name}} {engine:<10} {row['state']:<9}"
        )
        line = f"{what} {row['seconds']:>6} s{_not_run(row)}"
        several = len(projects[row["pipeline"]]) > 1
        yield line + (_of(row["project"], width, len(line)) if several else "")


def _of(project: str | None, width: int | None, used: int) -> str:
    """`` of FOLDER``: on a terminal its end, as far as there is room."""
    told = "" if project is None else f"  of {project}"
    room = len(told) if width is None else width - used
    if len(told) <= room or project is None:
        return told
    return f"  of …{project[-(room - 6) :]}" if room >= _LEAST_OF else ""


def _name_width(lengths: list[int], width: int | None) -> int:
    """Room for the pipelines' names: all that they need in a pipe, and on a terminal what the rest leaves."""
    needed = max(len(_TITLE), *lengths, 0)
    return needed if width is None else max(_LEAST, min(needed, width - _REST))


def _not_run(row: dict[str, Any]) -> str:
    done = [one for one in row["calls"].values() if one["phase"] == "done"]
    spared = sum(not one["ran"] for one in done)
    return f"  {spared} of {len(row['calls'])} calls not run" if spared else ""


def _row(run: str, view: RunView, folder: RunFolder) -> dict[str, Any]:
    return {
        "run": run,
        "pipeline": view.pipeline,
        "project": view.project,
        "engine": view.engine,
        "isolated": view.isolated,
        "state": view.state or ("running" if still_runs(folder) else "killed"),
        "seconds": round(view.at, 1),
        "calls": {
            name: {
                "phase": call.phase,
                "ran": call.began is not None,
                "because": call.because or None,
            }
            for name, call in view.calls.items()
        },
    }
