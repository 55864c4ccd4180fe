"""Tests that an argument's text decides: ``if engine == "fastparquet"``."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class When:
    """An argument, and the texts for which a test is true."""

    argument: str
    texts: tuple[str, ...]


def read_test(test: ast.expr, parameters: Collection[str]) -> tuple[When, ...]:
    """What a test asks of the parameters; () where it asks anything else.

    >>> read_test(ast.parse("kind in ('a', 'b')").body[0].value, ["kind"])
    (When(argument='kind', texts=('a', 'b')),)
    >>> read_test(ast.parse("kind == 'a' and rows").body[0].value, ["kind"])
    ()
    """
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        parts = [read_test(one, parameters) for one in test.values]
        return tuple(one for part in parts for one in part) if all(parts) else ()
    if isinstance(test, ast.Name) and test.id in parameters:
        return (When(test.id, ("True",)),)
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return ()
    left, right = test.left, test.comparators[0]
    if (
        isinstance(left, ast.Call)
        and isinstance(left.func, ast.Attribute)
        and left.func.attr == "lower"
    ):
        left = left.func.value
    if not isinstance(left, ast.Name) or left.id not in parameters:
        return ()
    listed = right.elts if isinstance(right, (ast.Tuple, ast.List, ast.Set)) else [right]
    texts = tuple(
        one.value for one in listed if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )
    known = len(texts) == len(listed) and isinstance(test.ops[0], (ast.Eq, ast.In))
    return (When(left.id, texts),) if known and texts else ()


def always_leaves(node: ast.If) -> bool:
    """Whether what stands after an ``if`` runs only where it was false, and it gave no error.

    >>> always_leaves(ast.parse("if a: return 1").body[0])
    True
    >>> always_leaves(ast.parse("if a: raise ValueError").body[0])
    False
    """
    return isinstance(node.body[-1], (ast.Return, ast.Continue, ast.Break))


def always_runs(node: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Whether a loop's body runs at least once, whatever it is given.

    >>> [always_runs(ast.parse(one).body[0]) for one in ("for a in (1, 2): f()", "while True: f()", "for a in b: f()")]
    [True, True, False]
    """
    if isinstance(node, ast.While):
        return isinstance(node.test, ast.Constant) and bool(node.test.value)
    return isinstance(node.iter, (ast.Tuple, ast.List, ast.Set)) and bool(node.iter.elts)
