"""What reached code hands to code that is not the project's: whoever has an object may call any of its methods."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ops0.core.analyzer.flow.bodies import Definition
from ops0.core.analyzer.flow.flow import Flow
from ops0.core.analyzer.flow.places import Place
from ops0.core.analyzer.flow.sites import calls_in
from ops0.core.analyzer.flow.standard import asks_nothing
from ops0.core.analyzer.flow.table import PASSES, flow_table
from ops0.core.analyzer.flow.values import Made, Own, Value
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Cell
from ops0.core.analyzer.syntax.stdlib import is_stdlib

__all__ = ["Handing"]

_CONTAINERS = frozenset(
    {"add", "append", "appendleft", "count", "discard", "extend", "get", "index", "insert", "pop", "put", "remove",
     "setdefault", "sort", "update"}
)  # fmt: skip
"""Methods of Python's own containers, which ask their content for nothing."""


@dataclass
class Handing:
    """Asked of the code of a reach, piece by piece."""

    flow: Flow
    _known: dict[tuple[ast.AST, frozenset[int]], frozenset[Cell]] = field(default_factory=dict)

    def __call__(
        self, module: Module, node: ast.AST, around: tuple[ast.AST, ...], but: frozenset[int]
    ) -> frozenset[Cell]:
        """The project's definitions, and those of which instances are, that a piece of code hands to others.

        around: the definitions that it stands in;  but: the ids of definitions in it that do not count
        """
        key = node, but
        if key not in self._known:
            path = tuple(one for one in around if isinstance(one, Definition))
            self._known[key] = frozenset(self._found(node, Place(module, path), but))
        return self._known[key]

    def of_step(self, place: Place) -> Callable[..., frozenset[Cell] | None]:
        """The same for what the step at a place reaches; None where it may give back what cannot be told."""

        def ask(*code: Any) -> frozenset[Cell] | None:
            return None if self.flow.gives(place).unknown else self(*code)

        return ask

    def _found(self, node: ast.AST, place: Place, but: frozenset[int]) -> Iterator[Cell]:
        for call, here in calls_in(node, place):
            if any(id(one) in but for one in here.path):
                continue
            given = [*call.args, *(one.value for one in call.keywords)]
            own = {
                (one.path, one.name)
                for argument in given
                if not isinstance(argument, ast.Constant)
                for one in self._value(argument, here).makers
                if isinstance(one, Own)
            }
            if own and self._is_foreign(call, here):
                yield from own

    def _value(self, node: ast.expr, place: Place) -> Value:
        return self.flow.held(node.value if isinstance(node, ast.Starred) else node, place)

    def _is_foreign(self, call: ast.Call, place: Place) -> bool:
        """Whether a call may lead to code of others that can ask its arguments for anything."""
        places = self.flow.places
        callee = places.callee(call.func, place)
        if (
            callee is not None
        ):  # of other files it is not known what their functions are called with
            return callee.place.module is not place.module
        chain = chain_of(call.func)
        dotted = places.outside(chain, place) if chain else None
        if dotted is not None:
            if is_stdlib(dotted, place.module.project.target.python):
                return not asks_nothing(dotted)
            return flow_table().function(dotted) != PASSES
        if chain is not None and len(chain) == 1 and places.owner_of(chain[0], place) is None:
            return chain[0] not in place.module.bindings and not hasattr(builtins, chain[0])
        return self._is_foreign_value(call.func, place)

    def _is_foreign_value(self, func: ast.expr, place: Place) -> bool:
        asked = func.value if isinstance(func, ast.Attribute) else func
        value = self._value(asked, place)
        if any(isinstance(one, Made) for one in value.makers):
            return True
        plain = isinstance(func, ast.Attribute) and func.attr in _CONTAINERS
        return value.unknown and not plain
