"""What a lock brings for a GPU, although steps have none: told with sizes and the way to the smaller build. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ops0.cli.show.plan import size_text
from ops0.core.locked import Lock, StepLock

_ADVICE = {
    "torch": "add an index of torch's CPU builds to pip's settings (extra-index-url), then: ops0 lock --upgrade torch",
    "xgboost": "declare the same without it: `xgboost-cpu` in the project's requirements, or "
    'imports = { xgboost = "xgboost-cpu" } in the settings; then: ops0 lock',
}
"""Libraries whose usual build brings what only a GPU needs, and the way to the one without. The first has more."""
_FOR_A_GPU = ("nvidia-", "cuda-", "triton")
"""How the names of distributions begin that a build for GPUs needs."""


class GpuNote(NamedTuple):
    """What it is, and what can be done."""

    text: str
    hint: str


def gpu_note(lock: Lock) -> GpuNote | None:
    """About the steps whose torch, or else xgboost, is a build for GPUs; None where there is no such step.

    Its libraries cannot just be left out: torch's build does not import without them.
    """
    notes = (_note_on(library, lock) for library in _ADVICE)
    return next((note for note in notes if note is not None), None)


def _note_on(library: str, lock: Lock) -> GpuNote | None:
    found = {step.step: _for_a_gpu(library, step) for step in lock.steps}
    steps = [step for step, files in found.items() if files]
    if not steps:
        return None
    files = {name: size for one in found.values() for name, size in one.items()}
    return GpuNote(
        f"{', '.join(steps)}: {library} is a build for GPUs, with "
        f"{size_text(sum(files.values()))} of wheels for one "
        f"({len(files)} distribution{'' if len(files) == 1 else 's'}), and steps have no GPU",
        _ADVICE[library],
    )


def _for_a_gpu(library: str, step: StepLock) -> dict[str, int]:
    """The distributions that only a GPU needs: name -> bytes of its wheel."""
    if all(one.name != library for one in step.distributions):
        return {}
    return {
        one.name: one.wheel.size for one in step.distributions if one.name.startswith(_FOR_A_GPU)
    }
