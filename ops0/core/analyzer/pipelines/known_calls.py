"""Calls of what Python itself brings, worked out before the run: ``zip(A, B)``, ``A.items()``."""

from __future__ import annotations

import ast
from typing import Any

from ops0.core.analyzer.pipelines.builtins import METHODS, called_function, called_method
from ops0.core.analyzer.pipelines.calculations import calculated
from ops0.core.analyzer.pipelines.constants import CHANGING, is_constant
from ops0.core.analyzer.pipelines.frames import Frame, shown
from ops0.core.analyzer.pipelines.pieces import BROKEN, is_changeable
from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = ["function_called", "method_called", "owner_of"]


def owner_of(frame: Frame, node: ast.expr) -> Any:
    """What a method is called on, where a pipeline may know it; else None."""
    chain = chain_of(node)
    if chain is None or chain[0] in frame.values or is_constant(frame, node):
        return frame.value(node)
    return None


def _arguments(frame: Frame, node: ast.Call) -> tuple[list[Any], dict[str, Any]] | None:
    """The values of a call's arguments, generators as lists; None after a fault."""
    nodes = [
        ast.copy_location(ast.ListComp(elt=one.elt, generators=one.generators), one)
        if isinstance(one, ast.GeneratorExp)
        else one
        for one in node.args
    ]
    sequence = frame.value(ast.copy_location(ast.List(elts=nodes, ctx=ast.Load()), node))
    named: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            frame.fault(keyword.value, "** is not read here", "name each argument")
            return None
        named[keyword.arg] = frame.value(keyword.value)
    if sequence is BROKEN or any(one is BROKEN for one in named.values()):
        return None
    return sequence, named


def function_called(frame: Frame, node: ast.Call, name: str) -> Any:
    """``zip(REGIONS, YEARS)``: calculated before the run."""
    given = _arguments(frame, node)
    if given is None:
        return BROKEN
    known = [frame.is_known(at, one) for at, one in zip(node.args, given[0], strict=False)]
    return calculated(frame, node, lambda: called_function(name, *given)) if all(known) else BROKEN


def method_called(frame: Frame, node: ast.Call, func: ast.Attribute, owner: Any) -> Any:
    """``models.append(train(rows))``, ``PATHS.items()``."""
    if (
        owner is BROKEN
    ):  # of what only its methods know, as type=int of an ArgumentParser, nothing is to be told
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(argument, ast.Call):
                frame.value(argument)
        return BROKEN
    given = _arguments(frame, node)
    if given is None:
        return BROKEN
    methods = next(METHODS[one] for one in METHODS if isinstance(owner, one))
    if func.attr not in methods:
        return frame.fault(
            node,
            f"`{shown(func)}` is not read in a pipeline",
            f"what is read there: {', '.join(sorted(methods))}; move the rest into a step",
        )
    if func.attr in CHANGING and not is_changeable(owner):
        fact = f"`{shown(func.value)}` stands in a module, and is not changed in a pipeline"
        return frame.fault(node, fact, f"change a copy: {shown(func.value)}.copy()")
    return calculated(frame, node, lambda: called_method(owner, func.attr, *given))
