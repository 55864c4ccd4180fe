"""What the text of an annotation says: of which types a value may be. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["bare_type", "is_path", "members"]

_NONE = frozenset({"None"})
_PATHS = frozenset({"Path", "pathlib.Path", "PurePath", "pathlib.PurePath"})


@lru_cache(maxsize=4096)
def members(annotation: str) -> frozenset[str]:
    """The types that it names, as they are written, without what stands in brackets after them.

    ``Any`` stands for a part that is no type; what cannot be read at all gives nothing.

    >>> sorted(members("Optional['pathlib.Path']")), sorted(members('Literal["a", 1] | list[int]'))
    (['None', 'pathlib.Path'], ['int', 'list', 'str'])
    """
    try:
        return frozenset(_members(ast.parse(annotation.strip(), mode="eval").body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()


def bare_type(annotation: str | None) -> str:
    """The one type that it names, None aside; an empty text where there are several, or none.

    >>> bare_type("Optional[pathlib.Path]"), bare_type("None | int"), bare_type("int | str"), bare_type(None)
    ('pathlib.Path', 'int', '', '')
    """
    named = members(annotation or "") - _NONE
    return next(iter(named)) if len(named) == 1 else ""


def is_path(annotation: str | None) -> bool:
    """Whether a parameter so annotated takes a ``pathlib.Path``, or may do without."""
    named = members(annotation or "") - _NONE
    return bool(named) and named <= _PATHS


def _members(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=None):
            yield "None"
        case ast.Constant(value=str(text)):
            yield from _members(ast.parse(text.strip(), mode="eval").body)
        case ast.Name() | ast.Attribute():
            name = ast.unparse(node)
            yield "None" if name.rpartition(".")[2] == "NoneType" else name
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _members(left)
            yield from _members(right)
        case ast.Subscript(value=ast.Name() | ast.Attribute() as outer, slice=inner):
            yield from _of_generic(ast.unparse(outer), inner)
        case _:
            yield "Any"


def _of_generic(outer: str, inner: ast.expr) -> Iterator[str]:
    """``Outer[inner]``: the members of a union, the types of literals, what is annotated, else the outer type."""
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    match outer.rpartition(".")[2]:
        case "Union" | "Optional" as union:
            for part in parts:
                yield from _members(part)
            if union == "Optional":
                yield "None"
        case "Annotated" if parts:
            yield from _members(parts[0])
        case "Literal":
            yield from map(_of_literal, parts)
        case _:
            yield outer


def _of_literal(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=None):
            return "None"
        case ast.Constant(value=value) | ast.UnaryOp(operand=ast.Constant(value=value)):
            return type(value).__name__
        case ast.Attribute(value=ast.Name() | ast.Attribute() as enum):
            return ast.unparse(enum)
        case _:
            return "Any"
