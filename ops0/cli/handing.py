"""Secrets for pipelines that came from elsewhere: handed over only where the user says so."""

from __future__ import annotations

from ops0.core.errors import HostError, raise_together
from ops0.core.pipeline import Pipeline


class SecretNotGranted(HostError):
    """A pipeline from elsewhere asks for a secret of this machine that the user has not granted it."""

    exit_code = 74

    def __init__(self, place: str, step: str, variable: str, reference: str, hint: str) -> None:
        super().__init__(
            f"{place}: step '{step}' asks for the secret {variable} ({reference})", hint
        )
        self.place, self.step, self.variable, self.reference = place, step, variable, reference


def check_no_secrets(place: str, pipeline: Pipeline, hint: str) -> None:
    """Whether no step asks for a secret. Raises SecretNotGranted, for all that are asked for together."""
    raise_together(
        [
            SecretNotGranted(place, step.name, variable, reference, hint)
            for step in pipeline.steps
            for variable, reference in step.options.secrets
        ]
    )
