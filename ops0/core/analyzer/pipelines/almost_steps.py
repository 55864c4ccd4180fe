"""What looks as if a step had been meant: the slips of a first try."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from ops0 import __all__ as PUBLIC  # noqa: N812
from ops0.core.analyzer.errors import BadDecorator, StepShape
from ops0.core.analyzer.pipelines.options import arguments_of
from ops0.core.analyzer.project.markers import MARKS, decorator_marks, mark_of
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import FUNCTIONS, Unit
from ops0.core.errors import AnalysisError

__all__ = ["almost_steps", "misspelt_decorators", "steps_by_call"]

_WRITE = "write @ops0.step on a line of its own above a `def`"


def almost_steps(module: Module) -> list[AnalysisError]:
    """In a file without steps: each place with what to change there; [] where nothing points to a step."""
    return [
        fault
        for node in ast.walk(module.parsed.tree)
        for fault in (
            _decorated(module, node) if isinstance(node, FUNCTIONS) else _called(module, node)
        )
    ]


def steps_by_call(module: Module) -> list[AnalysisError]:
    """``made = ops0.step(function)`` at the left edge of a file: no run would have that step, and nobody be told."""
    return [fault for node in module.parsed.tree.body for fault in _called(module, node)]


def misspelt_decorators(module: Module, unit: Unit) -> list[AnalysisError]:
    """Decorators that ops0 does not have, above a function that is no step for that very reason."""
    marks = decorator_marks(module, unit)
    faults: list[AnalysisError] = []
    for mark, decorator in marks.items() if "step" not in marks else ():
        chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if mark in PUBLIC or chain is None or resolve(module, chain) != External(f"ops0.{mark}"):
            continue
        try:
            arguments_of(module, decorator, mark)
        except BadDecorator as fault:
            faults.append(fault)
    return faults


def _decorated(
    module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> Iterator[AnalysisError]:
    for decorator in node.decorator_list:
        where = module.where(decorator.lineno)
        unbound = _unbound(module, decorator)
        mark = mark_of(module, decorator)
        if unbound is not None:
            hint = "add `import ops0` at the top of the file, and write @ops0.step"
            yield BadDecorator(where, "step", f"`{unbound}` is not imported", hint)
        elif mark == "step":
            hint = "write it at the left edge of the file, outside of any other function or class"
            yield StepShape(where, node.name, "is declared inside a block of code", hint)
        elif mark in MARKS and mark != "pipeline":
            yield BadDecorator(
                where, mark or "", f"'{node.name}' is no step", "add @ops0.step above it"
            )


def _called(module: Module, node: ast.AST) -> Iterator[AnalysisError]:
    """``made = ops0.step(function)``."""
    value = node.value if isinstance(node, ast.Assign) else None
    given = value.func if isinstance(value, ast.Call) and value.args else None
    if given is not None and mark_of(module, given) == "step":
        assert isinstance(value, ast.Call)  # noqa: S101 - as above
        yield BadDecorator(module.where(value.lineno), "step", "it is called as a function", _WRITE)


def _unbound(module: Module, decorator: ast.expr) -> str | None:
    """``ops0`` of ``@ops0.step``, or ``step`` of ``@step``, where the module does not have that name."""
    chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
    if chain is None or chain[0] in module.bindings or hasattr(builtins, chain[0]):
        return None
    return chain[0] if chain in (("step",), ("ops0", *chain[1:])) else None
