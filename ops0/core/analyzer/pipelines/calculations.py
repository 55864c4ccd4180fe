"""What a pipeline function calculates with known values: conditions, sums, texts."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from ops0.core.analyzer.pipelines.frames import Frame, shown
from ops0.core.analyzer.pipelines.operators import BINARY, COMPARED, Refused, formatted, negated
from ops0.core.analyzer.pipelines.pieces import BROKEN, is_open
from ops0.core.pipeline import FromCall

__all__ = ["binary", "both", "calculated", "compare", "either", "text", "truth_of", "unary"]


def calculated(frame: Frame, node: ast.AST, make: Callable[[], Any]) -> Any:
    """What a calculation with known values gives, or BROKEN where Python itself would raise."""
    try:
        return make()
    except Refused as fault:
        return frame.fault(node, f"`{shown(node)}`: {fault}")
    except (TypeError, ValueError, ArithmeticError, LookupError) as fault:
        return frame.fault(node, f"`{shown(node)}` raises {type(fault).__name__}: {fault}")


def truth_of(frame: Frame, node: ast.expr) -> bool | None:
    """Whether a condition holds; None after a fault."""
    value = frame.value(node)
    if is_open(value):
        fact = f"`if` on `{shown(node)}`"
        when = "when the pipeline runs" if isinstance(value, FromCall) else "when the run starts"
        frame.fault(node, f"{fact}, which is only known {when}", _DECIDE)
        return None
    return bool(value) if frame.is_known(node, value) else None


_DECIDE = "decide inside a step: give it the value"


def binary(frame: Frame, node: ast.expr) -> Any:
    """``left + right``: see value_of."""
    assert isinstance(node, ast.BinOp)  # noqa: S101 - see expressions.py
    left, right = frame.value(node.left), frame.value(node.right)
    known = [frame.is_known(node.left, left), frame.is_known(node.right, right)]
    make = BINARY.get(type(node.op))
    if make is None:
        return frame.neither(node)
    return calculated(frame, node, lambda: make(left, right)) if all(known) else BROKEN


def unary(frame: Frame, node: ast.expr) -> Any:
    """``-value``, ``not value``: see value_of."""
    assert isinstance(node, ast.UnaryOp)  # noqa: S101 - see expressions.py
    if isinstance(node.op, ast.Not):
        truth = truth_of(frame, node.operand)
        return BROKEN if truth is None else not truth
    value = frame.value(node.operand)
    if not isinstance(node.op, (ast.USub, ast.UAdd)):
        return frame.neither(node)
    if not frame.is_known(node.operand, value):
        return BROKEN
    return calculated(frame, node, lambda: negated(value, isinstance(node.op, ast.USub)))


def both(frame: Frame, node: ast.expr) -> Any:
    """``a and b``, ``a or b``: see value_of."""
    assert isinstance(node, ast.BoolOp)  # noqa: S101 - see expressions.py
    ends_at = isinstance(node.op, ast.Or)
    value: Any = BROKEN
    for one in node.values:
        value = frame.value(one)
        if one is not node.values[-1] and not frame.is_known(one, value):
            return BROKEN
        if value is BROKEN or (not is_open(value) and bool(value) is ends_at):
            break
    return value


def either(frame: Frame, node: ast.expr) -> Any:
    """``a if condition else b``: see value_of."""
    assert isinstance(node, ast.IfExp)  # noqa: S101 - see expressions.py
    truth = truth_of(frame, node.test)
    if truth is None:
        return BROKEN
    return frame.value(node.body if truth else node.orelse)


def compare(frame: Frame, node: ast.expr) -> Any:
    """``a < b``, ``a in (b, c)``: see value_of."""
    assert isinstance(node, ast.Compare)  # noqa: S101 - see expressions.py
    left_node, left = node.left, frame.value(node.left)
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        if isinstance(right_node, ast.Set):
            right_node = ast.copy_location(  # noqa: PLW2901 - what it holds is asked for, not its order
                ast.List(elts=right_node.elts, ctx=ast.Load()), right_node
            )
        right = frame.value(right_node)
        if not (frame.is_known(left_node, left) and frame.is_known(right_node, right)):
            return BROKEN
        holds = calculated(frame, node, partial(COMPARED[type(op)], left, right))
        if holds is BROKEN or not holds:
            return holds
        left_node, left = right_node, right
    return True


def text(frame: Frame, node: ast.expr) -> Any:
    """``f"data/{region}.csv"``: see value_of."""
    assert isinstance(node, ast.JoinedStr)  # noqa: S101 - see expressions.py
    parts: list[str] = []
    for one in node.values:
        if isinstance(one, ast.Constant):
            parts.append(str(one.value))
            continue
        assert isinstance(one, ast.FormattedValue)  # noqa: S101 - there is nothing else in one
        value = frame.value(one.value)
        spec = "" if one.format_spec is None else text(frame, one.format_spec)
        if not frame.is_known(one.value, value) or spec is BROKEN:
            return BROKEN
        made = calculated(frame, node, partial(formatted, value, one.conversion, spec))
        if made is BROKEN:
            return BROKEN
        parts.append(made)
    return "".join(parts)
