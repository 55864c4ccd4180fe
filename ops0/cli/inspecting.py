"""The edges of ``ops0 inspect``: the engine's images, the stored lock, the project's revision. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import ops0
from ops0.cli import wiring
from ops0.cli.work import Work
from ops0.core.errors import SettingsError
from ops0.core.near import did_you_mean
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.plan import ImagePlan
from ops0_builder.about.about import About, about_image, about_step
from ops0_builder.about.provenance import provenance_of

__all__ = ["InspectedStep", "about_image", "inspect_step"]


class NotAStep(SettingsError):
    """What is asked for is neither a step of the pipeline nor written as an image's name."""

    exit_code = 7

    def __init__(self, name: str, pipeline: Pipeline) -> None:
        known = [step.name for step in pipeline.steps]
        listed = f"the steps are {', '.join(known)}; an image is named with its tag or digest, as ops0/flow/step:tag"
        super().__init__(f"{name}: no step of {pipeline.entry}", did_you_mean(name, known, listed))
        self.name = name


@dataclass(frozen=True, kw_only=True, slots=True)
class InspectedStep:
    """A built step of a project."""

    work: Work
    pipeline: Pipeline
    planned: ImagePlan
    about: About

    def provenance(self) -> bytes:
        """How its image came to be, in the project as it is checked out now."""
        return provenance_of(
            self.planned,
            pipeline=self.pipeline.name,
            entry=self.pipeline.entry,
            digest=self.about.image.digest,
            program=ops0.__version__,
            revision=self.work.revision_of(self.pipeline),
        )


def inspect_step(work: Work, name: str) -> InspectedStep:
    """The built image of a step, by the lock as it is stored.

    raises: NotAStep, LockStale, NoSuchImage, and what analysing and planning raise
    """
    pipeline = wiring.read_pipeline(work)
    if all(step.name != name for step in pipeline.steps):
        raise NotAStep(name, pipeline)
    lock = wiring.stored_lock(work, pipeline)
    planned = wiring.make_plan(work, pipeline, lock).image(StepName(name))
    about = about_step(work.engine, planned)
    return InspectedStep(work=work, pipeline=pipeline, planned=planned, about=about)
