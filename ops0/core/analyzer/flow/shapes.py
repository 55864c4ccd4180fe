"""Small questions of values and of how something is taken out of them."""

from __future__ import annotations

import ast
from dataclasses import replace

from ops0.core.analyzer.flow.table import flow_table
from ops0.core.analyzer.flow.values import Made, Maker, Value

__all__ = ["flat", "is_row", "is_sliced", "root_of", "row"]


def row(value: Value) -> Value:
    """What a frame's method hands over row by row, ``df.apply(f, axis=1)``: of others than frames, the value itself."""

    def row_of(one: Maker) -> Maker:
        made = flow_table().method(one.dotted, "iterrows") if isinstance(one, Made) else ""
        return replace(one, dotted=made) if isinstance(one, Made) and made[:1].isalpha() else one

    return Value(frozenset(map(row_of, value.makers)), value.unknown)


def flat(value: Value) -> Value:
    """The value without what is known of its parts."""
    return Value(value.makers, value.unknown) if value.parts is not None else value


def is_row(node: ast.expr) -> bool:
    """``df.iloc`` of ``df.iloc[0]``."""
    return isinstance(node, ast.Attribute) and node.attr == "iloc"


def root_of(node: ast.expr) -> ast.expr:
    """``a`` of ``a.b.c``."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def is_sliced(key: ast.expr) -> bool:
    """``[a:b]``, ``[:, 1]``, ``[...]``, ``[()]``: the numbers themselves of what keeps them elsewhere."""
    parts = key.elts if isinstance(key, ast.Tuple) else [key]
    return not parts or any(
        isinstance(one, ast.Slice) or (isinstance(one, ast.Constant) and one.value is ...)
        for one in parts
    )
