"""Addresses that reach a parameter, ``s3://…``, and the calls that open them: whoever hands one over says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ops0.core.analyzer.flow.arguments import filled_by_call
from ops0.core.analyzer.flow.bodies import Bound, parameters
from ops0.core.analyzer.flow.flow import Flow
from ops0.core.analyzer.flow.generated import function_of
from ops0.core.analyzer.flow.places import Callee, Place, as_function, takes_self
from ops0.core.analyzer.flow.sites import calls_in
from ops0.core.analyzer.hidden.known_arguments import UNKNOWN, known_arguments
from ops0.core.analyzer.project.resolve import Local
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import CallUse
from ops0.core.analyzer.syntax.parts import parts_of
from ops0.core.facts import CallFact

__all__ = ["Addresses"]

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_DEEPEST = 8
_PASSING = frozenset(
    {"Path", "PurePosixPath", "UPath", "format", "fspath", "join", "lower", "result", "rstrip", "str", "strip"}
)  # fmt: skip
"""What gives back the address that it is given first, or is called on."""
_RESULTS = frozenset({"output", "outputs", "result", "value"})
"""Attributes of what orchestrators make of a call, which stand for what the function gives back."""

Texts = frozenset[str]
Known = Mapping[str, Texts]


@dataclass
class Addresses:
    """Asked of one flow; each function once."""

    flow: Flow
    _given: dict[tuple[int, str], Texts] = field(default_factory=dict)
    _returned: dict[int, Texts] = field(default_factory=dict)

    def opened(self, place: Place, names: Iterable[str] | None = None) -> Iterator[CallFact]:
        """The calls in the function at a place that take an address out of its parameters.

        names: the parameters that count; None for all
        """
        node = as_function(place.path[-1])
        every = [one.arg for one in parameters(node)] if node is not None else []
        known = {name: self.given(place, name) for name in every if names is None or name in names}
        yield from self._calls(place, {name: one for name, one in known.items() if one}, 0)

    def given(self, place: Place, name: str) -> Texts:
        """The addresses that a parameter is known to be called with; of a step, what others give back."""
        key = id(place.path[-1]), name
        if key not in self._given:
            self._given[key] = frozenset()  # a circle brings nothing new
            sources, bounds = self.flow.sources(place, name)
            found = [self.returned(one) for one in sources]
            found += [self._of(bound.node, there, 0) for there, bound in bounds]
            self._given[key] = frozenset[str]().union(*found)
        return self._given[key]

    def returned(self, place: Place) -> Texts:
        """The addresses that a function gives back, by itself or in something."""
        key = id(place.path[-1])
        if key not in self._returned:
            self._returned[key] = frozenset()
            results = self.flow.places.body(place).results
            self._returned[key] = self._any(results, place, 0)
        return self._returned[key]

    # what opens them

    def _calls(self, place: Place, known: Known, depth: int) -> Iterator[CallFact]:
        if not known or depth > 3:
            return
        known = self._with_aliases(place, known)
        for call, here in calls_in(place.path[-1], Place(place.module, place.path[:-1])):
            given = [
                (key, text)
                for key, node in _arguments(call)
                for text in sorted(_begun(node, known))
            ]
            if given:
                yield from self._taken(call, here, given, known, depth)

    def _taken(
        self, call: ast.Call, here: Place, given: list[tuple[str, str]], known: Known, depth: int
    ) -> Iterator[CallFact]:
        callee = self.flow.places.callee(call.func, here)
        if callee is not None:
            yield from self._inside(call, callee, known, depth)
            return
        chain = chain_of(call.func)
        name = self.flow.places.outside(chain, here) if chain else None
        if name is None and isinstance(call.func, ast.Attribute):
            name = f".{call.func.attr}"
        if name is None:
            return
        said = known_arguments(here.module, CallUse((), (), call)).literals
        for key, text in given:
            for one in said:
                literals = tuple(sorted({**dict(one), key: text}.items()))
                where = here.module.where(call.lineno)
                yield CallFact(name=name, literals=literals, where=where)

    def _inside(
        self, call: ast.Call, callee: Callee, known: Known, depth: int
    ) -> Iterator[CallFact]:
        """What a function of the project does with the addresses that it is handed here."""
        running = function_of(callee)
        function = as_function(running.node) if running is not None else None
        if running is None or function is None:
            return
        filled = filled_by_call(call, function, skip=takes_self(running))
        handed = {
            name: frozenset[str]().union(*(_begun(bound.node, known) for bound in bounds))
            for name, bounds in filled.items()
        }
        yield from self._calls(running.place, {a: b for a, b in handed.items() if b}, depth + 1)

    def _with_aliases(self, place: Place, known: Known) -> Known:
        """The same with ``path = f"{base}/x.csv"``."""
        found = dict(known)
        for name, bounds in self.flow.places.body(place).names.items():
            more = frozenset[str]().union(*(_begun(bound.node, found) for bound in bounds))
            if more:
                found[name] = found.get(name, frozenset()) | more
        return found

    # what they are

    def _any(self, nodes: Iterable[ast.expr], place: Place, depth: int) -> Texts:
        return frozenset[str]().union(*(self._of(one, place, depth) for one in nodes))

    def _of(self, node: ast.expr, place: Place, depth: int) -> Texts:
        """The addresses that an expression may be, or hold."""
        if depth > _DEEPEST:
            return frozenset()
        match node:
            case ast.Constant(value=str() as text):
                return frozenset({text}) if _SCHEME.match(text) else frozenset()
            case ast.Name():
                return self._named(node.id, place, depth + 1)
            case ast.Call():
                return self._called(node, place, depth + 1)
            case ast.JoinedStr(values=[first, *rest]):
                begun = self._of(_formatted(first), place, depth + 1)
                return frozenset(f"{one}{UNKNOWN}" for one in begun) if rest else begun
            case ast.BinOp(left=left):
                return frozenset(f"{one}{UNKNOWN}" for one in self._of(left, place, depth + 1))
            case ast.Attribute(value=value, attr=name):
                return self._of(value, place, depth + 1) if name in _RESULTS else frozenset()
        return self._any((one for one in parts_of(node) if one is not None), place, depth + 1)

    def _called(self, node: ast.Call, place: Place, depth: int) -> Texts:
        callee = self.flow.places.callee(node.func, place)
        if callee is not None:
            function = as_function(callee.node)
            return self.returned(callee.place) if function is not None else frozenset()
        name = (chain_of(node.func) or ("",))[-1]
        name = node.func.attr if isinstance(node.func, ast.Attribute) else name
        if name in ("get", "getenv"):
            return self._any(node.args[1:2], place, depth)
        if name not in _PASSING:
            return frozenset()
        owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        return self._any([*owner, *node.args[:1]], place, depth)

    def _named(self, name: str, place: Place, depth: int) -> Texts:
        places = self.flow.places
        owner = places.owner_of(name, place)
        if owner is None:
            return self._global(name, place, depth)
        bounds = places.body(owner).names.get(name, ())
        found = self._any((one.node for one in bounds), owner, depth)
        function = as_function(owner.path[-1])
        every = parameters(function) if function is not None else ()
        return found | self.given(owner, name) if any(one.arg == name for one in every) else found

    def _global(self, name: str, place: Place, depth: int) -> Texts:
        found = self.flow.places.local((name,), place)
        there = Place(found.module) if isinstance(found, Local) else Place(place.module)
        name = found.name if isinstance(found, Local) else name
        bounds: Iterable[Bound] = self.flow.places.body(there).names.get(name, ())
        return self._any((one.node for one in bounds), there, depth)


def _arguments(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    for at, one in enumerate(call.args):
        yield str(at), one
    yield from ((one.arg, one.value) for one in call.keywords if one.arg is not None)


def _begun(node: ast.expr, known: Known) -> Texts:
    """The addresses with which a text begins, that is one of the known names or is made of one."""
    match node:
        case ast.Name():
            return known.get(node.id, frozenset())
        case ast.JoinedStr(values=[first, *_]):
            return frozenset(f"{one}{UNKNOWN}" for one in _begun(_formatted(first), known))
        case ast.BinOp(left=left):
            return frozenset(f"{one}{UNKNOWN}" for one in _begun(left, known))
        case ast.Subscript(value=value) | ast.Starred(value=value):
            return _begun(value, known)
        case ast.Call(args=[first, *_], func=func) if (chain_of(func) or ("",))[-1] in _PASSING:
            return _begun(first, known)
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in _PASSING:
            return _begun(owner, known)
    return frozenset()


def _formatted(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.FormattedValue) else node
