"""What attributes of classes and their instances may be: ``self.root``, ``Settings.root``, ``settings.root``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ops0.core.analyzer.hidden.passing import returned_by
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.project.meanings import classes, is_property
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.frames import Around, attributes_in, fields_of
from ops0.core.analyzer.syntax.model import FUNCTIONS

if TYPE_CHECKING:
    from ops0.core.analyzer.hidden.spots import Spots

__all__ = ["attribute_values", "method_named"]

Owner = tuple[Module, ast.ClassDef]
_MOST_BASES = 24


def attribute_values(spots: Spots, spot: Spot) -> list[Spot]:
    """The expressions that an attribute is given; none where its owner is no class of the project, nor made by one."""
    node = spot.node
    assert isinstance(node, ast.Attribute)  # noqa: S101 - asked by the caller
    found: list[Spot] = []
    for (module, owner), made in _owners(spots, spot.at(node.value)):
        for here, one in _with_bases(module, owner):
            values = [*_given(spots, here, one, made, node.attr), *_assigned(here, one, node.attr)]
            found += values
            if values:
                break
    return found


def method_named(spots: Spots, owner: Spot, name: str) -> tuple[Module, Around] | None:
    """The method that ``owner.name`` means where that is the class, or an instance, of the project's: itself last."""
    for (module, of), _ in _owners(spots, owner):
        for here, one in _with_bases(module, of):
            for statement in one.body:
                if isinstance(statement, FUNCTIONS) and statement.name == name:
                    return here, (one, statement)
    return None


def _owners(spots: Spots, spot: Spot) -> Iterator[tuple[Owner, Spot | None]]:
    """The classes that an expression may name, or be an instance of; with the call that makes it."""
    inside = next((one for one in reversed(spot.around) if isinstance(one, ast.ClassDef)), None)
    if chain_of(spot.node) in (("self",), ("cls",)) and inside is not None:
        yield (spot.module, inside), None
        return
    for one in spots.behind(spot):
        made = isinstance(one.node, ast.Call)
        named = one.node.func if isinstance(one.node, ast.Call) else one.node
        for owner in classes(one.module, named):
            yield owner, one if made else None


def _with_bases(module: Module, owner: ast.ClassDef) -> tuple[Owner, ...]:
    """A class and the project's classes below it, the nearest first: found once."""
    return module.memory.once(("with bases", id(owner)), lambda: tuple(_found_below(module, owner)))


def _found_below(module: Module, owner: ast.ClassDef) -> Iterator[Owner]:
    pending, seen = [(module, owner)], 0
    while pending and seen < _MOST_BASES:
        here, one = pending.pop(0)
        seen += 1
        yield here, one
        pending += [found for base in one.bases for found in classes(here, base)]


def _assigned(module: Module, owner: ast.ClassDef, name: str) -> Iterator[Spot]:
    """What the class, its methods and a property of that name say."""
    for attribute, value, around in _attributes(module, owner):
        if attribute == name:
            yield Spot(module, value, around)
    for statement in owner.body:
        if isinstance(statement, FUNCTIONS) and statement.name == name and is_property(statement):
            for value in returned_by(statement):
                yield Spot(module, value, (owner, statement))


def _attributes(module: Module, owner: ast.ClassDef) -> tuple[tuple[str, ast.expr, Around], ...]:
    """What a class and its methods assign to attributes: read once."""
    return module.memory.once(("attributes", id(owner)), lambda: tuple(attributes_in(owner)))


def _given(
    spots: Spots, module: Module, owner: ast.ClassDef, made: Spot | None, name: str
) -> Iterator[Spot]:
    """What calls of a class without ``__init__`` give a field of that name: of a dataclass, a model, a named tuple."""
    fields = fields_of(owner)
    if name not in fields or any(
        isinstance(one, FUNCTIONS) and one.name == "__init__" for one in owner.body
    ):
        return
    for site in [made] if made is not None else spots.calls_of(module, owner):
        call = site.node
        assert isinstance(call, ast.Call)  # noqa: S101 - what sites are
        index = fields.index(name)
        if index < len(call.args) and not any(isinstance(one, ast.Starred) for one in call.args):
            yield site.at(call.args[index])
        for word in call.keywords:
            if word.arg == name:
                yield site.at(word.value)
