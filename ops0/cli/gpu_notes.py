"""What a lock brings for a GPU, although steps have none: told with sizes and the way to the smaller build. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ops0.cli.show.plan import size_text
from ops0.core.locked import Lock, StepLock

_LIBRARY = "torch"
_FOR_A_GPU = ("nvidia-", "cuda-", "triton")
"""How the names of distributions begin that torch's build for GPUs needs."""


class GpuNote(NamedTuple):
    """What it is, and what can be done."""

    text: str
    hint: str


def gpu_note(lock: Lock) -> GpuNote | None:
    """About the steps whose torch is a build for GPUs; None where there is no such step.

    Its libraries cannot just be left out: that build does not import without them.
    """
    found = {step.step: _for_a_gpu(step) for step in lock.steps}
    steps = [step for step, files in found.items() if files]
    if not steps:
        return None
    files = {name: size for one in found.values() for name, size in one.items()}
    return GpuNote(
        f"{', '.join(steps)}: torch is a build for GPUs, with "
        f"{size_text(sum(files.values()))} of wheels for one ({len(files)} distributions), and steps have no GPU",
        "add an index of torch's CPU builds to pip's settings (extra-index-url), then: ops0 lock --upgrade torch",
    )


def _for_a_gpu(step: StepLock) -> dict[str, int]:
    """The distributions that only a GPU needs: name -> bytes of its wheel."""
    if all(one.name != _LIBRARY for one in step.distributions):
        return {}
    return {
        one.name: one.wheel.size for one in step.distributions if one.name.startswith(_FOR_A_GPU)
    }
