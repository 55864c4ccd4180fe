"""What a pipeline demands of a run: secrets, models, room for results and calls side by side."""

from __future__ import annotations

from collections.abc import Mapping

from ops0.core.graphs.spreading import MOST_ITEMS
from ops0.core.models.store import ModelVersion, find_models
from ops0.core.pipeline import CallId, Pipeline, StepName
from ops0.host.secrets import SecretsAsked
from ops0.runtime.inputs import producers_of


def asked_secrets(pipeline: Pipeline) -> tuple[SecretsAsked, ...]:
    """The steps that ask for secrets, and which."""
    return tuple(
        SecretsAsked(step=step.name, place=str(step.where), references=dict(step.options.secrets))
        for step in pipeline.steps
        if step.options.secrets
    )


def models_of(pipeline: Pipeline, *, images: bool) -> Mapping[StepName, ModelVersion]:
    """The version that each step's model is now, looked up once for the whole run.

    images: whether steps run from images, of which some hold their model
    raises: NoModel, all together
    """
    return find_models(
        {
            step.name: step.options.model
            for step in pipeline.steps
            if step.options.model is not None and not (images and step.options.bake)
        }
    )


def kept_calls(pipeline: Pipeline) -> frozenset[CallId]:
    """The calls whose results are kept."""
    kept = {step.name for step in pipeline.steps if step.options.cache is not None}
    return frozenset(call.id for call in pipeline.calls if call.step in kept)


def pipeline_width(pipeline: Pipeline) -> int:
    """How many calls stand at most on one level: a bound on what is worth running side by side."""
    level: dict[CallId, int] = {}
    count: dict[int, int] = {}
    for call in pipeline.calls:
        level[call.id] = max((level[p] + 1 for p in producers_of(call)), default=0)
        count[level[call.id]] = count.get(level[call.id], 0) + (MOST_ITEMS if call.each else 1)
    return max(count.values(), default=1)
