"""Where pipelines run, and what becomes of their results: the last stage of ``ops0.cli.wiring``'s line.

What a stage needs is imported in it: a plain run loads no builder and no Docker SDK.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.cli.engine_client import connected
from ops0.cli.machine_settings import machine_settings
from ops0.cli.work import Say, Work
from ops0.core.configuration.settings import Settings
from ops0.core.locked import Lock
from ops0.core.pipeline import JsonValue, Pipeline, StepName

if TYPE_CHECKING:
    from ops0.host.secrets import Secrets
    from ops0.runtime.engine import Engine
    from ops0.runtime.engines.docker_api import DockerApi
    from ops0.runtime.events import Listener
    from ops0.runtime.options import RunOptions
    from ops0.runtime.report import Report
    from ops0.runtime.resuming.past import Past


def process_engine(work: Work) -> Engine:
    """Steps as processes of this machine."""
    from ops0.runtime.processes import ProcessEngine

    return ProcessEngine(work.project.root)


@contextmanager
def isolated_engine(
    work: Work, lock: Lock, wheels: Mapping[str, Path], say: Say
) -> Iterator[Engine]:
    """Steps as processes of this machine, each in an environment of what is locked for it. Raises HostError's kinds."""
    from ops0.runtime.processes import ProcessEngine
    from ops0_builder.environments import isolated
    from ops0_builder.lock.tools import offline_uv

    uv = offline_uv(work.project.root)
    with isolated(lock, wheels, work.runner, uv, say) as interpreters:
        yield ProcessEngine(work.project.root, interpreters)


def container_engine(
    digests: Mapping[StepName, str],
    settings: Settings | None = None,
    client: DockerApi | None = None,
) -> Engine:
    """Steps as containers of these images. Raises EngineError, BadVariable.

    settings: the project's;  client: of the engine; None: one is made now
    """
    from ops0.runtime.containers import ContainerEngine

    machine = machine_settings(settings or Settings(), os.environ)
    return ContainerEngine(client or connected(), digests, machine.runtime)


def run_on(
    engine: Engine,
    pipeline: Pipeline,
    options: RunOptions,
    *,
    on_event: Listener | None,
    settings: Settings | None = None,
) -> Report:
    """Run a pipeline to its end. Raises RunError, EngineError and their kinds, KeyboardInterrupt.

    options: what is asked of the run; how much is kept of its logs is this machine's to say
    settings: the project's
    """
    from ops0.cli.tracing import traced
    from ops0.runtime.orchestrator import run_pipeline
    from ops0.runtime.sweeping.sweeper import watched

    machine = machine_settings(settings or Settings(), os.environ)
    with watched(), traced(on_event) as listener:
        limited = replace(options, log_limit=machine.log_limit)
        return run_pipeline(pipeline, engine, limited, on_event=listener)


def params_of_run(work: Work, run: str) -> Mapping[str, JsonValue]:
    """What the run was given that is to go on: an analysis by names needs them."""
    from ops0.runtime.resuming.leases import params_before
    from ops0.runtime.runs import NEWEST

    project = work.project
    return params_before(str(project.root), project.entry, None if run == NEWEST else run)


def past_of_run(project: str, pipeline: Pipeline, run: str) -> Past:
    """What the run came to that is to go on. ``project``: its root, or a bundle's file. Raises NoRun, CannotResume."""
    from ops0.runtime.resuming.leases import Identity, find_resumable
    from ops0.runtime.runs import NEWEST

    identity = Identity(project=project, entry=pipeline.entry, pipeline=pipeline.name)
    return find_resumable(identity, None if run == NEWEST else run)[1]


def secrets_of(pipeline: Pipeline, folder: Path) -> Secrets:
    """Look up all secrets that the steps ask for, files from this folder. Raises SecretMissing, all together."""
    from ops0.host.secrets import read_secrets
    from ops0.runtime.execution.demands import asked_secrets

    return read_secrets(asked_secrets(pipeline), folder)


def check_export(folder: Path) -> None:
    """Whether results may be written there, before anything runs. Raises ExportFault."""
    from ops0.runtime.outputs.results import check_export as check

    check(folder)


def export(report: Report, folder: Path) -> tuple[Path, ...]:
    """Copy a run's results into a folder. Raises RunError and its kinds."""
    from ops0.runtime.outputs.results import export_results

    return export_results(report.folder, folder)
