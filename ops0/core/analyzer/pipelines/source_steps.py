"""What a step with ``@ops0.source`` must be: a name for records, with nothing to run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ops0.core.analyzer.errors import BadDecorator
from ops0.core.analyzer.pipelines.options import StepMarks
from ops0.core.api.source_decorators import no_body, no_parameters
from ops0.core.pipeline import Where

__all__ = ["source_faults"]


def source_faults(where: Where, node: ast.FunctionDef, marks: StepMarks) -> Iterator[BadDecorator]:
    """What stands on a source that nothing would ever run."""
    options = marks.options
    if options.source is None:
        return
    mark = f"source.{options.source.kind}"
    arguments = node.args
    if arguments.posonlyargs or arguments.args or arguments.kwonlyargs:
        yield BadDecorator(where, mark, *no_parameters(node.name))
    if not all(_is_nothing(statement) for statement in node.body):
        yield BadDecorator(where, mark, *no_body(node.name))
    said = {
        "alert": options.alerts,
        "cache": options.cache,
        "model.load": options.model,
        "secrets": options.secrets,
    }
    for other, given in said.items():
        if given:
            fact = (
                f"'{node.name}' has a source, so its body never runs and @ops0.{other} does nothing"
            )
            yield BadDecorator(where, mark, fact, f"put @ops0.{other} on the next step")


def _is_nothing(statement: ast.stmt) -> bool:
    """``pass``, a docstring, ``...``, ``return``."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Return):
        return statement.value is None
    return isinstance(statement, ast.Pass)
