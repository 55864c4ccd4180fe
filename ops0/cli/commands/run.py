"""``ops0 run``: the pipeline in processes or as containers; the last value on stdout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ops0.cli import bundles, shown, wiring
from ops0.cli.bundles import is_bundle
from ops0.cli.foresight import expect_images
from ops0.cli.options import json_option, pipeline_argument, split_params, typed_params
from ops0.cli.show_results import result_text, results_json
from ops0.cli.work import open_work
from ops0.runtime.digests import check_expected, read_expected

if TYPE_CHECKING:
    from ops0.runtime.report import Report


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
@click.option(
    "--expect",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What an earlier run printed with --json: other results than those are an error.",
)
@click.option("--offline", is_flag=True, help="Of a bundle: refuse steps that ask for the network.")
@json_option
def command(
    pipeline: str | None,
    containers: bool,
    texts: tuple[str, ...],
    jobs: int | None,
    out: Path | None,
    expect: Path | None,
    offline: bool,
    as_json: bool,
) -> None:
    """Run the pipeline, in processes or as containers.

    With --containers what has changed is built first. PIPELINE may also be a bundle: flow.ops0 --containers. Progress
    goes to stderr, the result to stdout.
    """
    given = split_params(texts)
    expected = None if expect is None else read_expected(expect.read_bytes(), str(expect))
    if is_bundle(pipeline):
        if not containers:
            raise click.UsageError("a bundle holds images, so it needs --containers")
        report = _run_bundle(Path(pipeline or ""), given, jobs, out, offline=offline)
        _finish(report, out, as_json=as_json)
        _compare(report, expected, expect)
        return
    if offline:
        raise click.UsageError("--offline is for bundles: make one with `ops0 bundle create`")
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
    _finish(report, out, as_json=as_json)
    _compare(report, expected, expect)


def _run_bundle(
    path: Path, given: Mapping[str, str], jobs: int | None, out: Path | None, *, offline: bool
) -> Report:
    """Check the whole bundle and everything that is asked of it, then load and run it."""
    from ops0.runtime.golines import check_params  # noqa: PLC0415 - not for a run from source

    with bundles.opened(path) as bundle:
        pipeline = bundle.bundle.pipeline
        if offline:
            bundles.check_offline(path, pipeline)
        params = typed_params(given, pipeline)
        check_params(pipeline, params)
        if out is not None:
            wiring.check_export(out)
        digests, _ = bundles.load(bundle)
    return bundles.run(path, pipeline, digests, params, jobs)


def _finish(report: Report, out: Path | None, *, as_json: bool) -> None:
    if out is not None:
        for path in wiring.export(report, out):
            click.echo(f"written: {path}", err=True)
    click.echo(results_json(report) if as_json else result_text(report))


def _compare(report: Report, expected: Mapping[str, str] | None, path: Path | None) -> None:
    """Last, so that what the run gave is there to look at."""
    if expected is not None:
        check_expected(report, expected, str(path))
