"""What Python calculates with known values, within bounds: nothing that a file says may take long or much memory."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from ops0.core.analyzer.pipelines.pieces import is_open, is_scalar

__all__ = ["BINARY", "COMPARED", "MOST_ITEMS", "Refused", "check_size", "formatted", "negated"]

MOST_ITEMS = 10_000
"""How many items a list may have, and how many characters a text."""
_LARGEST = 2**64
_WIDE = re.compile(r"\d{4}")


class Refused(Exception):
    """A calculation that is not done before the run. The text is the fact."""


def check_size(value: Any) -> Any:
    """The value, if it is no larger than a pipeline needs. Raises Refused."""
    if isinstance(value, (str, list, tuple, dict)) and len(value) > MOST_ITEMS:
        raise Refused(f"it has more than {MOST_ITEMS:,} items")
    if isinstance(value, (int, float)) and not -_LARGEST < value < _LARGEST:
        raise Refused("the number is too large")
    return value


def _sum(left: Any, right: Any) -> Any:
    return check_size(check_size(left) + check_size(right))


def _product(left: Any, right: Any) -> Any:
    check_size(left), check_size(right)
    for items, times in ((left, right), (right, left)):
        if isinstance(items, (str, list, tuple)) and isinstance(times, int):
            if len(items) * times > MOST_ITEMS:
                raise Refused(f"it has more than {MOST_ITEMS:,} items")
            return items * times
    return check_size(left * right)


def _rest(left: Any, right: Any) -> Any:
    given = right if isinstance(right, tuple) else (right,)
    if isinstance(left, str) and (_WIDE.search(left) or not all(map(is_scalar, given))):
        raise Refused("it is not calculated before the run")
    return check_size(check_size(left) % check_size(right))


def _plain(make: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda left, right: check_size(make(check_size(left), check_size(right)))


BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: _sum,
    ast.Sub: _plain(operator.sub),
    ast.Mult: _product,
    ast.Div: _plain(operator.truediv),
    ast.FloorDiv: _plain(operator.floordiv),
    ast.Mod: _rest,
}


def _ordered(make: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        if not (is_scalar(left) and is_scalar(right)):
            raise Refused("only texts, numbers, True, False and None are compared before the run")
        return make(left, right)

    return compare


def _within(left: Any, right: Any) -> bool:
    if isinstance(right, (list, tuple)) and any(map(is_open, right)):
        raise Refused("what is in it is only known when the pipeline runs")
    if not is_scalar(left) or not isinstance(right, (str, list, tuple, dict, range)):
        raise Refused("only texts, numbers, True, False and None are looked for before the run")
    if isinstance(right, (list, tuple)):
        return any(is_scalar(one) and left == one for one in right)
    return left in right


COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: _ordered(operator.eq),
    ast.NotEq: _ordered(operator.ne),
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.Is: _ordered(operator.is_),
    ast.IsNot: _ordered(operator.is_not),
    ast.In: _within,
    ast.NotIn: lambda left, right: not _within(left, right),
}


def negated(value: Any, minus: bool) -> Any:
    """``-value`` or ``+value``."""
    return check_size(-value if minus else +value)


def formatted(value: Any, conversion: int, spec: str) -> str:
    """A value in an f-string: ``conversion`` is that of ast.FormattedValue."""
    if not is_scalar(value):
        raise Refused("only texts, numbers, True, False and None become text before the run")
    if _WIDE.search(spec):
        raise Refused("the text would be too long")
    check_size(value)
    shown: dict[int, Callable[[Any], str]] = {ord("r"): repr, ord("a"): ascii, ord("s"): str}
    value = shown[conversion](value) if conversion in shown else value
    text: str = check_size(format(value, spec))
    return text
