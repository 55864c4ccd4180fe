"""A run from source, for ``ops0 run`` and ``ops0.run``: read once, run as processes or as containers."""
# ruff: noqa: PLC0415 - only what a stage needs is loaded

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ops0.cli import building, running, wiring, with_progress
from ops0.cli.foresight import expect_run
from ops0.cli.other_pythons import other_pythons
from ops0.cli.other_versions import versions_here
from ops0.cli.platforms import for_engine
from ops0.cli.progress.say import saying
from ops0.cli.tell import tell_warning
from ops0.core.pipeline import Pipeline

if TYPE_CHECKING:
    from ops0.cli.work import Work
    from ops0.core.pipeline import JsonValue
    from ops0.runtime.engine import Engine
    from ops0.runtime.options import RunOptions
    from ops0.runtime.report import Report

Placement = Literal["processes", "environments", "containers"]
"""What steps run as: processes of this Python, processes in environments of their own, or containers."""

ToParams = Callable[[Mapping[str, Any], Pipeline, "Path | None"], Mapping[str, "JsonValue"]]
"""(what was given, the pipeline, where relative paths begin or None) -> parameters as the pipeline takes them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRun:
    """A pipeline that was read, and how it is to run.

    options: what is asked of the run; its secrets, alerts and project are the pipeline's own
    """

    work: Work
    pipeline: Pipeline
    placement: Placement
    options: RunOptions

    def run(self, named: str | None = None) -> Report:
        """Run it, once more each time, with a live tree of calls; images that have changed are built first.

        named:  the pipeline as a command named it, for the command that runs it again; None: by its file
        raises: SecretMissing, ParamFault before anything is built; what building and running raise
        """
        from ops0.cli.progress.run import run_progress
        from ops0.runtime.execution.params import check_params

        if self.options.resume is None:
            check_params(self.pipeline, self.options.params)
        settings = self.work.project.settings
        options = replace(self._own(), rerun=None if named is None else self._rerun(named))
        with self._engine() as engine, run_progress() as on_event:
            return running.run_on(
                engine, self.pipeline, options, on_event=on_event, settings=settings
            )

    def _own(self) -> RunOptions:
        """The options with what the pipeline's project says."""
        from ops0.runtime.alerting.alerts import Posting

        root, settings = self.work.project.root, self.work.project.settings
        return replace(
            self.options,
            secrets=running.secrets_of(self.pipeline, root),
            posting=Posting(folder=root, on_failure=settings.on_failure),
            project=root,
        )

    def _rerun(self, named: str) -> str:
        from ops0.runtime.execution.rerun import rerun_command

        kind = "containers" if self.placement == "containers" else "processes"
        more = ["--isolate"] if self.placement == "environments" else []
        return rerun_command(named, kind, self.options.params, more)

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        if self.placement == "containers":
            yield self._containers()
        elif self.placement == "environments":
            with ExitStack() as stack:
                yield self._environments(stack)
        else:
            yield running.process_engine(self.work)

    def _containers(self) -> Engine:
        work = self.work
        if work.foreign is not None:
            from ops0_builder.build_errors import BaseUnfit

            raise BaseUnfit(
                f"for {work.foreign}",
                "the engine runs another platform, so its images cannot be run here",
                "build and push them, and run them where that platform is; or leave `platform` out of the settings",
            )
        lock, plan = with_progress.plan_shown(work, self.pipeline)
        digests = with_progress.build_shown(work, plan, lock).digests
        return running.container_engine(digests, work.project.settings, work.client.get(""))

    def _environments(self, stack: ExitStack) -> Engine:
        work = self.work
        with saying() as say:
            lock = wiring.make_lock(work, self.pipeline, say=say)
            steps = [one.step for one in lock.steps]
            wheels = building.fetch_wheels(work, lock, steps, say=say)
            return stack.enter_context(running.isolated_engine(work, lock, wheels, say))


def read_run(
    work: Work,
    placement: Placement,
    given: Mapping[str, Any],
    to_params: ToParams,
    options: RunOptions,
) -> SourceRun:
    """Analyse the pipeline, say what the analysis had to guess, and take the parameters.

    placement: as it is asked for; a run that goes on stays in containers where it began in them, unless isolated
    options:   what is asked of the run but its parameters
    raises:    AnalysisError and its kinds, NoRun, CannotResume, what ``to_params`` raises
    """
    if placement == "containers":
        work = for_engine(work)
        expect_run(work)
    resume = options.resume
    before = {} if resume is None else running.params_of_run(work, resume)
    pipeline = with_progress.read_shown(work, {**before, **given}, images=placement == "containers")
    if resume is not None:
        past = running.past_of_run(str(work.project.root), pipeline, resume)
        if past.engine == "containers" and placement == "processes":
            placement = "containers"
    if placement == "processes":
        _tell_what_differs(work, pipeline)
    # A process of this machine opens the files that the user means; in a container there are none of them.
    folder = None if placement == "containers" else Path.cwd()
    params = to_params(given, pipeline, folder)
    if params and folder is None:
        from ops0.cli.unseen_files import unseen_files

        with_progress.show_warnings(unseen_files(params, pipeline, Path.cwd()))
    options = replace(options, params=params)
    return SourceRun(work=work, pipeline=pipeline, placement=placement, options=options)


def _tell_what_differs(work: Work, pipeline: Pipeline) -> None:
    """Why processes may give something else than containers: another Python, other versions of libraries."""
    python = other_pythons(pipeline, "{}.{}".format(*sys.version_info[:2]))
    for told in (python, versions_here(work, pipeline)):
        if told is not None:
            tell_warning(*told)
