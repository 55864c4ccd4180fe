"""What ``override-dependencies`` of uv puts in the place of all that is said of a distribution's versions. Pure.

Source: https://docs.astral.sh/uv/concepts/resolution/#dependency-overrides
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ops0.core.requirements.declarations import Constraint, Declaration
from ops0.core.requirements.names import name_of
from ops0.core.requirements.pep508 import NotRequirement, read_requirement
from ops0.core.requirements.sources import table_at
from ops0.core.toml_text import Place

__all__ = ["overrides_in", "without_overridden"]


def overrides_in(document: Mapping[str, Any], place: Place) -> tuple[Constraint, ...]:
    """Those of versions that a ``pyproject.toml`` has. What is none, and what names an address, is uv's to judge."""
    listed = table_at(document, "tool", "uv").get("override-dependencies")
    found = []
    for text in listed if isinstance(listed, list) else ():
        try:
            requirement = read_requirement(text) if isinstance(text, str) else None
        except NotRequirement:
            continue
        if requirement is not None and requirement.specifier:
            found.append(Constraint(text, place.of(text)))
    return tuple(found)


def without_overridden(
    declared: Iterable[Declaration], held: Iterable[Constraint], overrides: Iterable[Constraint]
) -> tuple[tuple[Declaration, ...], tuple[Constraint, ...]]:
    """What a project declares and holds, of which versions that are overridden are not asked for."""
    instead = tuple(overrides)
    names = frozenset(name_of(one.text) for one in instead)
    loose = tuple(_loosened(one) if name_of(one.text) in names else one for one in declared)
    kept = (one for one in held if not one.binds or name_of(one.text) not in names)
    return loose, (*kept, *instead)


def _loosened(declaration: Declaration) -> Declaration:
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - costs a start 25 ms

    requirement = read_requirement(declaration.text)
    if requirement.url is not None or not requirement.specifier:
        return declaration
    requirement.specifier = SpecifierSet()
    return replace(declaration, text=str(requirement))
