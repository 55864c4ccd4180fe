"""Arguments of a call matched with the parameters of a step or pipeline, as Python would."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ops0.core.analyzer.errors import CallArgumentsWrong
from ops0.core.analyzer.project.module import Module
from ops0.core.errors import Ops0Error
from ops0.core.pipeline import Parameter

__all__ = ["Callee", "bound_arguments"]


@dataclass(frozen=True, slots=True)
class Callee:
    """What is called. ``kind``: ``Step`` or ``Pipeline``;  ``parameters``: those that a call may give."""

    kind: str
    name: str
    node: ast.FunctionDef
    parameters: tuple[Parameter, ...]


def bound_arguments(
    module: Module, callee: Callee, node: ast.Call
) -> tuple[list[tuple[str, ast.expr]], list[Ops0Error]]:
    """(parameter, expression) in the order of the call, and what does not fit."""
    names = [one.name for one in callee.parameters]
    faults: list[Ops0Error] = []

    def fault(at: ast.AST, fact: str) -> None:
        where = module.where(getattr(at, "lineno", node.lineno))
        faults.append(CallArgumentsWrong(where, callee.kind, callee.name, fact, names))

    arguments = callee.node.args
    free = [one.arg for one in (*arguments.posonlyargs, *arguments.args) if one.arg in names]
    bound: dict[str, ast.expr] = {}
    unsure = False
    for index, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            unsure = True
            fault(
                argument,
                "is called with *: how many arguments that gives is only known when it runs",
            )
        elif index >= len(free):
            fault(
                argument,
                f"takes {_counted(len(free))} and is called with {len(node.args)}",
            )
            break
        else:
            bound[free[index]] = argument
    for keyword in node.keywords:
        if keyword.arg is None:
            unsure = True
            fault(
                keyword.value,
                "is called with **: which arguments that gives is only known when it runs",
            )
        elif keyword.arg not in names:
            unsure = True  # it may be the missing one, misspelt
            fault(keyword.value, f"has no parameter '{keyword.arg}'")
        elif keyword.arg in bound:
            fault(keyword.value, f"is given '{keyword.arg}' twice")
        else:
            bound[keyword.arg] = keyword.value
    missing = [
        one.name for one in callee.parameters if one.default is None and one.name not in bound
    ]
    if missing and not unsure:
        fault(node, f"is called without {', '.join(repr(name) for name in missing)}")
    return list(bound.items()), faults


def _counted(positional: int) -> str:
    return f"{positional} positional argument" + ("" if positional == 1 else "s")
