"""Arguments that a step calls although they are what the step of that name gave. Pure."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep
from ops0.core.pipeline import Warn

__all__ = ["called_arguments"]


def called_arguments(declared: DeclaredStep, names: Collection[str]) -> Iterator[Warn]:
    """Warn of calls of a parameter that has the name of a step: ``def train(load): load()``.

    names: those by which the pipeline file knows its steps
    """
    arguments = declared.node.args
    taken = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    shadowed = taken.intersection(names) - {declared.bound}
    nodes = [node for one in declared.node.body for node in ast.walk(one)] if shadowed else []
    assigned = {one.id for one in nodes if isinstance(one, ast.Name) and _is_set(one)}
    for node in nodes:
        name = node.func if isinstance(node, ast.Call) else None
        if isinstance(name, ast.Name) and name.id in shadowed - assigned:
            yield Warn(
                where=declared.module.where(name.lineno),
                text=f"`{name.id}(...)` calls what the step '{name.id}' gave, not the step",
                hint="to call the step, give the parameter another name",
            )


def _is_set(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)
