"""``ops0 run``: the pipeline in processes or as containers; the last value on stdout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ops0.cli import running
from ops0.cli.bundles import is_bundle
from ops0.cli.completions import complete_run
from ops0.cli.given_params import split_params, typed_params
from ops0.cli.on_engine import on_engine
from ops0.cli.one_pipeline import OnePipeline
from ops0.cli.options import (
    examples,
    jobs_option,
    json_option,
    out_option,
    params_option,
    pipeline_argument,
    wheelhouse_option,
)
from ops0.cli.push_options import signed_options
from ops0.cli.show.results import show_more, show_results
from ops0.cli.source_running import Placement, SourceRun, read_run
from ops0.cli.usage import WrongUsage
from ops0.cli.work import open_work
from ops0.host.engine_errors import NO_ENGINE_HINT, EngineUnreachable
from ops0.runtime.digests import check_expected, read_expected
from ops0.runtime.options import RunOptions
from ops0.runtime.runs import NEWEST, is_run_id

if TYPE_CHECKING:
    from ops0.core.pipeline import JsonValue
    from ops0.runtime.report import Report
    from ops0_builder.registry.signing import Identity


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """The command's options."""

    pipeline: str | None
    containers: bool
    on: str | None
    isolate: bool
    texts: tuple[str, ...]
    jobs: int | None
    out: Path | None
    expect: Path | None
    offline: bool
    secrets: bool
    who: str | Identity | None
    wheelhouse: Path | None
    no_cache: bool
    follow: bool
    resume: str | None
    as_json: bool

    @property
    def placement(self) -> Placement:
        """What steps are to run as."""
        if self.containers:
            return "containers"
        return "environments" if self.isolate else "processes"

    def options(self, params: Mapping[str, JsonValue]) -> RunOptions:
        """What goes to the run itself."""
        return RunOptions(params=params, jobs=self.jobs, fresh=self.no_cache, resume=self.resume)

    def check(self) -> None:
        """Before anything is read. Raises UsageError."""
        bundle = is_bundle(self.pipeline)
        if bundle and self.isolate:
            raise WrongUsage("a bundle holds images and runs as containers", "leave out --isolate")
        if self.on is not None and not self.containers:
            raise WrongUsage("--on names an engine for containers", "give it with --containers")
        if self.resume is not None and self.follow:
            raise WrongUsage("--follow starts a new run for each batch", "leave out --resume")
        if self.offline and not bundle:
            raise WrongUsage("--offline is for bundles", "make one with `ops0 bundle create`")
        if self.who is not None and not bundle:
            raise WrongUsage(
                "--key and --identity are for bundles: a source has no signature", "leave them out"
            )
        if self.secrets and not bundle:
            raise WrongUsage(
                "--secrets is for bundles: other pipelines get theirs unasked", "leave it out"
            )
        if self.follow and (bundle or self.out is not None or self.expect is not None):
            raise WrongUsage(
                "--follow runs again and again", "leave out --out and --expect, and name no bundle"
            )
        if self.isolate and self.containers:
            raise WrongUsage(
                "--isolate is for processes: containers are apart anyway", "give one of them"
            )
        if self.wheelhouse is not None and (bundle or not (self.containers or self.isolate)):
            raise WrongUsage(
                "--wheelhouse is for what is made here", "give it with --containers or --isolate"
            )


HEADINGS = {
    "How it runs": ("--containers", "--isolate", "--on", "--jobs", "--follow", "--wheelhouse"),
    "What goes in and comes out": ("--param", "--out", "--expect", "--json"),
    "What ran before": ("--resume", "--no-cache"),
    "For a bundle": ("--offline", "--secrets", "--key", "--identity", "--issuer"),
}


@click.command(
    "run",
    cls=OnePipeline,
    headings=HEADINGS,
    aside="name a pipeline of a file as FILE:NAME, and a value as --param NAME=VALUE",
    has_params=True,
    epilog=examples(
        "ops0 run flow.py --param rate=0.5",
        "ops0 run flow.py --containers --out results",
        "ops0 run flow.py --resume",
    ),
)
@pipeline_argument
@click.option("--containers", is_flag=True, help="Run each step as a container, in its own image.")
@click.option(
    "--on",
    metavar="ENGINE",
    help="The engine that builds and runs them: an address, as tcp://builder:2376, or a Docker context.",
)
@click.option("--isolate", is_flag=True, help="Give each step its own environment, without Docker.")
@params_option
@jobs_option
@out_option
@click.option(
    "--expect",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Fail unless results match an earlier run's --json output.",
)
@click.option("--offline", is_flag=True, help="Refuse steps that ask for the network.")
@click.option(
    "--secrets",
    is_flag=True,
    help="Pass it the secrets it asks for, and send its alerts.",
)
@click.option(
    "--no-cache", is_flag=True, help="Ignore cached results of @ops0.cache and replace them."
)
@click.option(
    "--follow", is_flag=True, help="For steps with a source: run batch after batch, until Ctrl-C."
)
@click.option(
    "--resume",
    is_flag=False,
    flag_value=NEWEST,
    metavar="[RUN]",
    shell_complete=complete_run,
    help="Continue a failed, killed or stopped run. Default: the newest.",
)
@signed_options
@wheelhouse_option
@json_option
def command(**given: Any) -> None:
    """Run the pipeline, in processes or as containers.

    With --containers what has changed is built first. PIPELINE may also be a bundle, flow.ops0, whose images run as
    containers. Progress goes to stderr, the result to stdout.
    """
    asked = _asked(given)
    asked.check()
    params = split_params(asked.texts)
    expect = asked.expect
    expected = None if expect is None else read_expected(expect.read_bytes(), str(expect))
    with _engine_hint(asked), on_engine(asked.on, "--on"):
        if asked.follow:
            _follow(asked, params)
            return
        report = (
            _run_bundle(asked, params)
            if is_bundle(asked.pipeline)
            else _source_run(asked, params).run(asked.pipeline or "")
        )
    show_results(report, asked.out, as_json=asked.as_json)
    show_more()
    if expected is not None:  # last, so that what the run gave is there to look at
        check_expected(report, expected, str(expect))


def _asked(given: dict[str, Any]) -> _Asked:
    """The options. ``--resume flow.py`` means the newest run of flow.py: no run has such an id."""
    resume = given["resume"]
    if resume not in (None, NEWEST) and not is_run_id(resume) and given["pipeline"] is None:
        given = {**given, "resume": NEWEST, "pipeline": resume}
        click.get_current_context().params["pipeline"] = resume  # hints name it
    containers = given["containers"] or (is_bundle(given["pipeline"]) and not given["isolate"])
    return _Asked(**{**given, "containers": containers})


def _follow(asked: _Asked, params: Mapping[str, str]) -> None:
    from ops0.cli.follow import follow  # noqa: PLC0415 - not for a plain run

    found = _source_run(asked, params)
    run = partial(found.run, asked.pipeline or "")
    follow(found.pipeline, run, lambda report: show_results(report, None, as_json=asked.as_json))


def _source_run(asked: _Asked, given: Mapping[str, str]) -> SourceRun:
    work = open_work(asked.pipeline, asked.wheelhouse)
    found = read_run(work, asked.placement, given, typed_params, asked.options({}))
    if asked.out is not None:
        running.check_export(asked.out)
    return found


@contextmanager
def _engine_hint(asked: _Asked) -> Iterator[None]:
    """Without an engine a pipeline can still run here, in processes; a bundle cannot."""
    try:
        yield
    except EngineUnreachable as fault:
        if asked.containers and not is_bundle(asked.pipeline) and fault.hint == NO_ENGINE_HINT:
            fault.hint = f"{fault.hint}; without --containers no Docker is needed"
        raise


def _run_bundle(asked: _Asked, given: Mapping[str, str]) -> Report:
    from ops0.cli.bundle_running import BundleRun  # noqa: PLC0415 - not for a run from source

    run = BundleRun(
        path=Path(asked.pipeline or ""),
        who=asked.who,
        offline=asked.offline,
        secrets=asked.secrets,
        out=asked.out,
    )
    return run.run(lambda found: asked.options(typed_params(given, found)))
