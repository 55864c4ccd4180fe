"""What reached code hands to code that is not the project's: whoever has an object may call any of its methods."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from ops0.core.analyzer.flow.addresses import Addresses
from ops0.core.analyzer.flow.bodies import Definition
from ops0.core.analyzer.flow.flow import Flow
from ops0.core.analyzer.flow.places import Place
from ops0.core.analyzer.flow.sites import calls_in
from ops0.core.analyzer.flow.standard import asks_nothing
from ops0.core.analyzer.flow.table import PASSES, flow_table
from ops0.core.analyzer.flow.values import Own, Value
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import ANYBODY, Cell, Handed
from ops0.core.analyzer.syntax.stdlib import is_stdlib

__all__ = ["Handing"]

_CONTAINERS = frozenset(
    {"add", "append", "appendleft", "count", "discard", "extend", "get", "index", "insert", "pop", "put", "remove",
     "setdefault", "sort", "update"}
)  # fmt: skip
"""Methods of Python's own containers, which ask their content for nothing."""


@dataclass
class Handing:
    """Asked of the code of a reach, piece by piece. ``addresses``: what texts are handed over, of the same flow."""

    flow: Flow
    addresses: Addresses = field(init=False)
    _known: dict[tuple[ast.AST, frozenset[int]], frozenset[Handed]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.addresses = Addresses(self.flow)

    def __call__(
        self, module: Module, node: ast.AST, around: tuple[ast.AST, ...], but: frozenset[int]
    ) -> frozenset[Handed]:
        """The project's definitions, and those of which instances are, that code hands to others, and to whom.

        around: the definitions that it stands in;  but: the ids of definitions in it that do not count
        """
        key = node, but
        if key not in self._known:
            path = tuple(one for one in around if isinstance(one, Definition))
            self._known[key] = frozenset(self._found(node, Place(module, path), but))
        return self._known[key]

    def gives_anything(self, place: Place) -> bool:
        """Whether it cannot be told what the function at a place gives back."""
        return self.flow.gives(place).unknown

    def _found(self, node: ast.AST, place: Place, but: frozenset[int]) -> Iterator[Handed]:
        for call, here in calls_in(node, place):
            if any(id(one) in but for one in here.path):
                continue
            given = [*call.args, *(one.value for one in call.keywords)]
            own: set[Cell] = {
                (one.path, one.name)
                for argument in given
                if not isinstance(argument, ast.Constant)
                for one in self._value(argument, here).makers
                if isinstance(one, Own)
            }
            if own:
                yield from ((one, whom) for whom in self._strangers(call, here) for one in own)

    def _value(self, node: ast.expr, place: Place) -> Value:
        return self.flow.held(node.value if isinstance(node, ast.Starred) else node, place)

    def _strangers(self, call: ast.Call, place: Place) -> tuple[str, ...]:
        """The libraries of others that a call may lead to and that can ask its arguments for anything; see Handed."""
        places = self.flow.places
        callee = places.callee(call.func, place)
        if callee is not None:
            # of other files it is not known what their functions are called with
            return () if callee.place.module is place.module else (ANYBODY,)
        chain = chain_of(call.func)
        dotted = places.outside(chain, place) if chain else None
        if dotted is not None:
            if is_stdlib(dotted, place.module.project.target.python):
                return () if asks_nothing(dotted) else (ANYBODY,)
            return () if flow_table().function(dotted) == PASSES else (_library(dotted),)
        if chain is not None and len(chain) == 1 and places.owner_of(chain[0], place) is None:
            known = chain[0] in place.module.bindings or hasattr(builtins, chain[0])
            return () if known else (ANYBODY,)
        return self._owners(call.func, place)

    def _owners(self, func: ast.expr, place: Place) -> tuple[str, ...]:
        """The libraries whose object is called."""
        asked = func.value if isinstance(func, ast.Attribute) else func
        value = self._value(asked, place)
        found = {_library(one.dotted) for one in value.libraries}
        plain = isinstance(func, ast.Attribute) and func.attr in _CONTAINERS
        if value.unknown and (found or not plain):
            found.add(ANYBODY)
        return tuple(sorted(found))


def _library(dotted: str) -> str:
    return dotted.partition(".")[0]
