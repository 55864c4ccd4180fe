"""Code that asks by a text: for a method by its name, for names in a query of a frame, whether a name is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ops0.core.analyzer.syntax.walking import walk

__all__ = ["NAMESPACES", "looked_for", "queried_names", "spelled_out"]

NAMESPACES = frozenset({"dir", "globals", "locals", "vars"})
"""Functions of Python that tell all names."""

_QUERIES = frozenset({"eval", "query"})
_QUERIED = re.compile(r"@([^\W\d]\w*)")


def spelled_out(node: ast.Call) -> ast.Call:
    """``df.to_excel(x)`` for ``getattr(df, "to_excel")(x)``; all else as it stands."""
    asked = node.func
    if not (isinstance(asked, ast.Call) and isinstance(asked.func, ast.Name)):
        return node
    if asked.func.id != "getattr" or len(asked.args) < 2:
        return node
    owner, name = asked.args[:2]
    if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        return node
    func = ast.copy_location(ast.Attribute(owner, name.value, ast.Load()), asked)
    return ast.copy_location(ast.Call(func, node.args, node.keywords), node)


def queried_names(node: ast.Call) -> Iterator[str]:
    """The variables of the code that ``df.query("x > @n")`` reads, also in the known parts of an f-string."""
    if not (isinstance(node.func, ast.Attribute) and node.func.attr in _QUERIES and node.args):
        return
    for one in walk(node.args[0]):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield from _QUERIED.findall(one.value)


def looked_for(node: ast.Compare) -> str | None:
    """``load`` of ``"load" not in globals()``, which asks for that name alone."""
    name, where = node.left, node.comparators[0]
    asks = (
        isinstance(node.ops[0], (ast.In, ast.NotIn))
        and isinstance(where, ast.Call)
        and isinstance(where.func, ast.Name)
        and where.func.id in NAMESPACES
        and not where.args
    )
    return (
        name.value
        if asks and isinstance(name, ast.Constant) and isinstance(name.value, str)
        else None
    )
