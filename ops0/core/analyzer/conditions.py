"""Tests that are known before the code runs: type checking, the target's Python version and platform."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from ops0.core.analyzer.targets import OS_NAME, PLATFORM_SYSTEM, SYS_PLATFORM, version_of
from ops0.core.locked import Target

__all__ = ["Decide", "chain_of", "decider", "is_main_guard"]

Decide = Callable[[ast.expr], "bool | None"]

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


def chain_of(node: ast.AST) -> tuple[str, ...] | None:
    """``a.b.c`` as ("a", "b", "c"); None for anything that does not start with a name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return tuple(reversed(parts))


def decider(target: Target) -> Decide:
    """A function that says True, False or None (only a run can tell) for a test on that target.

    >>> test = ast.parse("sys.version_info >= (3, 9) and not TYPE_CHECKING", mode="eval").body
    >>> decider(Target(python="3.11"))(test)
    True
    """
    version = (*version_of(target.python), 0, "final", 0)

    def decide(test: ast.expr) -> bool | None:
        if isinstance(test, ast.Constant):
            return bool(test.value)
        if isinstance(test, (ast.Name, ast.Attribute)):
            return False if _last(test) == "TYPE_CHECKING" else None
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = decide(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.BoolOp):
            return _join(test, [decide(value) for value in test.values])
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return _compare(test, version)
        if isinstance(test, ast.Call):
            return _starts_with(test)
        return None

    return decide


def is_main_guard(test: ast.expr) -> bool:
    """``__name__ == "__main__"``, either way round."""
    if not (
        isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)
    ):
        return False
    sides = (test.left, test.comparators[0])
    return any(chain_of(side) == ("__name__",) for side in sides) and any(
        isinstance(side, ast.Constant) and side.value == "__main__" for side in sides
    )


def _last(node: ast.expr) -> str | None:
    chain = chain_of(node)
    return chain[-1] if chain else None


def _join(test: ast.BoolOp, parts: list[bool | None]) -> bool | None:
    """Three-valued and / or."""
    stop = isinstance(test.op, ast.Or)
    if stop in parts:
        return stop
    return None if None in parts else not stop


def _compare(test: ast.Compare, version: tuple[Any, ...]) -> bool | None:
    compare = _COMPARE.get(type(test.ops[0]))
    left, right = _value(test.left, version), _value(test.comparators[0], version)
    known = _is_fact(test.left) or _is_fact(test.comparators[0])
    if compare is None or left is None or right is None or not known:
        return None
    if version in (left, right) and any(_finer(side, version) for side in (left, right)):
        return None
    try:
        return bool(compare(left, right))
    except TypeError:
        return None


def _finer(side: Any, version: tuple[Any, ...]) -> bool:
    """Whether a tuple asks for the patch level, which a target does not say."""
    return side is not version and len(side) > 2 and side[:2] == version[:2]


def _is_fact(node: ast.expr) -> bool:
    return not isinstance(node, (ast.Constant, ast.Tuple, ast.List, ast.Set))


def _value(node: ast.expr, version: tuple[Any, ...]) -> Any:
    """What a side of a comparison is on the target, or None."""
    chain = chain_of(node)
    if chain is not None and len(chain) > 1:
        if chain[-2:] == ("version_info", "major"):
            return version[0]
        if chain[-2:] == ("version_info", "minor"):
            return version[1]
        facts = {"version_info": version, "platform": SYS_PLATFORM, "name": OS_NAME}
        home = {"version_info": "sys", "platform": "sys", "name": "os"}
        return facts[chain[-1]] if home.get(chain[-1]) == chain[-2] else None
    if chain is not None:
        return None
    if isinstance(node, ast.Call) and chain_of(node.func) == ("platform", "system"):
        return PLATFORM_SYSTEM
    if isinstance(node, ast.Subscript) and chain_of(node.value) == ("sys", "version_info"):
        return _part(version, node.slice)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError):
        return None


def _part(version: tuple[Any, ...], index: ast.expr) -> Any:
    if isinstance(index, ast.Constant) and isinstance(index.value, int) and 0 <= index.value < 2:
        return version[index.value]
    if isinstance(index, ast.Slice) and index.lower is None and index.step is None:
        upper = index.upper
        if (
            isinstance(upper, ast.Constant)
            and isinstance(upper.value, int)
            and 0 < upper.value <= 2
        ):
            return version[: upper.value]
    return None


def _starts_with(test: ast.Call) -> bool | None:
    """``sys.platform.startswith("win")``."""
    if chain_of(test.func) != ("sys", "platform", "startswith") or len(test.args) != 1:
        return None
    prefix = test.args[0]
    if isinstance(prefix, ast.Constant) and isinstance(prefix.value, str):
        return SYS_PLATFORM.startswith(prefix.value)
    return None
