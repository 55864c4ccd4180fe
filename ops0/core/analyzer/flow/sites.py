"""Every place in a module where a function of the project is called, or handed to somebody who will call it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ops0.core.analyzer.flow.arguments import Filled, filled_by_call, filled_by_handing
from ops0.core.analyzer.flow.bodies import Bound, Definition
from ops0.core.analyzer.flow.generated import function_of, inits_of
from ops0.core.analyzer.flow.heirs import heirs_of, overriding
from ops0.core.analyzer.flow.places import (
    INVOKERS,
    Callee,
    Place,
    Places,
    as_function,
    method_of,
    takes_self,
)
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = ["Site", "Sites", "calls_in", "passes_on", "sites_of"]


_COPIES = frozenset(
    {"attr.assoc", "attr.evolve", "attrs.evolve", "copy.replace", "dataclasses.replace"}
)


@dataclass(frozen=True, slots=True)
class Site:
    """One call of a function. ``filled``: what its parameters are given, in terms of the place of the call."""

    place: Place
    filled: Filled


@dataclass(frozen=True, slots=True)
class Sites:
    """Where functions are called.

    known: identity of a function's syntax tree -> its calls
    open:  calls of what a variable holds: ``for step in steps: step(rows)``, and of what is looked up in one
    changed: field -> what copies of instances have in its place: ``dataclasses.replace(k, x=rows)``
    """

    known: dict[int, list[Site]]
    open: tuple[tuple[ast.Call, Place], ...]
    changed: dict[str, list[Site]] = field(default_factory=dict)

    def add(self, node: ast.Call, place: Place, callee: Callee) -> None:
        """Note that a call calls that function, or class."""
        running = function_of(callee)
        function = as_function(running.node) if running is not None else None
        if running is not None and function is not None:
            filled = filled_by_call(node, function, skip=takes_self(running))
            for one in inits_of(running.place):
                self.known.setdefault(id(one), []).append(Site(place, filled))

    def add_copy(self, node: ast.Call, place: Place) -> None:
        """Note what a call has put into fields that makes a copy of an instance."""
        filled = {word.arg: [Bound(word.value)] for word in node.keywords if word.arg is not None}
        for name in filled:
            self.changed.setdefault(name, []).append(Site(place, filled))


def sites_of(module: Module, places: Places) -> Sites:
    """Every call in a module. What only ``__main__`` runs counts too."""
    unsure: list[tuple[ast.Call, Place]] = []
    sites = Sites({}, ())
    heirs = heirs_of(module)
    for node, place in calls_in(module.parsed.tree, Place(module)):
        callee = places.callee(node.func, place) or _of_instance(node.func, place, places)
        if callee is not None:
            sites.add(node, place, callee)
        elif _of_variable(node, place, places):
            unsure.append((node, place))
        elif _copies(node.func, place, places):
            sites.add_copy(node, place)
        for other in overriding(node.func, place, heirs):
            sites.add(node, place, other)
        for given, filled in _handed(node, place, places, callee):
            sites.known.setdefault(id(given.node), []).append(Site(place, filled))
    return replace(sites, open=tuple(unsure))


def _handed(
    node: ast.Call, place: Place, places: Places, callee: Callee | None
) -> Iterator[tuple[Callee, Filled]]:
    """Functions of the project among the arguments, with what they will be called with."""
    handed: list[tuple[int | str, ast.expr]] = [*enumerate(node.args)]
    handed += [(one.arg or "", one.value) for one in node.keywords]
    for at, argument in handed:
        argument = _without_words(argument)  # noqa: PLW2901
        if not isinstance(argument, (ast.Name, ast.Attribute)):
            continue
        given = places.callee(argument, place)
        inner = as_function(given.node) if given is not None else None
        if given is not None and inner is not None:
            filled = filled_by_handing(
                node, at, inner, skip=takes_self(given), passes=passes_on(callee)
            )
            if filled:  # else whoever is given it calls it with what cannot be told
                yield given, filled


def _without_words(node: ast.expr) -> ast.expr:
    """``f`` of ``partial(f, y=1)``: whoever calls that gives f the first of its parameters."""
    if not isinstance(node, ast.Call) or (chain_of(node.func) or ("",))[-1] != "partial":
        return node
    return node.args[0] if len(node.args) == 1 else node


def _of_variable(node: ast.Call, place: Place, places: Places) -> bool:
    """``step(rows)``, ``STEPS[name](rows)``; what ``step(*inputs)`` hands on is told where it is handed in."""
    if node.args and all(isinstance(one, ast.Starred) for one in node.args):
        return False
    if isinstance(node.func, ast.Subscript):
        return isinstance(node.func.value, ast.Name)
    return isinstance(node.func, ast.Name) and places.owner_of(node.func.id, place) is not None


def _copies(func: ast.expr, place: Place, places: Places) -> bool:
    """``replace(k, x=1)`` of dataclasses and its like, ``row._replace(x=1)``."""
    chain = chain_of(func)
    if isinstance(func, ast.Attribute) and func.attr == "_replace":
        return True
    return chain is not None and places.outside(chain, place) in _COPIES


def passes_on(callee: Callee | None) -> bool:
    """Whether it is a function of the project that hands on what it is given: ``def run(step, *inputs)``."""
    function = as_function(callee.node) if callee is not None else None
    return function is not None and function.args.vararg is not None


def _of_instance(node: ast.expr, place: Place, places: Places) -> Callee | None:
    """``trainer.fit`` where ``trainer = Trainer(...)`` stands in the same function, or ``Trainer(...).fit``.

    Also where it is called elsewhere: ``trainer.fit.remote``.
    """
    if not isinstance(node, ast.Attribute):
        return None
    if node.attr in INVOKERS and isinstance(node.value, ast.Attribute):
        return _of_instance(node.value, place, places)
    made: list[ast.expr] = [node.value]
    chain = chain_of(node.value)
    if chain is not None and len(chain) == 1:
        owner = places.owner_of(chain[0], place) or Place(place.module)
        made = [one.node for one in places.body(owner).names.get(chain[0], ()) if one.how == "is"]
    for one in made:
        callee = places.callee(one.func, place) if isinstance(one, ast.Call) else None
        if callee is not None and isinstance(callee.node, ast.ClassDef):
            found = method_of(callee.place, node.attr)
            if found is not None:
                return found
    return None


def calls_in(tree: ast.AST, place: Place) -> Iterator[tuple[ast.Call, Place]]:
    """All calls with the function they stand in. Decorators and defaults stand outside of theirs."""
    pending: list[tuple[ast.AST, Place]] = [(tree, place)]
    while pending:
        node, here = pending.pop()
        if isinstance(node, ast.Call):
            yield node, here
        if isinstance(node, Definition):
            inside = here.inside(node)
            body = set(map(id, node.body))
            pending += [
                (one, inside if id(one) in body else here) for one in ast.iter_child_nodes(node)
            ]
        else:
            pending += [(one, here) for one in ast.iter_child_nodes(node)]
