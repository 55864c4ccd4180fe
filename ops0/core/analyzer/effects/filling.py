"""Code that only fills a table, as a decorator does that registers: it asks for nothing that stands in it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import DEFINITIONS, Read
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["is_filling", "is_noted_by_decorators"]

_FILLS = frozenset({"add", "append", "appendleft", "extend", "insert", "setdefault", "update"})


def is_noted_by_decorators(node: ast.stmt, hooked: Callable[[ast.expr], bool]) -> bool:
    """Whether what a definition changes can only be what its decorators note it in.

    hooked: whether defining a class with that base runs code of the project, which may note it as well
    """
    if not isinstance(node, DEFINITIONS) or not node.decorator_list:
        return False
    if not isinstance(node, ast.ClassDef):
        return True
    quiet = (*DEFINITIONS, ast.AnnAssign, ast.Assign, ast.Pass)
    plain = all(isinstance(one, quiet) or _is_text(one) for one in node.body)
    return plain and not node.keywords and not any(map(hooked, node.bases))


def is_filling(module: Module, read: Read) -> bool:
    """Whether a name is read only to put something in: ``TABLE[name] = f``, ``TABLE.append(f)``.

    Also ``if name in TABLE: raise ValueError(name)``: whoever is not in it raises nothing.
    """
    return (read.line, read.chain[0]) in module.memory.once("filling", lambda: _filling(module))


def _filling(module: Module) -> frozenset[tuple[int, str]]:
    nodes = walk(module.parsed.tree)
    filled = Counter((one.lineno, one.id) for one in _filled(nodes))
    every = Counter((one.lineno, one.id) for one in nodes if isinstance(one, ast.Name))
    return frozenset(place for place, count in filled.items() if every[place] == count)


def _filled(nodes: Iterable[ast.AST]) -> Iterator[ast.Name]:
    """The names at the beginning of what is only filled."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript):
                    yield from _root(target.value)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            func = node.value.func
            if isinstance(func, ast.Attribute) and func.attr in _FILLS:
                yield from _root(func.value)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Compare):
            asks = len(node.test.ops) == 1 and isinstance(node.test.ops[0], ast.In)
            if asks and not node.orelse and all(isinstance(one, ast.Raise) for one in node.body):
                yield from _root(node.test.comparators[0])


def _root(node: ast.expr) -> Iterator[ast.Name]:
    while isinstance(node, ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
