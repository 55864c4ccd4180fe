"""Looks up what ``@ops0.secrets`` names: in the environment, in files, in a vault. All of a run, before it starts.

What is found is held in memory only, for one run, and goes to the step over its standard input.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ops0.core.errors import HostError, Ops0Error, raise_together
from ops0.core.secrets import split_vault

LARGEST = 64 * 1024
"""Bytes of one secret: a program that the step starts must be able to take it in its environment."""

Secrets: TypeAlias = Mapping[str, Mapping[str, str]]
"""Step -> environment variable -> value."""


class SecretMissing(HostError):
    """A secret that a step asks for is not there, or cannot be one. ``reference`` names it, never its value."""

    exit_code = 73

    def __init__(self, place: str, variable: str, reference: str, fact: str, hint: str) -> None:
        super().__init__(f"{place}: secret {variable} ({reference}): {fact}", hint)
        self.place, self.variable, self.reference, self.fact = place, variable, reference, fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A step that asks for secrets. ``place``: of the step;  references: variable -> reference."""

    step: str
    place: str
    references: Mapping[str, str]


class Unfound(Exception):
    """A reference that leads to no secret: the fact and the hint."""

    def __init__(self, fact: str, hint: str) -> None:
        super().__init__(fact)
        self.fact, self.hint = fact, hint


def read_secrets(
    asked: Iterable[Asked], folder: Path, environ: Mapping[str, str] | None = None
) -> Secrets:
    """Look up all that the steps ask for, each reference once.

    folder:  what relative paths of ``file:`` start from
    environ: the environment; None: this process's
    raises:  SecretMissing, an ErrorGroup of all that are missing
    """
    asked = tuple(asked)
    env = os.environ if environ is None else environ
    references = {one for step in asked for one in step.references.values()}
    found: dict[str, str | Unfound] = {}
    in_vault = sorted(one for one in references if one.startswith("vault:"))
    for reference in references.difference(in_vault):
        try:
            found[reference] = _checked(_read(reference, folder, env))
        except Unfound as fault:  # noqa: PERF203
            found[reference] = fault
    if in_vault:
        found.update(_from_vault(in_vault, env))
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


def _read(reference: str, folder: Path, env: Mapping[str, str]) -> str:
    kind, _, rest = reference.partition(":")
    if kind == "env":
        if rest not in env:
            raise Unfound("the environment has no such variable", f"set it: export {rest}=…")
        return env[rest]
    path = folder / Path(rest).expanduser()
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 3)
        return data.decode().removesuffix("\n").removesuffix("\r")
    except OSError as fault:
        hint = "write the secret into that file, or name another"
        raise Unfound(f"{path}: {fault.strerror}", hint) from None
    except UnicodeDecodeError:
        raise Unfound(
            f"{path}: is not text", "encode it, as base64, and decode it in the step"
        ) from None


def _checked(value: str) -> str:
    if not value:
        raise Unfound("it is empty", "give it a value")
    if "\0" in value:
        raise Unfound("it holds a zero byte", "encode it, as base64, and decode it in the step")
    if len(value.encode("utf-8", "surrogateescape")) > LARGEST:
        raise Unfound(
            f"it has more than {LARGEST} bytes", "keep a key in it, and the data elsewhere"
        )
    return value


def _from_vault(references: Iterable[str], env: Mapping[str, str]) -> Mapping[str, str | Unfound]:
    from ops0.integrations.vault import VaultFault, read_vault  # noqa: PLC0415 - loads hvac

    wanted = {one: split_vault(one.partition(":")[2]) for one in references}
    answers = read_vault(wanted.values(), env)
    found: dict[str, str | Unfound] = {}
    for reference, place in wanted.items():
        answer = answers[place]
        if isinstance(answer, VaultFault):
            found[reference] = Unfound(answer.fact, answer.hint)
            continue
        try:
            found[reference] = _checked(answer)
        except Unfound as fault:
            found[reference] = fault
    return found
