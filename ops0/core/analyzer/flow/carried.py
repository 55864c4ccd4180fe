"""What an annotation leaves unsaid: it names an engine's class, and not the driver that its address asks for."""

from __future__ import annotations

from collections.abc import Callable

from ops0.core.analyzer.flow.table import flow_table
from ops0.core.analyzer.flow.values import NOTHING, Made, Value

__all__ = ["carried"]


def carried(said: Value, found: Callable[[], Value]) -> Value:
    """Of what a value is made of, what goes on needing it; nothing where the annotation names no such class.

    found: what the value is made of, asked only then
    """
    carriers = flow_table().carriers
    if not any(_top(one.dotted) in carriers for one in said.makers if isinstance(one, Made)):
        return NOTHING
    return Value(frozenset(one for one in found().libraries if _top(one.dotted) in carriers))


def _top(dotted: str) -> str:
    return dotted.partition(".")[0]
