"""Steps that ask for another Python than the one that their processes have. Pure."""

from __future__ import annotations

from ops0.core.few import few
from ops0.core.pipeline import Pipeline

__all__ = ["other_pythons"]

_NAMED = 3


def other_pythons(pipeline: Pipeline, running: str) -> tuple[str, str] | None:
    """One warning for all such steps, with its hint; None where there are none. ``running``: as ``3.11``."""
    asked: dict[str, list[str]] = {}
    for step in pipeline.steps:
        python = step.options.python
        if python is not None and python != running:
            asked.setdefault(python, []).append(step.name)
    if not asked:
        return None
    count = sum(map(len, asked.values()))
    if len(asked) == 1 and count == len(pipeline.steps):
        wanted = f"the project asks for {next(iter(asked))}"
    else:
        each = (
            f"{python} for {few(names, _NAMED)}"
            for python, names in sorted(asked.items(), key=_version)
        )
        wanted = f"asked for is {', '.join(each)}"
    return (
        f"steps run on Python {running}, on which ops0 runs: {wanted}",
        "`ops0 run --isolate` and `ops0 run --containers` give each step the Python that it asks for",
    )


def _version(asked: tuple[str, list[str]]) -> tuple[int, ...]:
    return tuple(int(part) for part in asked[0].split("."))
