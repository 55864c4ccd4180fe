"""What reaches a parameter, and what a function gives back: found on demand, each at most once."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ops0.core.analyzer.flow.attributes import attribute_in
from ops0.core.analyzer.flow.bodies import Bound, parameters
from ops0.core.analyzer.flow.calls import Evaluate, default_of
from ops0.core.analyzer.flow.carried import carried
from ops0.core.analyzer.flow.classes import descending, holds_more
from ops0.core.analyzer.flow.joining import joined_by, namesakes
from ops0.core.analyzer.flow.memo import Memo
from ops0.core.analyzer.flow.places import Place, Places, as_function
from ops0.core.analyzer.flow.rebinding import BEGINNING, Seen
from ops0.core.analyzer.flow.says import left_open, names_container, said_by
from ops0.core.analyzer.flow.sessions import Key, stored_in
from ops0.core.analyzer.flow.sites import Sites, sites_of
from ops0.core.analyzer.flow.trails import Trails, put_in
from ops0.core.analyzer.flow.values import (
    NOTHING,
    UNKNOWN,
    OfParameter,
    Own,
    Value,
    also,
    union,
    with_items,
)
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.reach.own_class import is_called

__all__ = ["Flow", "Inputs"]

Inputs = Mapping[tuple[int, str], Sequence[tuple[Place, "int | None"]]]
"""(identity of a step's syntax tree, parameter) -> the steps whose results fill it, and which part of them."""

_DEEPEST = 40
"""Functions that ask for each other; what lies deeper is unknown."""
_MOST = 20_000
"""Names, parameters and results that one question may ask for; what is asked for after that is unknown."""


@dataclass
class Flow:
    """The flow in one project. ``inputs``: what the graph of a pipeline says of its steps' parameters."""

    inputs: Inputs = field(default_factory=dict)
    places: Places = field(default_factory=Places)
    _memo: Memo[Value] = field(default_factory=lambda: Memo(NOTHING, UNKNOWN, _DEEPEST))
    _sites: dict[str, Sites] = field(default_factory=dict)
    _functions: dict[int, Place] = field(default_factory=dict)
    _open: dict[Own, bool] = field(default_factory=dict)

    # the outside

    def parameter(self, place: Place, name: str) -> Value:
        """What a function's parameter may be, as far as the graph, or calls in the same file, tell."""
        return self._asked(lambda: self.filled(place, name))

    def member(self, place: Place, name: str) -> Value:
        """What ``self.name`` may be in the method at a place."""
        return self.attribute_of(Place(place.module, place.path[:-1]), name)

    def attribute_of(self, owner: Place, name: str) -> Value:
        """What ``name`` may be of an instance of the class at a place."""
        return self._asked(lambda: self.attribute(owner, name))

    def captured(self, owner: Place, name: str) -> Value:
        """What a variable of the function at a place may be, as a function inside sees it."""
        return self._asked(lambda: self.closed(self.bound(name, owner)))

    def gives(self, place: Place) -> Value:
        """What the function at a place may give back, whoever calls it."""
        return self._asked(lambda: self.result(place))

    def sources(self, place: Place, name: str) -> tuple[list[Place], list[tuple[Place, Bound]]]:
        """The functions whose results fill a parameter, and the expressions that calls in the same file give it."""
        node = place.path[-1]
        given = self.inputs.get((id(node), name))
        if given is not None:
            return [source for source, _ in given], []
        sites = self.sites_in(place.module).known.get(id(node), [])
        bounds = [(site.place, one) for site in sites for one in site.filled.get(name, ())]
        return [] if sites else [*namesakes(place, name)], bounds

    def held(self, node: ast.expr, place: Place) -> Value:
        """What an expression may give that stands at a place."""
        return self._asked(lambda: self._held(node, place))

    def _held(self, node: ast.expr, place: Place) -> Value:
        return self.closed(Evaluate(self, place).value(node))

    def holds_more(self, place: Place, said: Value) -> bool:
        """Whether an annotation at a place names a class that does: see classes.holds_more."""
        for one in said.makers:
            if isinstance(one, Own) and one not in self._open:
                self._open[one] = holds_more(self.places, place.module, one)
        return any(isinstance(one, Own) and self._open[one] for one in said.makers)

    def _asked(self, question: Callable[[], Value]) -> Value:
        self._memo.left = _MOST
        try:
            return question()
        except RecursionError:
            return UNKNOWN

    # what Evaluate asks for

    def summary(self, place: Place) -> Value:
        """See Summaries."""
        return self._memo.get(("result", id(place.path[-1])), lambda: self._summary(place))

    def result(self, place: Place) -> Value:
        """See Summaries."""
        return self.closed(self.summary(place))

    def bound(self, name: str, place: Place, seen: Seen | None = None) -> Value:
        """See Summaries."""
        key = ("name", id(place.path[-1]) if place.path else place.module.path, name, seen)
        found = self._memo.get(key, lambda: self._bound(name, place, seen))
        # What it was before it was bound anew tells more than nothing.
        return self.bound(name, place) if found.unknown and seen is not None else found

    def attribute(self, owner: Place, name: str) -> Value:
        """See Summaries."""
        key = ("attribute", id(owner.path[-1]), name)
        return self._memo.get(key, lambda: attribute_in(self, owner, name))

    def stored(self, module: Module, key: Key) -> Value:
        """See Summaries."""
        put = stored_in(module, self.places).get(key, ())
        asked = ("stored", module.path, key)
        return self._memo.get(
            asked, lambda: union(Evaluate(self, at).value(one) for one, at in put)
        )

    # parameters

    def filled(self, place: Place, name: str) -> Value:
        """See Answers."""
        key: Hashable = ("parameter", id(place.path[-1]), name)
        return self._memo.get(key, lambda: self._filled(place, name))

    def _filled(self, place: Place, name: str) -> Value:
        node = place.path[-1]
        given = self.inputs.get((id(node), name))
        if given is not None:
            found = ((self.closed(self.summary(source)), part) for source, part in given)
            return union(one if at is None else one.part(at) for one, at in found)
        sites = self.sites_in(place.module).known.get(id(node), [])
        values = [
            self.closed(Evaluate(self, site.place).taken(one))
            for site in sites
            for one in site.filled.get(name, ())
        ]
        if any(name not in site.filled for site in sites):
            values.append(default_of(self, place, name))
        return union(values) if values else self._namesake(place, name)

    def _namesake(self, place: Place, name: str) -> Value:
        """What nobody gives: frameworks join parameters with functions of the same name, or steps with others."""
        joined = joined_by(place, name)
        if joined is not None:
            return Value(frozenset({joined}))
        if is_called(place.path[-1], name):
            return UNKNOWN  # a function, not what one gives
        of_name = next(namesakes(place, name), None)
        return UNKNOWN if of_name is None else self.closed(self.summary(of_name))

    def sites_in(self, module: Module) -> Sites:
        """The calls in a module; those of what variables hold once the others are known."""
        if module.path not in self._sites:
            found = self._sites[module.path] = sites_of(module, self.places)
            known = self._memo.known.copy()
            calls = [
                (node, place, callee)
                for node, place in found.open
                for callee in Evaluate(self, place).callees(self._held(node.func, place))
            ]
            for node, place, callee in calls:
                found.add(node, place, callee)
            # What was found meanwhile was found without these calls.
            self._memo.known = known
        return self._sites[module.path]

    def closed(self, value: Value) -> Value:
        """A value whose open parameters are replaced by what they may be."""
        known: dict[int, Trails] = {}

        def of(function: int) -> Trails:
            if function not in known:
                place = self._functions[function]
                known[function] = Trails(Evaluate(self, place), partial(self.filled, place))
            return known[function]

        return put_in(value, of)

    # results, names, attributes

    def _summary(self, place: Place) -> Value:
        node = as_function(place.path[-1])
        if node is None:
            return UNKNOWN
        said = said_by(place.module, node.returns)
        here = Evaluate(self, place)

        def given_back() -> Value:
            return union(here.value(one) for one in self.places.body(place).results)

        def closed() -> Value:
            return self.closed(given_back())

        if said is not None and not self.holds_more(place, said):
            opened = left_open(place.module, node.returns)
            whole = with_items(said, opened, given_back()) if opened else said
            return union([whole, carried(said, closed), descending(place.module, said, closed)])
        found = union([*also(said), given_back()])
        # A result that is said to be a dictionary is believed to hold no more than what is seen to go in.
        return replace(found, unknown=False) if names_container(node.returns) else found

    def _bound(self, name: str, place: Place, seen: Seen | None) -> Value:
        body = self.places.body(place)
        said = said_by(place.module, body.types.get(name))
        if said is not None and not self.holds_more(place, said):
            return said
        here = Evaluate(self, place)
        values = [*also(said), *(here.taken(one) for one in body.bound_in(name, seen))]
        node = as_function(place.path[-1]) if place.path else None
        first = BEGINNING if seen is None else seen[0]
        if (
            node is not None
            and first == BEGINNING
            and any(one.arg == name for one in parameters(node))
        ):
            values.append(self._seen_inside(place, node, name))
        if not values and (name in body.inner or name in body.imports):
            return NOTHING
        return union(values) if values else UNKNOWN

    def _seen_inside(self, place: Place, node: ast.AST, name: str) -> Value:
        """A parameter as its own function sees it: what its annotation says, else open."""
        function = as_function(place.path[-1])
        every = parameters(function) if function is not None else ()
        annotation = next((one.annotation for one in every if one.arg == name), None)
        said = said_by(place.module, annotation)
        if said is not None and not self.holds_more(place, said):
            return union([said, carried(said, lambda: self.filled(place, name))])
        self._functions[id(node)] = place
        return union([*also(said), Value(frozenset({OfParameter(id(node), name)}))])
