"""Ways through syntax: a visitor for large projects, three times as fast as that of ``ast``; a function's own nodes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

__all__ = ["Visitor", "own_nodes"]

_NO_CODE = frozenset(
    {"arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "module", "op", "ops", "simple"}
    | {"type_comment"}
)  # fmt: skip
"""Fields that hold operators, texts and the like, which nobody visits: half the nodes of a tree."""

_APART = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
"""What stands in a function and is run, and returns, by itself."""


def own_nodes(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes of a function's body but the functions and classes in it; in no order."""
    pending = list(nodes)
    while pending:
        one = pending.pop()
        if not isinstance(one, _APART):
            yield one
            pending += ast.iter_child_nodes(one)


class Visitor:
    """Visits ``visit_Name`` for a Name and so on, ``generic_visit`` for what has no method; the order is ``ast``'s own.

    Methods are looked up once a class, and the fields of a node once a type.
    """

    _methods: ClassVar[dict[type[Any], Callable[[Any, Any], None]]]

    def __init_subclass__(cls) -> None:
        cls._methods = {}

    def visit(self, node: ast.AST) -> None:
        """Visit one node."""
        kind = node.__class__
        (self._methods.get(kind) or self._method(kind))(self, node)

    def generic_visit(self, node: ast.AST) -> None:
        """Visit all that stands in a node."""
        # Each node is looked up here, not by ``visit``: most of them are visited from here.
        known, kind = self._methods, node.__class__
        for name in _FIELDS.get(kind) or _fields(kind):
            value = getattr(node, name, None)
            inner = value.__class__
            if inner is list:
                for one in value:  # type: ignore[union-attr]
                    inner = one.__class__
                    (known.get(inner) or self._method(inner))(self, one)
            elif value is not None:
                (known.get(inner) or self._method(inner))(self, value)

    @classmethod
    def _method(cls, kind: type[Any]) -> Callable[[Any, Any], None]:
        """What visits a node of that type; nothing where nothing stands in it, as in a constant, or a plain text."""
        made: Callable[[Any, Any], None] = _pass_by
        if issubclass(kind, ast.AST):
            inner = cls.generic_visit if _fields(kind) else made
            made = getattr(cls, f"visit_{kind.__name__}", inner)
        cls._methods[kind] = made
        return made


def _pass_by(_visitor: Visitor, _value: object) -> None:
    """Visit nothing."""


_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    names = () if kind is ast.Constant else kind._fields
    made = _FIELDS[kind] = tuple(name for name in names if name not in _NO_CODE)
    return made
