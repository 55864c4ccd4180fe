"""Addresses that helpers give back and nobody opens: ``return f"s3://{bucket}/{key}"``, which is told or stored."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ops0.core.analyzer.hidden.given_back import given_back
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.frames import Function
from ops0.core.analyzer.syntax.model import FUNCTIONS
from ops0.core.facts import says_only

__all__ = ["unopened"]

_MARK = b"://"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_WRITTEN_OUT = (
    ast.Await, ast.Dict, ast.FormattedValue, ast.IfExp, ast.JoinedStr, ast.List, ast.Set, ast.Starred, ast.Tuple,
    ast.keyword,
)  # fmt: skip
_DEEPEST = 12


def unopened(modules: Iterable[Module], asked: Sequence[ast.AST]) -> frozenset[int]:
    """The identities of the texts' nodes: of functions whose results nobody in these modules does anything with.

    asked: the functions that are asked about: what they give back is others' to open
    """
    every = tuple(modules)
    found = [one for module in every for one in _giving_addresses(module)]
    if not found:
        return frozenset()
    reading = _Reading(every, frozenset(map(id, asked)))
    return frozenset().union(*(given_back(one) for one in found if reading.is_left(one, 0)))


def _giving_addresses(module: Module) -> Sequence[Function]:
    """The functions of a module that give back an address as it is written."""

    def find() -> tuple[Function, ...]:
        if _MARK not in (module.project.read(module.path) or b""):
            return ()
        functions = (one for one in ast.walk(module.parsed.tree) if isinstance(one, FUNCTIONS))
        return tuple(one for one in functions if _gives_address(one))

    return module.memory.once("giving addresses", find)


def _gives_address(function: Function) -> bool:
    nodes = given_back(function)
    return bool(nodes) and any(
        id(one) in nodes
        and isinstance(one, ast.Constant)
        and _SCHEME.match(str(one.value)) is not None
        for one in ast.walk(function)
    )


@dataclass
class _Reading:
    """Who does what with the results of functions. ``asked``: the identities of the functions that do not count."""

    modules: Sequence[Module]
    asked: frozenset[int]
    left: dict[int, bool] = field(default_factory=dict)

    def is_left(self, function: Function, depth: int) -> bool:
        """Whether nobody does anything with what a function gives but to tell it, or to give it back likewise."""
        if id(function) in self.asked or depth > _DEEPEST:
            return id(function) in self.asked
        if id(function) not in self.left:
            self.left[id(function)] = False  # a circle may do anything
            self.left[id(function)] = all(
                self._is_harmless(node, up, depth + 1) for node, up in self._uses(function.name)
            )
        return self.left[id(function)]

    def _uses(self, name: str) -> Iterator[tuple[ast.AST, Mapping[int, ast.AST]]]:
        """Everything that is called or handed over by a name, with what it stands in."""
        for module in self.modules:
            up = module.memory.once("parents", lambda module=module: _parents(module.parsed.tree))  # type: ignore[misc]
            for node in ast.walk(module.parsed.tree):
                named = getattr(node, "id", getattr(node, "attr", None)) == name
                if named and isinstance(getattr(node, "ctx", None), ast.Load):
                    yield _called(node, up), up

    def _is_harmless(self, node: ast.AST, up: Mapping[int, ast.AST], depth: int) -> bool:
        """Whether an expression is dropped, told, or given back by a function of which that is true."""
        if depth > _DEEPEST or not isinstance(node, (ast.Call, ast.Name)):
            return False
        above = up.get(id(node))
        while isinstance(above, _WRITTEN_OUT):
            above = up.get(id(above))
        if isinstance(above, ast.Expr):
            return True
        if isinstance(above, ast.Call):
            return says_only(".".join(chain_of(above.func) or ("",)))
        around = _function_around(node, up)
        if isinstance(above, ast.Return):
            return around is not None and self.is_left(around, depth)
        target = (
            above.targets[0] if isinstance(above, ast.Assign) and len(above.targets) == 1 else None
        )
        if not isinstance(target, ast.Name) or around is None:
            return False
        return all(
            self._is_harmless(one, up, depth + 1)
            for one in ast.walk(around)
            if isinstance(one, ast.Name) and one.id == target.id and isinstance(one.ctx, ast.Load)
        )


def _called(node: ast.AST, up: Mapping[int, ast.AST]) -> ast.AST:
    """The whole call that begins with a name: ``f.partial(a=1).expand(b=c)``."""
    above = up.get(id(node))
    while (isinstance(above, ast.Call) and above.func is node) or isinstance(above, ast.Attribute):
        node = above
        above = up.get(id(node))
    return node


def _function_around(node: ast.AST, up: Mapping[int, ast.AST]) -> Function | None:
    above = up.get(id(node))
    while above is not None and not isinstance(above, FUNCTIONS):
        above = up.get(id(above))
    return above


def _parents(tree: ast.Module) -> dict[int, ast.AST]:
    return {id(inner): node for node in ast.walk(tree) for inner in ast.iter_child_nodes(node)}
