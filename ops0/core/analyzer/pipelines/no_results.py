"""Steps that return nothing although another one takes their result: mostly a ``return`` that was forgotten. Pure."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from ops0.core.analyzer.syntax.walking import own_nodes
from ops0.core.analyzer.warned import warned
from ops0.core.arguments import part_sources
from ops0.core.graphs.agreement import gives_nothing
from ops0.core.pipeline import Call, FromCall, FromCalls, Step, StepName, Warn

__all__ = ["with_no_results"]

_HINT = "return it at the end; if None is meant, say so: -> None"


def with_no_results(
    steps: Sequence[Step], calls: Sequence[Call], nodes: Mapping[StepName, ast.FunctionDef]
) -> tuple[Step, ...]:
    """The steps, each with a warning that returns nothing and is asked for its result. ``nodes``: their functions."""
    takers = _takers(calls)
    return tuple(_warned(step, takers.get(step.name), nodes.get(step.name)) for step in steps)


def _warned(step: Step, taker: StepName | None, node: ast.FunctionDef | None) -> Step:
    if taker is None or node is None or not _forgets(node):
        return step
    text = f"step '{step.name}' returns nothing, and '{taker}' takes its result"
    return warned(step, [Warn(where=step.where, text=text, hint=_HINT)])


def _takers(calls: Sequence[Call]) -> Mapping[StepName, StepName]:
    """Of each step whose result is taken the first step that takes it."""
    steps = {call.id: call.step for call in calls}
    found: dict[StepName, StepName] = {}
    for call in calls:
        for _, source in part_sources(call):
            if isinstance(source, (FromCall, FromCalls)) and source.call in steps:
                found.setdefault(steps[source.call], call.step)
    return found


def _forgets(node: ast.FunctionDef) -> bool:
    """Whether a function ends without a value and nowhere says that it means to."""
    if node.returns is not None and gives_nothing(ast.unparse(node.returns)):
        return False
    if isinstance(node.body[-1], ast.Raise) or all(map(_is_stub, node.body)):
        return False
    return not any(
        isinstance(one, (ast.Yield, ast.YieldFrom))
        or (isinstance(one, ast.Return) and one.value is not None)
        for one in own_nodes(node.body)
    )


def _is_stub(statement: ast.stmt) -> bool:
    """``pass``, ``...`` or a docstring: a function that is yet to be written."""
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return constant or isinstance(statement, ast.Pass)
