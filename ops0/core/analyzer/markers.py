"""Telling ops0's own decorators and calls in the user's code, under whatever names they were imported."""

from __future__ import annotations

import ast

from ops0.core.analyzer.conditions import chain_of
from ops0.core.analyzer.model import Unit
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.resolve import External, Local, resolve

__all__ = ["MARKS", "decorator_marks", "is_marked", "mark_of"]

MARKS = frozenset(
    {
        "alert.email",
        "alert.slack",
        "alert.webhook",
        "cache",
        "model.load",
        "deploy",
        "image",
        "pipeline",
        "requires",
        "resources",
        "retry",
        "run",
        "secrets",
        "source.files",
        "source.http",
        "source.kafka",
        "source.sql",
        "step",
        "timeout",
    }
)

_STEPS = frozenset({"ops0.integrations.pandas.dataframe_step"})
"""Decorators that make a function a step and do something more."""
_GROUPS = frozenset({"alert", "model", "source"})


def mark_of(module: Module, node: ast.expr) -> str | None:
    """``step`` for ``@ops0.step``, ``@ops0.step(...)``, ``@s`` after ``from ops0 import step as s``; else None.

    A name of ops0 that is none of MARKS is given too: whoever asks decides.
    """
    chain = chain_of(node.func if isinstance(node, ast.Call) else node)
    if chain is None:
        return None
    found = resolve(module, chain)
    if isinstance(found, External) and found.dotted in _STEPS:
        return "step"
    if isinstance(found, External) and found.dotted.partition(".")[0] == "ops0":
        return ".".join(
            found.dotted.split(".")[-2:]
            if _is_grouped(found.dotted)
            else found.dotted.split(".")[-1:]
        )
    return None


def _is_grouped(dotted: str) -> bool:
    """Whether a name of ops0 is one of a group, as ``ops0.alert.slack``, which is told with its group."""
    parts = dotted.split(".")
    return len(parts) > 2 and parts[-2] in _GROUPS


def decorator_marks(module: Module, unit: Unit) -> dict[str, ast.expr]:
    """ops0's decorators on a definition, by name."""
    node = unit.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {}
    marks = ((mark_of(module, decorator), decorator) for decorator in node.decorator_list)
    return {mark: decorator for mark, decorator in marks if mark is not None}


def is_marked(module: Module, chain: tuple[str, ...], *marks: str) -> bool:
    """Whether a dotted name leads to a function of the project with one of these decorators."""
    found = resolve(module, chain)
    if not isinstance(found, Local) or found.rest:
        return False
    return not decorator_marks(found.module, found.unit).keys().isdisjoint(marks)
