"""Texts that a function gives back and does nothing else with: an address among them is opened by whoever gets it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.frames import Function
from ops0.core.analyzer.syntax.walking import own_nodes, walk
from ops0.core.facts import says_only

__all__ = ["given_back"]


def given_back(function: Function) -> frozenset[int]:
    r"""The identities of the texts' nodes: what is returned at once, or by a name that is otherwise only said.

    >>> code = ast.parse('def f(b):\n  a = f"s3://{b}"\n  print(a)\n  return a').body[0]
    >>> assert isinstance(code, ast.FunctionDef)
    >>> len(given_back(code))
    1
    """
    own = list(own_nodes(function.body))
    returned = [
        part
        for one in own
        if isinstance(one, ast.Return) and one.value is not None
        for part in _parts(one.value)
    ]
    found = {id(text) for one in returned if (text := _beginning(one)) is not None}
    names = {one.id for one in returned if isinstance(one, ast.Name)}
    said = [
        (one.targets[0].id, id(text))
        for one in own
        if isinstance(one, ast.Assign)
        and len(one.targets) == 1
        and isinstance(one.targets[0], ast.Name)
        and one.targets[0].id in names
        and (text := _beginning(one.value)) is not None
    ]
    used = _used(function, returned) if said else set()  # few functions give back a text by a name
    return frozenset(found | {text for name, text in said if name not in used})


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """What is returned, by itself or in something that is written out."""
    if isinstance(node, (ast.Tuple, ast.List)):
        yield from node.elts
    elif isinstance(node, ast.Dict):
        yield from node.values
    else:
        yield node


def _used(function: Function, returned: list[ast.expr]) -> set[str]:
    """The names that are read elsewhere than where they are returned, or told to people."""
    passed = {id(one) for one in returned}
    for node in walk(function):
        if isinstance(node, ast.Call) and says_only(".".join(chain_of(node.func) or ("",))):
            passed.update(id(one) for one in walk(node))
    return {
        node.id
        for node in walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in passed
    }


def _beginning(node: ast.expr) -> ast.expr | None:
    """The constant that a text begins with."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        node = node.left
    if isinstance(node, ast.JoinedStr):
        node = node.values[0] if node.values else node
    return node if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
