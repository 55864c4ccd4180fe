"""Telling ops0's own decorators and calls in the user's code, under whatever names they were imported."""

from __future__ import annotations

import ast

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, Resolved, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import DEFINITIONS, Unit

__all__ = ["MARKS", "decorator_marks", "is_marked", "mark_of"]

MARKS = frozenset(
    {
        "alert.email",
        "alert.slack",
        "alert.webhook",
        "cache",
        "cleanup_after",
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
    found = _meant(module, node)
    if isinstance(found, External):
        return _own_mark(found)
    if isinstance(found, Local) and not found.rest and not isinstance(node, ast.Call):
        return "step" if _makes_steps(found.module, found.unit.node) else None
    return None


def _meant(module: Module, node: ast.expr) -> Resolved | None:
    chain = chain_of(node.func if isinstance(node, ast.Call) else node)
    return None if chain is None else resolve(module, chain)


def _own_mark(found: Resolved | None) -> str | None:
    if not isinstance(found, External):
        return None
    if found.dotted in _STEPS:
        return "step"
    parts = found.dotted.split(".")
    if parts[0] != "ops0":
        return None
    return ".".join(parts[-2:] if _is_grouped(found.dotted) else parts[-1:])


def _makes_steps(module: Module, node: ast.AST) -> bool:
    """Whether a decorator of the project's own makes what it is given a step.

    It ends in ``return wrapper``, a function in it that ``@step`` stands above, or in ``return step(wrapper)``.
    """
    if not isinstance(node, ast.FunctionDef) or not isinstance(node.body[-1], ast.Return):
        return False
    given = node.body[-1].value
    if isinstance(given, ast.Call):
        return len(given.args) == 1 and _own_mark(_meant(module, given.func)) == "step"
    return isinstance(given, ast.Name) and any(
        isinstance(one, ast.FunctionDef)
        and one.name == given.id
        and any(_own_mark(_meant(module, above)) == "step" for above in one.decorator_list)
        for one in node.body
    )


def _is_grouped(dotted: str) -> bool:
    """Whether a name of ops0 is one of a group, as ``ops0.alert.slack``, which is told with its group."""
    parts = dotted.split(".")
    return len(parts) > 2 and parts[-2] in _GROUPS


def decorator_marks(module: Module, unit: Unit) -> dict[str, ast.expr]:
    """ops0's decorators on a definition, by name."""
    node = unit.node
    if not isinstance(node, DEFINITIONS):
        return {}
    marks = ((mark_of(module, decorator), decorator) for decorator in node.decorator_list)
    return {mark: decorator for mark, decorator in marks if mark is not None}


def is_marked(module: Module, chain: tuple[str, ...], *marks: str) -> bool:
    """Whether a dotted name leads to a function of the project with one of these decorators."""
    found = resolve(module, chain)
    if not isinstance(found, Local) or found.rest:
        return False
    return not decorator_marks(found.module, found.unit).keys().isdisjoint(marks)
