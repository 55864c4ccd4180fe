"""What calls may give: of the project's functions what they give back, of libraries what the table says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from ops0.core.analyzer.flow.arguments import Filled, filled_by_call, filled_by_handing
from ops0.core.analyzer.flow.expressions import Expressions
from ops0.core.analyzer.flow.members import CALLED, Summaries, only_of
from ops0.core.analyzer.flow.places import Callee, Place, as_function, method_of, takes_self
from ops0.core.analyzer.flow.sessions import key_of
from ops0.core.analyzer.flow.shapes import flat
from ops0.core.analyzer.flow.sites import passes_on
from ops0.core.analyzer.flow.standard import builtin_result, standard_result
from ops0.core.analyzer.flow.table import FOLLOWS, HOLDS, PASSES, PLAIN, SAME, UNSURE, flow_table
from ops0.core.analyzer.flow.trails import Trails, put_in
from ops0.core.analyzer.flow.values import (
    NOTHING,
    UNKNOWN,
    Made,
    Maker,
    OfParameter,
    Own,
    Value,
    held,
    union,
)
from ops0.core.analyzer.hidden.known_arguments import known_arguments
from ops0.core.analyzer.hidden.passing import defaults_of
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import CallUse
from ops0.core.analyzer.syntax.stdlib import is_stdlib

__all__ = ["Evaluate", "default_of"]

_READS = (
    ast.Attribute, ast.BinOp, ast.Call, ast.Compare, ast.Dict, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.List,
    ast.ListComp, ast.Name, ast.Starred, ast.Subscript, ast.Tuple,
)  # fmt: skip
_NAMES = (ast.Attribute, ast.Name)
_PARTIAL = frozenset({"functools.partial", "toolz.curry", "toolz.partial"})
_COLLECTING = frozenset(
    {"frozenset", "iter", "list", "max", "min", "next", "reversed", "set", "sorted", "tuple"}
)
_ADDRESSES = frozenset({"snowflake.sqlalchemy.URL"})
"""What makes addresses with a driver's own name."""
_CALLING = frozenset(
    {"apply_async", "imap", "map", "pipe", "run", "run_in_executor", "starmap", "submit"}
)
"""Methods that give what a function gives which they are given."""


class Evaluate(Expressions):
    """Evaluates any expression at one place."""

    def visit_Call(self, node: ast.Call) -> Value:
        callee = self.known.places.callee(node.func, self.place)
        if callee is not None:
            return self._called(node, callee)
        chain = chain_of(node.func)
        dotted = self.known.places.outside(chain, self.place) if chain else None
        kept = key_of(node, self.known.places, self.place) if dotted is not None else None
        if kept is not None:
            return union([self.known.stored(self.module, kept), *map(self.value, node.args[1:])])
        if chain is not None and dotted is not None:
            choices = self.known.places.choices(chain, self.place)
            if not choices:
                return self._library(node, dotted)
            return union(
                _tried(self._library(node, one), one) if optional else self._library(node, one)
                for one, optional in choices.items()
            )
        if chain is not None and len(chain) == 1:
            of_module = self.known.places.owner_of(chain[0], self.place) is None
            if of_module and chain[0] not in self.module.bindings:
                asked = _asked_by_text(node) if chain[0] == "getattr" else None
                if asked is not None:
                    return self._asked(node, asked)
                found = self._result(builtin_result(chain[0]), node, chain[0])
                return self.items_of(found) if chain[0] in _COLLECTING else found
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func)
        return self._called_by_value(node)

    def _asked(self, node: ast.Call, name: str) -> Value:
        """``getattr(x, "name", other)`` is ``x.name`` or the other."""
        owner, _, *default = node.args
        chain = chain_of(owner)
        found = (
            self.member(self.value(owner), name)
            if chain is None
            else self.chain((*chain, name), owner)
        )
        return union([found, *map(self.value, default)])

    def _called_by_value(self, node: ast.Call) -> Value:
        """A call of what an expression gives: ``retry(stop=3)(load)`` wraps what a library's call is given then."""
        called = self.value(node.func)
        found = self.member(called, CALLED)
        if isinstance(node.func, ast.Call) and called.libraries:
            wrapped = (self.value(one) for one in node.args if isinstance(one, _NAMES))
            own = {one for value in wrapped for one in value.makers if isinstance(one, Own)}
            found = Value(found.makers | own, found.unknown)
        return found

    def _library(self, node: ast.Call, dotted: str) -> Value:
        if dotted in _PARTIAL and node.args:
            return self.value(node.args[0])
        if is_stdlib(dotted, self.module.project.target.python):
            return self._result(standard_result(dotted), node, dotted)
        if dotted.partition(".")[0] == "ops0":
            return UNKNOWN
        return self._result(flow_table().function(dotted), node, dotted)

    def _result(self, gives: str, node: ast.Call, dotted: str) -> Value:
        if gives == PLAIN:
            return NOTHING
        if gives == UNSURE:
            return UNKNOWN
        if gives == PASSES:
            return self._passed(node)
        if gives == FOLLOWS:
            return self.elementwise(self.all(node.args))
        if gives == HOLDS:
            return self._holding(node, self._of_library(node, dotted))
        return self._of_library(node, dotted) if gives == SAME else self.made(gives, node.lineno)

    def _holding(self, node: ast.Call, made: Value) -> Value:
        """Something made that goes on using what went in: ``DataLoader(dataset)`` reads it in each loop."""
        given = (*node.args, *(one.value for one in node.keywords))
        inside = held(union(map(self.handed, given)))
        return Value(made.makers | inside.makers, made.unknown | inside.unknown)

    def _of_library(self, node: ast.Call, dotted: str) -> Value:
        """What a library's function makes of its own, with what the call says in texts."""
        local = {
            name: bound[0].node if len(bound) == 1 and bound[0].how == "is" else None
            for name, bound in self.known.places.body(self.place).names.items()
        }
        known = known_arguments(self.module, CallUse((), (), node, (local,)))
        where = self.module.where(node.lineno)
        return Value(frozenset({Made(dotted, where, known.literals), *self._kept_in(node, dotted)}))

    def _kept_in(self, node: ast.Call, dotted: str) -> Iterator[Maker]:
        """What a library's object is made with of the same library: ``Session(engine)`` goes on needing its driver."""
        library = dotted.partition(".")[0]
        carries = library in flow_table().carriers
        for one in (*node.args, *(word.value for word in node.keywords)):
            for each in self.value(one).makers if isinstance(one, _READS) else ():
                if isinstance(each, OfParameter):
                    if carries:
                        yield only_of(library, each)
                elif isinstance(each, Made) and (
                    each.dotted.partition(".")[0] == library or each.dotted in _ADDRESSES
                ):
                    yield each

    def _passed(self, node: ast.Call) -> Value:
        """What went in; of functions that went in, what they give."""
        found: list[Value] = [NOTHING]
        for one in (*node.args, *(word.value for word in node.keywords)):
            inner = self._wrapped(one.value if isinstance(one, ast.Starred) else one)
            callee = (
                self.known.places.callee(inner, self.place) if isinstance(inner, _NAMES) else None
            )
            if callee is not None and as_function(callee.node) is not None:
                found.append(self.known.summary(callee.place))
            else:
                found.append(self.value(inner))
        return found[1] if len(found) == 2 else flat(union(found))

    def _wrapped(self, node: ast.expr) -> ast.expr:
        """``f`` of ``partial(f, x=1)``: who calls that gets what ``f`` gives."""
        chain = chain_of(node.func) if isinstance(node, ast.Call) and node.args else None
        dotted = self.known.places.outside(chain, self.place) if chain else None
        return node.args[0] if isinstance(node, ast.Call) and dotted in _PARTIAL else node

    def _method(self, node: ast.Call, func: ast.Attribute) -> Value:
        receiver = self.value(func.value)
        found: list[Value] = []
        rest: set[Maker] = set()
        every = (one for one in receiver.makers if isinstance(one, Own))
        owners = frozenset(one for one in every if self._own_method(one, func.attr))
        words = [one.arg for one in node.keywords if one.arg and _is_true(one.value)]
        for maker in receiver.makers:
            if isinstance(maker, Made) and flow_table().plain_with(maker.dotted, func.attr, words):
                continue
            if owners and self.lies_in(maker, owners):
                continue
            callee = self._own_method(maker, func.attr)
            if callee is not None:
                found.append(self._called(node, callee))
            else:
                rest.add(maker)
        called = flow_table().as_called(func.attr, _first(node))
        left = self.member(Value(frozenset(rest), receiver.unknown), called)
        if func.attr in _CALLING:
            left = union([left, self._passed(node)])
        if any(isinstance(one, Made) and _holds(one, func.attr) for one in rest):
            left = self._holding(node, left)
        return flat(union([left, *found]))

    def _own_method(self, maker: Maker, name: str) -> Callee | None:
        owner = self.definition(maker) if isinstance(maker, Own) else None
        return method_of(owner, name) if owner is not None else None

    def _called(self, node: ast.Call, callee: Callee) -> Value:
        """A call of the project's own function with its parameters filled in; of a class, an instance of it."""
        if isinstance(callee.node, ast.ClassDef):
            own = Own(callee.place.module.path, callee.node.name, instance=True)
            given = [*node.args, *(one.value for one in node.keywords)]
            inside = held(union(map(self.handed, given)))
            return Value(inside.makers | {own}, inside.unknown)
        function = as_function(callee.node)
        assert function is not None  # noqa: S101 - no class, hence a function
        filled = filled_by_call(node, function, skip=takes_self(callee))
        found = self.filled_in(self.known.summary(callee.place), callee.place, filled)
        return union([found, *self._handed_on(node, callee)])

    def _handed_on(self, node: ast.Call, callee: Callee) -> list[Value]:
        """What functions give that are handed to one which calls them with the arguments behind."""
        found: list[Value] = []
        for index, argument in enumerate(node.args if passes_on(callee) else ()):
            given = self.known.places.callee(argument, self.place)
            function = as_function(given.node) if given is not None else None
            if given is not None and function is not None:
                filled = filled_by_handing(node, index, function, skip=False, passes=True)
                found.append(self.filled_in(self.known.summary(given.place), given.place, filled))
        return found

    def filled_in(self, summary: Value, place: Place, filled: Filled) -> Value:
        """A summary with the parameters of the function at a place replaced by what a call gives."""
        trails = Trails(self, lambda name: self._given(name, place, filled))
        function = id(place.path[-1])
        return put_in(summary, lambda one: trails if one == function else None)

    def _given(self, name: str, place: Place, filled: Filled) -> Value:
        if name in filled:
            return union([self.taken(one) for one in filled[name]])
        return default_of(self.known, place, name)


def _holds(maker: Made, method: str) -> bool:
    return flow_table().method(maker.dotted, method) == HOLDS


def _tried(value: Value, dotted: str) -> Value:
    """What a library gives that the code can do without."""
    top = dotted.partition(".")[0]
    makers = (
        replace(one, optional=True)
        if isinstance(one, Made) and one.dotted.partition(".")[0] == top
        else one
        for one in value.makers
    )
    return Value(frozenset(makers), value.unknown)


def _asked_by_text(node: ast.Call) -> str | None:
    name = node.args[1] if len(node.args) > 1 else None
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def _first(node: ast.Call) -> str:
    """The first argument, where it is a name or a text: ``str`` of ``astype(str)`` and ``astype("str")``."""
    one = node.args[0] if node.args else None
    return one.id if isinstance(one, ast.Name) else str(getattr(one, "value", ""))


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def default_of(known: Summaries, place: Place, name: str) -> Value:
    """A parameter's default; plain Python where it has none."""
    node = as_function(place.path[-1])
    default = defaults_of(node).get(name) if node is not None else None
    outer = Place(place.module, place.path[:-1])
    return Evaluate(known, outer).value(default) if default is not None else NOTHING
