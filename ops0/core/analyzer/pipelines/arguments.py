"""Arguments of a call matched with the parameters of a step or pipeline, as Python would."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

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
    found = _Binding(module, callee, node, names)
    found.take_positional()
    found.take_named()
    needed = [one.name for one in callee.parameters if one.default is None]
    missing = [name for name in needed if name not in found.bound]
    if missing and not found.unsure:
        found.fault(node, f"is called without {', '.join(repr(name) for name in missing)}")
    return list(found.bound.items()), found.faults


@dataclass(slots=True)
class _Binding:
    """The arguments that have been matched so far. ``unsure``: others may be given, which only a run shows."""

    module: Module
    callee: Callee
    node: ast.Call
    names: list[str]
    bound: dict[str, ast.expr] = field(default_factory=dict)
    faults: list[Ops0Error] = field(default_factory=list)
    unsure: bool = False

    def fault(self, at: ast.expr, fact: str) -> None:
        where = self.module.where(at.lineno)
        self.faults.append(
            CallArgumentsWrong(where, self.callee.kind, self.callee.name, fact, self.names)
        )

    def take_positional(self) -> None:
        arguments, given = self.callee.node.args, self.node.args
        places = (*arguments.posonlyargs, *arguments.args)
        free = [one.arg for one in places if one.arg in self.names]
        for index, argument in enumerate(given):
            if isinstance(argument, ast.Starred):
                self.unsure = True
                fact = "is called with *: how many arguments that gives is only known when it runs"
                self.fault(argument, fact)
            elif index >= len(free):
                self.fault(argument, f"takes {_counted(len(free))} and is called with {len(given)}")
                break
            else:
                self.bound[free[index]] = argument

    def take_named(self) -> None:
        for keyword in self.node.keywords:
            name, value = keyword.arg, keyword.value
            if name is None:
                self.unsure = True
                fact = "is called with **: which arguments that gives is only known when it runs"
                self.fault(value, fact)
            elif name not in self.names:
                self.unsure = True  # it may be the missing one, misspelt
                self.fault(value, f"has no parameter '{name}'")
            elif name in self.bound:
                self.fault(value, f"is given '{name}' twice")
            else:
                self.bound[name] = value


def _counted(positional: int) -> str:
    return f"{positional} positional argument" + ("" if positional == 1 else "s")
