"""Why a resolution has no solution, found by asking uv smaller questions instead of reading its prose.

Each requirement alone: does it fit, does any file of it fit any target, is the name known at all? If each alone
fits, they conflict, and what can be left out without ending the conflict is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ops0.core.errors import LockError, raise_together
from ops0.core.locked import Target
from ops0_builder.lock.constraints import Held
from ops0_builder.lock.errors import Conflict, NoFittingFile, NoSuchDistribution
from ops0_builder.lock.inputs import target_text
from ops0_builder.lock.programs_at_once import programs_at_once
from ops0_builder.lock.resolver import GroupResolution, StepGroup, StepRequirement, resolve
from ops0_builder.lock.uv_program import Unsatisfiable, Uv

_AT_ONCE = 4
_MOST_TRIALS = 40
_PYTHONS = ("3.8", "3.14", "3.10", "3.12", "3.9", "3.11", "3.13")


def resolve_or_explain(group: StepGroup, uv: Uv, held: Sequence[Held] = ()) -> GroupResolution:
    """``resolve``, and what stands in the way where there is no solution.

    raises: Conflict, NoSuchDistribution, NoFittingFile, several together; IndexUnreachable, ResolverFailed
    """
    try:
        return resolve(group, uv, [one.text for one in held])
    except Unsatisfiable as fault:
        raise_together(diagnose(group.asked, group.target, fault.said, uv, held))
        raise


def diagnose(
    asked: Sequence[StepRequirement],
    target: Target,
    explanation: str,
    uv: Uv,
    held: Sequence[Held] = (),
) -> tuple[LockError, ...]:
    """The faults behind an unsatisfiable set, at least one, in the order of what was asked.

    raises: IndexUnreachable, ResolverFailed where uv itself fails on the way
    """
    texts = tuple(dict.fromkeys(entry.text for entry in asked))
    first = {text: next(entry for entry in asked if entry.text == text) for text in texts}
    faults = programs_at_once(
        lambda text, stop: _alone(first[text], target, replace(uv, stop=stop)), texts, _AT_ONCE
    )
    found = tuple(fault for fault in faults if fault is not None)
    if found:
        return found
    binding = _binding(texts, target, explanation, uv, held)
    core, said = _conflict(texts, target, explanation, uv, binding)
    parts = tuple((entry.step, entry.place, entry.text) for entry in asked if entry.text in core)
    return (Conflict(parts, said, tuple((one.place, one.text) for one in binding)),)


def _binding(
    texts: tuple[str, ...], target: Target, explanation: str, uv: Uv, held: Sequence[Held]
) -> tuple[Held, ...]:
    """The constraints without which there is a solution; () where there is none without any."""
    if not held or _said(texts, target, uv) is not None:
        return ()
    named = tuple(one for one in held if one.name in explanation)
    core = named if named and _said(texts, target, uv, held=named) is not None else tuple(held)
    for one in core[:_MOST_TRIALS]:
        fewer = tuple(kept for kept in core if kept is not one)
        if fewer and _said(texts, target, uv, held=fewer) is not None:
            core = fewer
    return core


def _alone(entry: StepRequirement, target: Target, uv: Uv) -> LockError | None:
    said = _said([entry.text], target, uv, "--no-deps")
    if said is None:
        return None
    if "--no-build" in uv.options and "no usable wheels" in said:
        return NoFittingFile(entry.text, target_text(target), entry.place, builds=False, said=said)
    if entry.requirement.url is not None:
        return NoFittingFile(entry.text, target_text(target), entry.place, said=said)
    if not _is_known([entry.requirement.name], uv, "--prerelease", "allow"):
        return NoSuchDistribution(
            entry.text, entry.place, entry.reason, name_known=False, said=said
        )
    if _is_known([entry.text], uv):
        return NoFittingFile(entry.text, target_text(target), entry.place, said=said)
    return NoSuchDistribution(entry.text, entry.place, entry.reason, name_known=True, said=said)


def _is_known(texts: Sequence[str], uv: Uv, *options: str) -> bool:
    """Whether any Python on any platform could have it."""
    return any(
        _said(texts, None, uv, "--no-deps", "--python-version", python, *options) is None
        for python in _PYTHONS
    )


def _conflict(
    texts: tuple[str, ...], target: Target, explanation: str, uv: Uv, held: Sequence[Held]
) -> tuple[frozenset[str], str]:
    """A part of the requirements that is still unsatisfiable, small if there are not too many, and uv's words on it."""
    core, said = list(texts), explanation
    for text in texts[:_MOST_TRIALS]:
        fewer = [kept for kept in core if kept != text]
        words = _said(fewer, target, uv, held=held) if fewer else None
        if words is not None:
            core, said = fewer, words
    return frozenset(core), said


def _said(
    texts: Sequence[str], target: Target | None, uv: Uv, *options: str, held: Sequence[Held] = ()
) -> str | None:
    """The explanation of uv if it finds no solution, else None."""
    try:
        uv.compile(texts, target, options, constraints=[one.text for one in held])
    except Unsatisfiable as fault:
        return fault.said
    return None
