"""What a lock answers: the requirements of every step. A lock is stale when they are others. Loads no third party."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ops0.core.digest import digest_of
from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline, Step, StepName

FORMAT = 1
"""The version of ops0's part of the lock format. A newer one is refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepInputs:
    """What one step asks of the lock.

    requirements: PEP 508 as the analysis gave them, sorted, without duplicates
    group:        steps of one group are resolved together; None is the common one
    """

    step: StepName
    requirements: tuple[str, ...]
    target: Target
    group: str | None = None

    @property
    def digest(self) -> str:
        """Over the requirements, the target and the group; not over the step's name."""
        target = [self.target.python, self.target.platform, list(self.target.glibc)]
        return digest_of([FORMAT, list(self.requirements), target, self.group])


@dataclass(frozen=True, kw_only=True, slots=True)
class StepChange:
    """How one step's requirements differ from those that the lock answers."""

    step: StepName
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    note: str = ""

    def __str__(self) -> str:
        parts = [f"+{text}" for text in self.added] + [f"-{text}" for text in self.removed]
        return f"{self.step}: {' '.join([*parts, self.note] if self.note else parts)}"


def _step_inputs(step: Step, target: Target) -> StepInputs:
    """What a step of the pipeline asks of the lock on that target."""
    return StepInputs(
        step=step.name,
        requirements=tuple(sorted({need.requirement for need in step.needs})),
        target=target,
        group=step.options.group,
    )


def pipeline_inputs(
    pipeline: Pipeline, targets: Mapping[StepName, Target]
) -> tuple[StepInputs, ...]:
    """One entry a step, in the pipeline's order. Raises KeyError for a step without a target."""
    return tuple(_step_inputs(step, targets[step.name]) for step in pipeline.steps)


def inputs_digest(inputs: Sequence[StepInputs]) -> str:
    """The digest of all that one lock answers; the order of the steps does not matter."""
    return digest_of([FORMAT, sorted([entry.step, entry.digest] for entry in inputs)])


def changes(old: Sequence[StepInputs], new: Sequence[StepInputs]) -> tuple[StepChange, ...]:
    """What makes a lock of ``old`` stale for ``new``, sorted by step; () when it is not."""
    before = {entry.step: entry for entry in old}
    after = {entry.step: entry for entry in new}
    found = (_change(step, before.get(step), after.get(step)) for step in sorted({*before, *after}))
    return tuple(change for change in found if change is not None)


def only_python(old: Sequence[StepInputs], new: Sequence[StepInputs]) -> str | None:
    """The one Python of ``old`` where nothing but the Python differs, as on a machine with another one; else None."""
    pythons = {entry.target.python for entry in old}
    if len(pythons) != 1 or pythons == {entry.target.python for entry in new}:
        return None
    (python,) = pythons
    moved = [replace(entry, target=replace(entry.target, python=python)) for entry in new]
    return None if changes(old, moved) else python


def _change(step: StepName, old: StepInputs | None, new: StepInputs | None) -> StepChange | None:
    if old is None or new is None:
        kept = new or old
        assert kept is not None  # noqa: S101 - the step is in one of the two
        added, removed = (kept.requirements, ()) if old is None else ((), kept.requirements)
        note = "(new step)" if old is None else "(step is gone)"
        return StepChange(step=step, added=added, removed=removed, note=note)
    if old.digest == new.digest:
        return None
    return StepChange(
        step=step,
        added=tuple(sorted(set(new.requirements) - set(old.requirements))),
        removed=tuple(sorted(set(old.requirements) - set(new.requirements))),
        note=_note(old, new),
    )


def _note(old: StepInputs, new: StepInputs) -> str:
    parts = []
    if old.target != new.target:
        parts.append(f"target {target_text(old.target)} -> {target_text(new.target)}")
    if old.group != new.group:
        parts.append(f"group {old.group or 'common'} -> {new.group or 'common'}")
    return f"({', '.join(parts)})" if parts else ""


def target_text(target: Target) -> str:
    """A target as a person reads it: ``Python 3.11 on linux/amd64 (glibc 2.36)``."""
    major, minor = target.glibc
    return f"Python {target.python} on {target.platform} (glibc {major}.{minor})"
