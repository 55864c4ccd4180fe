"""Pipelines and steps that a file calls when it is imported, as a script does. Pure."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from ops0.core.analyzer.project.markers import decorator_marks
from ops0.core.analyzer.project.module import Module
from ops0.core.notebooks.document import is_notebook
from ops0.core.pipeline import IN_EACH_PROCESS, Warn

__all__ = ["called_at_import"]

_GUARD = 'put it below `if __name__ == "__main__":`, or leave it out: ops0 calls the steps'
_STATEMENTS = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)


def called_at_import(module: Module, steps: Collection[str]) -> Iterator[Warn]:
    """Warn of calls at the left edge of the file: the process of each step imports it, and would make them again.

    steps: the names by which the file knows its steps. Of a notebook no cell runs but those that a step needs
    """
    if is_notebook(module.path):
        return
    names = {*steps, *_pipelines(module)}
    for statement in module.parsed.tree.body:
        if isinstance(statement, _STATEMENTS) and statement.value is not None:
            for called in _called(statement.value):
                if called.id in names:
                    yield Warn(
                        where=module.where(called.lineno),
                        text=f"`{called.id}(...)` runs when the file is imported, {IN_EACH_PROCESS}",
                        hint=_GUARD,
                    )


def _pipelines(module: Module) -> Iterator[str]:
    for unit in module.units:
        if isinstance(unit.node, ast.FunctionDef) and "pipeline" in decorator_marks(module, unit):
            yield unit.node.name


def _called(node: ast.AST) -> Iterator[ast.Name]:
    """The names that an expression calls itself, not by a function that it makes."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield node.func
    for inner in ast.iter_child_nodes(node):
        yield from _called(inner)
