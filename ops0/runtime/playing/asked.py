"""What the steps of a pipeline ask for beyond their inputs: secrets and models."""

from __future__ import annotations

from collections.abc import Mapping

from ops0.core.models.store import ModelVersion, find_models
from ops0.core.pipeline import Pipeline, StepName
from ops0.host.secrets import SecretsAsked


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
