"""Values that stand in the code: literals and constants of modules, evaluated without running anything."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.paths import constant_behind
from ops0.core.pipeline import JsonValue

__all__ = ["NotLiteral", "json_value", "literal"]

_DEEPEST = 50
_MOST_PARTS = 100_000
_LONGEST = 1_000_000
_LARGEST = 2**64
_SUMS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


class NotLiteral(Exception):
    """The value is only known when the code runs. ``node`` is the part that is not."""

    def __init__(self, node: ast.AST) -> None:
        super().__init__("not a literal")
        self.node = node


def literal(module: Module, node: ast.expr) -> Any:
    """The value of an expression made of literals, constants' names and sums of numbers.

    raises: NotLiteral, also for what would be larger than any sensible setting
    """
    return _value(module, node, 0, iter(range(_MOST_PARTS)))


def _value(module: Module, node: ast.expr, depth: int, parts: Iterator[int]) -> Any:
    if depth > _DEEPEST or next(parts, None) is None:
        raise NotLiteral(node)
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple)):
        values = [_value(module, one, depth + 1, parts) for one in node.elts]
        return tuple(values) if isinstance(node, ast.Tuple) else values
    if isinstance(node, ast.Dict):
        keys = [
            _value(module, key, depth + 1, parts) if key is not None else _refuse(node)
            for key in node.keys
        ]
        values = [_value(module, value, depth + 1, parts) for value in node.values]
        try:
            return dict(zip(keys, values, strict=True))
        except TypeError:
            raise NotLiteral(node) from None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _value(module, node.operand, depth + 1, parts)
        return -value if _is_number(value) else _refuse(node)
    if isinstance(node, ast.BinOp) and type(node.op) in _SUMS:
        return _sum(module, node, depth, parts)
    found = constant_behind(module, node, depth)
    return _value(found[0], found[1], depth + 1, parts) if found is not None else _refuse(node)


def json_value(module: Module, node: ast.expr) -> JsonValue:
    """The same, where only JSON will do: no bytes, no complex numbers, text as keys; tuples become lists.

    raises: NotLiteral
    """
    return _as_json(literal(module, node), node)


def _as_json(value: Any, node: ast.expr) -> JsonValue:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) or (isinstance(value, float) and value - value == 0):
        return value
    if isinstance(value, (list, tuple)):
        return [_as_json(one, node) for one in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _as_json(one, node) for key, one in value.items()}
    raise NotLiteral(node)


def _sum(module: Module, node: ast.BinOp, depth: int, parts: Iterator[int]) -> Any:
    left, right = (
        _value(module, node.left, depth + 1, parts),
        _value(module, node.right, depth + 1, parts),
    )
    if _is_number(left) and _is_number(right):
        return _SUMS[type(node.op)](left, right)
    texts = isinstance(left, str) and isinstance(right, str) and isinstance(node.op, ast.Add)
    if texts and len(left) + len(right) <= _LONGEST:
        return left + right
    raise NotLiteral(node)


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and -_LARGEST < value < _LARGEST
    )


def _refuse(node: ast.AST) -> Any:
    raise NotLiteral(node)
