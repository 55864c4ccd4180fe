"""A nested function or method with what it takes from around: names of enclosing functions, attributes of ``self``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from ops0.core.analyzer.conditions import chain_of
from ops0.core.analyzer.extract import extract
from ops0.core.analyzer.functions import Function, Path
from ops0.core.analyzer.model import Extract
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.scopes import Scope, class_scope, function_scope, names_bound

__all__ = ["pieces_of"]


def pieces_of(module: Module, path: Path) -> tuple[Extract, ...]:
    """The function itself, and every statement around it that makes something it uses."""
    gathering = _Gathering(module)
    gathering.add(path[-1], path[:-1])
    return tuple(gathering.pieces)


@dataclass
class _Gathering:
    module: Module
    pieces: list[Extract] = field(default_factory=list)
    done: set[str | int] = field(default_factory=set)

    def add(self, node: ast.AST, around: Path) -> None:
        """Take one piece of code and what it needs of the definitions around it."""
        key = ast.dump(node, include_attributes=True) if isinstance(node, ast.stmt) else id(node)
        if key in self.done:
            return
        self.done.add(key)
        piece = extract([node], self.module.surroundings, [_enclosing(one) for one in around])
        self.pieces.append(piece)
        for name in sorted(piece.outer):
            self._outer(name, around)
        if (
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and around
            and isinstance(around[-1], ast.ClassDef)
        ):
            self._attributes(node, around[-1], around[:-1])

    def _outer(self, name: str, around: Path) -> None:
        """The statements of the nearest enclosing function that bind a name."""
        for depth in range(len(around) - 1, -1, -1):
            owner = around[depth]
            if isinstance(owner, ast.ClassDef) or not function_scope(owner).owns(name):
                continue
            for statement in _simple(owner.body):
                if name in names_bound([statement]):
                    self.add(_only(statement, name), around[: depth + 1])
            return

    def _attributes(self, method: Function, owner: ast.ClassDef, around: Path) -> None:
        """What ``self.x`` stands for: methods and fields of the class, or whatever is assigned to it anywhere in it."""
        me = next((one.arg for one in (*method.args.posonlyargs, *method.args.args)), None)
        if me is None:
            return
        used = {
            chain[1]
            for node in ast.walk(method)
            for chain in [chain_of(node)]
            if chain and chain[0] == me and len(chain) > 1
        }
        supers = any(isinstance(node, ast.Name) and node.id == "super" for node in ast.walk(method))
        found: set[str] = set()
        for statement in owner.body:
            bound = self._bound(statement) & used
            if bound:
                found |= bound
                self.add(statement, (*around, owner))
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for inner, name in self._assigned(statement):
                    if name in used:
                        found.add(name)
                        self.add(inner, (*around, owner, statement))
        if supers or used - found:
            for base in owner.bases:
                self.add(base, around)

    # A class is looked through for each of its methods.

    def _bound(self, statement: ast.stmt) -> frozenset[str]:
        return self.module.memory.once(("bound", statement), lambda: names_bound([statement]))

    def _assigned(self, method: Function) -> tuple[tuple[ast.stmt, str], ...]:
        return self.module.memory.once(
            ("assigned", method), lambda: tuple(_own_assignments(method))
        )


def _only(statement: ast.stmt, name: str) -> ast.stmt:
    """An import statement with the one name that is asked for; other statements as they are."""
    if not isinstance(statement, (ast.Import, ast.ImportFrom)) or len(statement.names) == 1:
        return statement
    names = [
        one for one in statement.names if name in (one.asname, one.name.partition(".")[0], one.name)
    ]
    made = (
        ast.Import(names)
        if isinstance(statement, ast.Import)
        else ast.ImportFrom(statement.module, names, statement.level)
    )
    return ast.copy_location(made, statement)


def _enclosing(node: ast.AST) -> Scope:
    if isinstance(node, ast.ClassDef):
        return class_scope(node)
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))  # noqa: S101 - what a Path holds
    return function_scope(node, "enclosing")


def _simple(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a function's own scope; ``try`` and loops whole, branches and ``with`` opened."""
    for node in body:
        if isinstance(node, ast.If):
            yield from _simple(node.body)
            yield from _simple(node.orelse)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            # Only the header: its body is opened.
            yield ast.copy_location(ast.With(node.items, [ast.Pass()]), node)
            yield from _simple(node.body)
        else:
            yield node


def _own_assignments(method: Function) -> Iterator[tuple[ast.stmt, str]]:
    """``self.x = ...`` in a method, with the attribute's name."""
    me = next((one.arg for one in (*method.args.posonlyargs, *method.args.args)), None)
    for node in ast.walk(method):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            chain = chain_of(target)
            if chain is not None and len(chain) == 2 and chain[0] == me:
                yield node, chain[1]
