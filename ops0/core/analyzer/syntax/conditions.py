"""Tests that are known before the code runs: type checking, the target's Python version and platform."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from ops0.core.analyzer.syntax.targets import OS_NAME, PLATFORM_SYSTEM, SYS_PLATFORM, version_of
from ops0.core.analyzer.syntax.walking import walk
from ops0.core.locked import Target

__all__ = ["Decide", "chain_of", "decider", "is_main_guard"]

Decide = Callable[[ast.expr], "bool | None"]

_CHECKERS = frozenset({"MYPY", "TYPE_CHECKING"})
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64", "arm": "armv7l", "386": "i686"}
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


class _Target:
    """What the code can ask of the target, by the words in which it asks."""

    def __init__(self, target: Target) -> None:
        self.version: tuple[Any, ...] = (*version_of(target.python), 0, "final", 0)
        machine = target.platform.split("/")[1]
        self.calls: dict[tuple[str, ...], str] = {
            ("platform", "system"): PLATFORM_SYSTEM,
            ("platform", "machine"): _MACHINES.get(machine, machine),
            ("platform", "python_implementation"): "CPython",
        }
        self.names: dict[tuple[str, ...], Any] = {
            ("sys", "version_info"): self.version,
            ("sys", "platform"): SYS_PLATFORM,
            ("os", "name"): OS_NAME,
            ("sys", "implementation", "name"): "cpython",
            ("version_info", "major"): self.version[0],
            ("version_info", "minor"): self.version[1],
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
    facts = _Target(target)

    def decide(test: ast.expr) -> bool | None:
        if isinstance(test, ast.Constant):
            return bool(test.value)
        if isinstance(test, (ast.Name, ast.Attribute)):
            return False if _last(test) in _CHECKERS else None
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = decide(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.BoolOp):
            return _join(test, [decide(value) for value in test.values])
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return _compare(test, facts)
        if isinstance(test, ast.Call):
            return _starts_with(test, facts)
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


def _compare(test: ast.Compare, facts: _Target) -> bool | None:
    compare = _COMPARE.get(type(test.ops[0]))
    if compare is None or not (_is_fact(test.left) or _is_fact(test.comparators[0])):
        return None
    left, right = _value(test.left, facts), _value(test.comparators[0], facts)
    if left is None or right is None:
        return None
    if facts.version in (left, right) and any(_finer(side, facts) for side in (left, right)):
        return None
    if isinstance(left, _Hex) or isinstance(right, _Hex):
        left, right = _Hex.major(left, right), _Hex.major(right, left)
        if left == right:
            return None
    try:
        return bool(compare(left, right))
    except TypeError:
        return None


_NUMBERS = (ast.UnaryOp, ast.BinOp)
_LITERALS = (ast.Tuple, ast.List, ast.Set, ast.Dict, *_NUMBERS)
"""What may stand for a value as it is written. Most tests compare names, and asking each is slow."""
_NAMED = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)


class _Hex(int):
    """``sys.hexversion`` without what a target does not say: patch level and release."""

    @staticmethod
    def major(one: Any, other: Any) -> Any:
        """A side of a comparison cut to major and minor version, where the other is such a number."""
        cut = isinstance(one, int) and (isinstance(one, _Hex) or isinstance(other, _Hex))
        return one >> 16 if cut else one


def _finer(side: Any, facts: _Target) -> bool:
    """Whether a tuple asks for the patch level, which a target does not say."""
    return side is not facts.version and len(side) > 2 and side[:2] == facts.version[:2]


def _is_fact(node: ast.expr) -> bool:
    return not isinstance(node, (ast.Constant, ast.Tuple, ast.List, ast.Set))


def _value(node: ast.expr, facts: _Target) -> Any:
    """What a side of a comparison is on the target, or None."""
    chain = chain_of(node)
    if chain is not None and len(chain) > 1:
        if chain[-2:] == ("sys", "hexversion"):
            return _Hex((facts.version[0] << 24) + (facts.version[1] << 16))
        return facts.names.get(chain[-3:], facts.names.get(chain[-2:]))
    if isinstance(node, ast.Call):
        return _called(node, facts)
    if isinstance(node, ast.Subscript) and chain_of(node.value) == ("sys", "version_info"):
        return _part(facts.version, node.slice)
    if isinstance(node, ast.Constant):
        return node.value
    if not isinstance(node, _LITERALS):
        return None
    if isinstance(node, _NUMBERS) and any(isinstance(one, _NAMED) for one in walk(node)):
        return None  # ``len(rows) - 1``
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError):
        return None


def _called(node: ast.Call, facts: _Target) -> str | None:
    """``platform.system()``, also with ``.lower()``."""
    chain = chain_of(node.func)
    if chain is not None and chain in facts.calls:
        return facts.calls[chain]
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in ("lower", "upper") and not node.args:
        inner = _value(func.value, facts)
        if isinstance(inner, str):
            return inner.lower() if func.attr == "lower" else inner.upper()
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


def _starts_with(test: ast.Call, facts: _Target) -> bool | None:
    """``sys.platform.startswith("win")``, also of several beginnings."""
    func = test.func
    if not isinstance(func, ast.Attribute) or func.attr != "startswith" or len(test.args) != 1:
        return None
    text = _value(func.value, facts) if _is_fact(func.value) else None
    try:
        return (
            bool(text.startswith(ast.literal_eval(test.args[0]))) if isinstance(text, str) else None
        )
    except (ValueError, TypeError, SyntaxError):
        return None
