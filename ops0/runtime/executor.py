"""``PipelineExecutor``: run an analysed pipeline with one call. A thin door to ``run_pipeline``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from ops0.core.errors import SettingsError
from ops0.core.pipeline import JsonValue, Pipeline, StepName
from ops0.runtime.engine import Engine
from ops0.runtime.events import Listener
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.processes import ProcessEngine
from ops0.runtime.report import Report
from ops0.runtime.sweeping.sweeper import watched

Mode = Literal["local", "containers"]


class PipelineExecutor:
    """Runs pipelines of one project.

    project: the folder that the pipelines' paths are relative to
    images:  the image of each step, by digest; needed for ``mode="containers"`` only
    """

    def __init__(
        self, project: Path | str = ".", images: Mapping[StepName, str] | None = None
    ) -> None:
        self._project, self._images = Path(project), dict(images or {})

    def execute(
        self,
        pipeline: Pipeline,
        mode: Mode = "local",
        *,
        params: Mapping[str, JsonValue] | None = None,
        jobs: int | None = None,
        on_event: Listener | None = None,
    ) -> Report:
        """Run it. Raises what ``run_pipeline`` raises, and SettingsError for a mode that cannot be had."""
        if not isinstance(pipeline, Pipeline):
            raise SettingsError(
                f"PipelineExecutor.execute: a {type(pipeline).__name__} is no analysed pipeline",
                'to run steps that are declared here: ops0.run(); to run a file: ops0.run("pipeline.py")',
            )
        engine = self._engine(pipeline, mode)
        with watched():
            options = RunOptions(params=params or {}, jobs=jobs)
            return run_pipeline(pipeline, engine, options, on_event=on_event)

    def _engine(self, pipeline: Pipeline, mode: str) -> Engine:
        if mode == "local":
            return ProcessEngine(self._project)
        if mode != "containers":
            fact = "is not there yet" if mode == "distributed" else "no such way to run"
            raise SettingsError(f"mode {mode!r}: {fact}", 'use "local" or "containers"')
        missing = sorted({step.name for step in pipeline.steps} - set(self._images))
        if missing:
            message = f"{pipeline.entry}: no image is given for {', '.join(missing)}"
            raise SettingsError(message, "build them first: ops0 build")
        from ops0.runtime.containers import ContainerEngine  # noqa: PLC0415 - loads the SDK
        from ops0.runtime.engines.docker_engine import connect  # noqa: PLC0415

        return ContainerEngine(connect(), self._images)
