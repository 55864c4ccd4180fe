"""``ops0 run``: the pipeline in processes or as containers; the last value on stdout."""

from __future__ import annotations

from pathlib import Path

import click

from ops0.cli import shown, wiring
from ops0.cli.foresight import expect_images
from ops0.cli.options import json_option, pipeline_argument, split_params, typed_params
from ops0.cli.show_results import result_text, results_json
from ops0.cli.work import open_work


@click.command("run")
@pipeline_argument
@click.option("--containers", is_flag=True, help="As containers, each step in its own image.")
@click.option(
    "--param", "texts", multiple=True, metavar="NAME=VALUE", help="An argument; repeatable."
)
@click.option("--jobs", type=click.IntRange(1), help="Calls side by side. Default: the processors.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write the results' files into this folder; new or empty.",
)
@json_option
def command(
    pipeline: str | None,
    containers: bool,
    texts: tuple[str, ...],
    jobs: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run the pipeline, in processes or as containers.

    With --containers what has changed is built first. Progress goes to stderr, the result to stdout.
    """
    given = split_params(texts)
    work = open_work(pipeline)
    if containers:
        expect_images(work)
    found = shown.read_shown(work, given)
    params = typed_params(given, found)
    if out is not None:
        wiring.check_export(out)
    report = shown.run_shown(
        work, found, containers=containers, params=params, jobs=jobs, given=pipeline or ""
    )
    if out is not None:
        for path in wiring.export(report, out):
            click.echo(f"written: {path}", err=True)
    click.echo(results_json(report) if as_json else result_text(report))
