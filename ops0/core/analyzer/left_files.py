"""Files that a step reads and an earlier one writes: what lies in the project is of a run before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ops0.core.analyzer.warned import warned
from ops0.core.arguments import part_sources
from ops0.core.pipeline import NOT_IN_IMAGE, Call, FromCall, Step, StepName, Warn

__all__ = ["without_left"]


def without_left(
    steps: Sequence[Step], calls: Sequence[Call], writes: Mapping[StepName, frozenset[str]]
) -> tuple[Step, ...]:
    """The steps without data files that a step before them writes, of which each is told.

    writes: of each step the files of the project that it writes
    """
    before = _before(calls)
    return tuple(_without(step, before.get(step.name, frozenset()), writes) for step in steps)


def _without(
    step: Step, before: frozenset[StepName], writes: Mapping[StepName, frozenset[str]]
) -> Step:
    writers = {path: name for name in sorted(before) for path in writes.get(name, ())}
    left = [one for one in step.data if one.path in writers]
    if not left:
        return step
    told = (
        Warn(
            where=one.reason.where,
            text=f"'{one.path}' is written by the step '{writers[one.path]}' when the pipeline runs, {NOT_IN_IMAGE}",
            hint=f"return its Path in '{writers[one.path]}', and take it here as a parameter",
        )
        for one in left
    )
    data = tuple(one for one in step.data if one.path not in writers)
    return warned(replace(step, data=data), told)


def _before(calls: Sequence[Call]) -> Mapping[StepName, frozenset[StepName]]:
    """Of each step all that are called before it and give it something, directly or through others."""
    steps = {call.id: call.step for call in calls}
    found: dict[StepName, set[StepName]] = {}
    behind: dict[str, set[StepName]] = {}
    for call in calls:  # in the order of the pipeline: producers first
        behind[call.id] = {
            name
            for _, source in part_sources(call)
            if isinstance(source, FromCall)
            for name in (steps[source.call], *behind.get(source.call, ()))
        }
        found.setdefault(call.step, set()).update(behind[call.id])
    return {name: frozenset(names - {name}) for name, names in found.items()}
