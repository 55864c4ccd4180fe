"""``ops0 runs``: what ran on this machine."""

from __future__ import annotations

import click

from ops0.cli.options import json_option
from ops0.cli.plain_json import json_text
from ops0.core.errors import RunError
from ops0.runtime.monitoring import RunView, still_runs, view_run
from ops0.runtime.runs import RunFolder, kept_runs, run_folder


@click.command("runs")
@click.option(
    "-n", "count", type=click.IntRange(1), default=20, show_default=True, help="How many."
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
            continue  # a folder that another ops0 is just making, or that was cut off before its first event
        rows.append(_row(run, view, folder))
    if as_json:
        click.echo(json_text(rows))
        return
    for row in rows:
        click.echo(
            f"{row['run']}  {row['pipeline']:<24} {row['engine']:<10} {row['state']:<10} {row['seconds']:>8} s"
        )
    if not rows:
        click.echo("No runs yet. Start one: ops0 run", err=True)


def _row(run: str, view: RunView, folder: RunFolder) -> dict[str, object]:
    return {
        "run": run,
        "pipeline": view.pipeline,
        "engine": view.engine,
        "state": view.state or ("running" if still_runs(folder) else "killed"),
        "seconds": round(view.at, 1),
    }
