"""A project as large as real ones get, made by one rule: the same files for the same numbers, on every machine.

``common`` holds what all share, a package for each domain its own modules, ``flows`` the steps of each domain, and
``pipeline.py`` names them all and has some of its own. A step reaches helpers of its domain and of ``common``.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import project_text as text
from benchmarks.project_words import DOMAINS, MODULES

ENTRY = "pipeline.py"


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How large. ``modules`` in each of ``domains`` and in ``common``; ``steps`` in all, a tenth in the entry."""

    domains: int = 33
    modules: int = 10
    steps: int = 1_000
    functions: int = 9


FULL = Size()
"""About 100,000 lines with 1,000 steps."""


def files(size: Size = FULL) -> Mapping[str, str]:
    """Path to text, sorted by path. Nothing in it depends on the clock, the machine or Python's hashing."""
    dice = random.Random(20_26)
    made: dict[str, str] = {}
    shared = _package(made, "common", (), size, dice)
    inside = max(1, size.steps // 10)
    places = _spread(size.steps - inside, size.domains)
    exported: list[tuple[str, tuple[str, ...]]] = []
    for domain in range(size.domains):
        name = f"{DOMAINS[domain % len(DOMAINS)]}_{domain:02}"
        own = _package(made, name, tuple(shared), size, dice)
        steps = tuple(f"{name}_{at:02}" for at in range(places[domain]))
        if steps:
            made[f"flows/{name}.py"] = text.steps_module(name, steps, own, dice)
            exported.append((f"flows.{name}", steps))
    made["flows/__init__.py"] = '"""The steps, a module for each domain."""\n'
    own_steps = tuple(f"overview_{at:03}" for at in range(inside))
    made[ENTRY] = text.entry_module(exported, own_steps, shared, dice)
    return dict(sorted(made.items()))


def write(folder: Path, size: Size = FULL) -> int:
    """Write the project into an empty folder and give the number of its lines."""
    lines = 0
    for path, content in files(size).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, "utf-8")
        lines += content.count("\n")
    return lines


def _package(
    made: dict[str, str],
    name: str,
    shared: tuple[text.Helper, ...],
    size: Size,
    dice: random.Random,
) -> list[text.Helper]:
    """Add one package; give the helpers that others may use, the last modules' first to use the earlier ones'."""
    helpers: list[text.Helper] = []
    for at in range(size.modules):
        module = f"{name}.{MODULES[at % len(MODULES)]}_{at:02}"
        content, own = text.library_module(module, helpers, shared, size.functions, dice)
        made[f"{module.replace('.', '/')}.py"] = content
        helpers += own
    made[f"{name}/__init__.py"] = text.package_module(name, helpers)
    return helpers


def _spread(count: int, places: int) -> list[int]:
    """A count over places, as evenly as it goes."""
    return [count // places + (at < count % places) for at in range(places)]
