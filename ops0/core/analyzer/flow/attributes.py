"""What attributes of the project's instances may be: what classes say, their methods put in, and calls give fields."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Protocol

from ops0.core.analyzer.flow.calls import Evaluate
from ops0.core.analyzer.flow.generated import generated
from ops0.core.analyzer.flow.joining import step_of
from ops0.core.analyzer.flow.members import Summaries
from ops0.core.analyzer.flow.places import Place
from ops0.core.analyzer.flow.says import said_by
from ops0.core.analyzer.flow.sites import Sites
from ops0.core.analyzer.flow.targets import outputs_of_required
from ops0.core.analyzer.flow.values import UNKNOWN, Made, Value, union
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.stdlib import is_stdlib

__all__ = ["Answers", "attribute_in"]


class Answers(Summaries, Protocol):
    """What is known of the project's functions and who calls them; Flow keeps it."""

    def filled(self, place: Place, name: str) -> Value:
        """What the calls in its file, or the graph, give a parameter of the function at a place."""

    def sites_in(self, module: Module) -> Sites:
        """The calls in a module."""

    def closed(self, value: Value) -> Value:
        """A value whose open parameters are replaced by what they may be."""


def attribute_in(known: Answers, owner: Place, name: str) -> Value:
    """What ``name`` of an instance of the class at a place may be: by its annotation, else all that is put there."""
    node = owner.path[-1]
    if not isinstance(node, ast.ClassDef):
        return UNKNOWN
    body = known.places.body(owner)
    said = said_by(owner.module, body.types.get(name))
    if said is not None:
        return said
    values = [*_at_first(known, owner, name)]
    for method in body.inner.values():
        inside = owner.inside(method)
        joined = step_of(owner, method) if method.name == name else None
        if joined is not None:
            values.append(Value(frozenset({joined})))
        elif method.name == name:
            values.append(known.closed(known.summary(inside)))
        if not isinstance(method, ast.ClassDef):
            put = known.places.body(inside).fields.get(name, ())
            values += [known.closed(Evaluate(known, inside).taken(one)) for one in put]
    if not values:
        required = outputs_of_required(known, owner, name)
        return _inherited(known, owner, node, name) if required is None else required
    return union(values)


def _at_first(known: Answers, owner: Place, name: str) -> Iterator[Value]:
    """What a class says that an attribute is, and what a generated ``__init__`` puts into it."""
    made, here, body = generated(owner), Evaluate(known, owner), known.places.body(owner)
    said_here = name in body.types or name in body.names
    if made is None or name not in made.fields or not said_here:
        yield from (here.taken(one) for one in body.names.get(name, ()))
        return
    sites = known.sites_in(owner.module)
    if made.fields[name] and id(made.init) in sites.known:
        inside = owner.inside(made.init)
        yield from (known.filled(inside, one) for one in made.fields[name])
    if (
        name in made.defaults
    ):  # calls elsewhere may leave it out, and `**` or a library that makes instances
        yield here.value(made.defaults[name])
    for site in sites.changed.get(name, ()):
        if not site.filled.keys() <= made.fields.keys():
            continue  # a copy of something else
        taken = map(Evaluate(known, site.place).taken, site.filled[name])
        yield from map(known.closed, taken)


def _inherited(known: Answers, owner: Place, node: ast.ClassDef, name: str) -> Value:
    for base in node.bases:
        chain = chain_of(base)
        found = resolve(owner.module, chain) if chain else None
        if isinstance(found, External):
            if not is_stdlib(found.dotted, owner.module.project.target.python):
                made = Value(frozenset({Made(found.dotted, owner.module.where(node.lineno))}))
                return Evaluate(known, owner).member(made, name)
        elif found is not None and isinstance(found.unit.node, ast.ClassDef):
            return known.attribute(Place(found.module, (found.unit.node,)), name)
    return UNKNOWN
