"""Finds what ``@ops0.secrets`` names: all of a run, before it starts.

What is found is held in memory only, for one run, and goes to the step over its standard input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ops0.core.errors import HostError, Ops0Error, raise_together
from ops0.host.references import Unfound, look_up

Secrets: TypeAlias = Mapping[str, Mapping[str, str]]
"""Step -> environment variable -> value."""


class SecretMissing(HostError):
    """A secret that a step asks for is not there, or cannot be one. ``reference`` names it, never its value."""

    exit_code = 73

    def __init__(self, place: str, variable: str, reference: str, fact: str, hint: str) -> None:
        named = f": secret {variable}" if variable else ""
        super().__init__(f"{place}{named} ({reference}): {fact}", hint)
        self.place, self.variable, self.reference, self.fact = place, variable, reference, fact


@dataclass(frozen=True, kw_only=True, slots=True)
class SecretsAsked:
    """A step that asks for secrets. ``place``: of the step;  references: variable -> reference."""

    step: str
    place: str
    references: Mapping[str, str]


def read_secrets(
    asked: Iterable[SecretsAsked], folder: Path, environ: Mapping[str, str] | None = None
) -> Secrets:
    """Look up all that the steps ask for, each reference once.

    folder:  what relative paths of ``file:`` start from
    environ: the environment; None: this process's
    raises:  SecretMissing, an ErrorGroup of all that are missing
    """
    asked = tuple(asked)
    references = {one for step in asked for one in step.references.values()}
    found = look_up(references, folder, environ)
    faults: list[Ops0Error] = []
    given: dict[str, dict[str, str]] = {}
    for step in asked:
        for variable, reference in step.references.items():
            value = found[reference]
            if isinstance(value, Unfound):
                place = f"{step.place}: step '{step.step}'"
                faults.append(SecretMissing(place, variable, reference, value.fact, value.hint))
            else:
                given.setdefault(step.step, {})[variable] = value
    raise_together(faults)
    return given


def read_again(
    references: Mapping[str, str], before: Mapping[str, str], folder: Path
) -> Mapping[str, str]:
    """Look up a step's secrets once more: one may have been replaced. What is not found now stays what it was.

    references, before: variable -> reference, and -> value;  folder: what relative paths of ``file:`` start from
    """
    found = look_up(references.values(), folder)
    now = {variable: found[reference] for variable, reference in references.items()}
    return {
        variable: value if isinstance(one := now.get(variable), Unfound) or one is None else one
        for variable, value in before.items()
    }
