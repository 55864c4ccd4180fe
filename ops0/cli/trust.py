"""Pipelines that came from elsewhere: secrets are handed over, and alerts posted, only where the user says so."""

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


class AlertNotGranted(HostError):
    """A pipeline from elsewhere would have this machine post what a step returns, with its secrets or without."""

    exit_code = 74

    def __init__(self, place: str, step: str, to: str, hint: str) -> None:
        super().__init__(f"{place}: step '{step}' asks to post its result to {to}", hint)
        self.place, self.step, self.to = place, step, to


class SourceNotGranted(HostError):
    """A pipeline from elsewhere would have this machine read records from somewhere, with its secrets or without."""

    exit_code = 74

    def __init__(self, place: str, step: str, source: str, hint: str) -> None:
        super().__init__(f"{place}: step '{step}' asks for records of {source}", hint)
        self.place, self.step, self.source = place, step, source


def check_no_secrets(place: str, pipeline: Pipeline, hint: str) -> None:
    """Whether no step asks for a secret, posts an alert or has a source, which may carry any file of this machine.

    raises: SecretNotGranted, AlertNotGranted, SourceNotGranted; all that is asked for together
    """
    from ops0.runtime.alerting.delivery import shown  # noqa: PLC0415 - only for what came from elsewhere
    from ops0.runtime.sourcing.sourcing import wanted_sources  # noqa: PLC0415

    secrets = [
        SecretNotGranted(place, step.name, variable, reference, hint)
        for step in pipeline.steps
        for variable, reference in step.options.secrets
    ]
    alerts = [
        AlertNotGranted(place, step.name, ", with ".join((shown(one), *one.references)), hint)
        for step in pipeline.steps
        for one in step.options.alerts
    ]
    sources = [
        SourceNotGranted(
            place, one.step, ", with ".join((str(one.source), *one.source.references)), hint
        )
        for one in wanted_sources(pipeline)
    ]
    raise_together([*secrets, *alerts, *sources])
