"""A pipeline function read as what it is: steps called with each other's results.

What is known before the run is worked out while reading: loops over literals are unrolled, other pipelines that are
called are read in their place. So the graph is complete before anything runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from ops0.core.analyzer.errors import PipelineBody, UnknownStep
from ops0.core.analyzer.hidden.passing import defaults_of
from ops0.core.analyzer.pipelines.arguments import Callee, bound_arguments
from ops0.core.analyzer.pipelines.builtins import FUNCTIONS, METHODS
from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep, parameters_of
from ops0.core.analyzer.pipelines.drawing import Drawing
from ops0.core.analyzer.pipelines.expressions import value_of
from ops0.core.analyzer.pipelines.frames import FindStep, Frame, shown
from ops0.core.analyzer.pipelines.known_calls import function_called, method_called, owner_of
from ops0.core.analyzer.pipelines.pieces import BROKEN, StepItself, Unfit, as_input, fixed
from ops0.core.analyzer.pipelines.statements import read_body
from ops0.core.analyzer.project.literals import NotLiteral, json_value, literal
from ops0.core.analyzer.project.markers import decorator_marks
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Chain
from ops0.core.arguments import part_sources
from ops0.core.errors import raise_together
from ops0.core.pipeline import Call, CallId, FromCall, FromParam, Input

__all__ = ["FindStep", "read_calls"]


def read_calls(
    module: Module, node: ast.FunctionDef, find_step: FindStep, known: tuple[str, ...]
) -> tuple[tuple[Call, ...], tuple[CallId, ...], tuple[DeclaredStep, ...]]:
    """Read a pipeline function.

    find_step: the step behind a dotted name of a module;  known: all names of steps, for messages
    returns:   the calls in order, the results, and the steps that are called, each once
    raises:    PipelineBody, UnknownStep, CallArgumentsWrong; ErrorGroup of them
    """
    drawing = Drawing(known)
    frame = Frame(module, drawing, value_of, _Calls(find_step).call, find_step)
    drawing.open.append(node)
    results: tuple[CallId, ...] = ()
    try:
        frame.values.update(_run_parameters(frame, node))
        end, value = read_body(frame, node)
        results = (
            _untaken(drawing)
            if end is None or end.value is None
            else tuple(_results(frame, end, value))
        )
        if not drawing.calls and not drawing.faults:
            frame.fault(node, f"the pipeline '{node.name}' calls no step")
    except PipelineBody as fault:  # there were too many calls: nothing more is read
        drawing.note(fault)
    raise_together(drawing.faults)
    return tuple(drawing.calls), results, tuple(drawing.steps.values())


def _run_parameters(frame: Frame, node: ast.FunctionDef) -> Iterator[tuple[str, Any]]:
    """The pipeline's own parameters are given when the run starts."""
    _check_parameters(frame, node)
    defaults = defaults_of(node)
    for one in parameters_of(frame.module, node):
        default, value = defaults.get(one.name), None
        try:
            value = None if default is None else json_value(frame.module, default)
        except NotLiteral:
            _no_literal(frame, default or node, one.name)
        yield (
            one.name,
            FromParam(
                param=one.name,
                required=default is None,
                default=value,
                annotation=one.annotation,
            ),
        )


def _check_parameters(frame: Frame, node: ast.FunctionDef) -> None:
    if node.args.vararg is not None or node.args.kwarg is not None:
        frame.fault(node, "a pipeline takes no *args or **kwargs", "name each parameter")


def _no_literal(frame: Frame, node: ast.AST, name: str) -> Any:
    return frame.fault(
        node, f"the default of '{name}' is no JSON literal", "write the value itself"
    )


def _results(frame: Frame, node: ast.Return, value: Any) -> Iterator[CallId]:
    """The calls whose results a ``return`` gives: one, or a tuple, list or dict of them. Each once."""
    found: dict[CallId, None] = {}
    todo = [value]
    while todo:
        one = todo.pop(0)
        frame.drawing.spend(frame.module, node)
        if isinstance(one, FromCall) and one.item is None:
            found[one.call] = None
        elif isinstance(one, (list, tuple)):
            todo[:0] = one
        elif isinstance(one, dict):
            todo[:0] = one.values()
        elif isinstance(one, StepItself):
            value = frame.itself(node, one.name)
        elif one is not BROKEN:
            fact = "only whole results of steps can be returned"
            frame.fault(node, fact, "return the call, or give it to a step")
    if not found and value is not BROKEN and isinstance(value, (list, tuple, dict)):
        frame.fault(node, f"`return {shown(node.value or node)}` gives no result")
    yield from found


def _untaken(drawing: Drawing) -> tuple[CallId, ...]:
    """The calls whose results nobody takes: what is given back without a ``return``."""
    taken = {
        part.call
        for call in drawing.calls
        for _, part in part_sources(call)
        if isinstance(part, FromCall)
    }
    return tuple(call.id for call in drawing.calls if call.id not in taken)


class _Calls:
    """Reads the calls in a pipeline function: of steps, of other pipelines, of what Python itself brings."""

    def __init__(self, find_step: FindStep) -> None:
        self.find_step = find_step

    def call(self, frame: Frame, node: ast.Call) -> Any:
        """What a call gives; BROKEN after a fault."""
        chain = chain_of(node.func)
        if chain is not None and chain[0] not in frame.values:
            step, mapped = self.step(frame.module, chain)
            if step is not None:
                return _step_called(frame, step, node, mapped)
            found = resolve(frame.module, chain)
            if isinstance(found, Local) and not found.rest:
                made = found.unit.node
                if isinstance(made, ast.FunctionDef) and _is_pipeline(found):
                    return self.pipeline(frame, found.module, made, node)
            elif found is None and len(chain) == 1 and chain[0] in FUNCTIONS:
                return function_called(frame, node, chain[0])
        held = self.held(frame, node.func)
        if held is not None:
            return _step_called(frame, held[0].step, node, held[1])
        if isinstance(node.func, ast.Attribute):
            owner = owner_of(frame, node.func.value)
            if owner is BROKEN or isinstance(owner, tuple(METHODS)):
                return method_called(frame, node, node.func, owner)
        return self.unknown(frame, node)

    def held(self, frame: Frame, func: ast.expr) -> tuple[StepItself, bool] | None:
        """The step in a variable that is called, ``fit(rows)``, ``fits["a"](rows)``; whether as ``fit.map(rows)``."""
        mapped = isinstance(func, ast.Attribute) and func.attr == "map"
        node = func.value if isinstance(func, ast.Attribute) and mapped else func
        holder = node
        while isinstance(holder, ast.Subscript):
            holder = holder.value
        root = chain_of(holder)
        if root is None or len(root) > 1 or root[0] not in frame.values:
            return None
        found = frame.value(node)
        return (found, mapped) if isinstance(found, StepItself) else None

    def step(self, module: Module, chain: Chain) -> tuple[DeclaredStep | None, bool]:
        """The step that is called, and whether for each item: ``step.map(items)``."""
        step = self.find_step(module, chain)
        if step is None and len(chain) > 1 and chain[-1] == "map":
            return self.find_step(module, chain[:-1]), True
        return step, False

    def pipeline(
        self, frame: Frame, module: Module, function: ast.FunctionDef, node: ast.Call
    ) -> Any:
        """A pipeline called in a pipeline: read in its place."""
        drawing = frame.drawing
        callee = Callee("Pipeline", function.name, function, parameters_of(module, function))
        bound, faults = bound_arguments(frame.module, callee, node)
        given = {name: frame.value(argument) for name, argument in bound}
        for fault in faults:
            drawing.note(fault)
        if function in drawing.open:
            names = [one.name for one in (*drawing.open[drawing.open.index(function) :], function)]
            fact = f"the pipeline '{function.name}' calls itself: {' → '.join(names)}"
            return frame.fault(node, fact, "write the calls out; a loop may go over a literal")
        if faults:
            return BROKEN
        inner = Frame(module, drawing, value_of, self.call, self.find_step)
        _check_parameters(inner, function)
        for name, default in defaults_of(function).items():
            if default is not None and name not in given:
                try:
                    given[name] = fixed(literal(module, default))
                except NotLiteral:
                    given[name] = _no_literal(inner, default, name)
        inner.values.update(given)
        drawing.open.append(function)
        _, value = read_body(inner, function)
        drawing.open.pop()
        return value

    def unknown(self, frame: Frame, node: ast.Call) -> Any:
        """What is called is nothing that a pipeline may call."""
        drawing = frame.drawing
        where, name = frame.module.where(node.lineno), ast.unparse(node.func)[:60]
        chain = chain_of(node.func)
        found = None if chain is None else resolve(frame.module, chain)
        own = isinstance(found, Local) and isinstance(found.unit.node, ast.FunctionDef)
        drawing.note(UnknownStep(where, name, drawing.known, own=own))
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(argument, ast.Call):
                self.call(frame, argument)
        return BROKEN


def _is_pipeline(found: Local) -> bool:
    return "pipeline" in decorator_marks(found.module, found.unit)


def _step_called(frame: Frame, step: DeclaredStep, node: ast.Call, mapped: bool) -> Any:
    """A step called: a node of the graph."""
    callee = Callee("Step", step.name, step.node, step.parameters)
    bound, faults = bound_arguments(frame.module, callee, node)
    if mapped and not node.args:
        frame.fault(node, "nothing to go over", f"write {step.name}.map(items)")
    else:
        for fault in faults:
            frame.drawing.note(fault)
    given = {name: _input(frame, argument) for name, argument in bound}
    each = tuple(name for name, argument in bound if mapped and argument in node.args)
    inputs = ((one.name, given.get(one.name)) for one in step.parameters)
    return frame.drawing.add(
        step,
        tuple((name, value) for name, value in inputs if value is not None),
        frame.module.where(node.lineno),
        each,
    )


def _input(frame: Frame, node: ast.expr) -> Input | None:
    """An argument; None after a fault."""
    value = frame.value(node)
    if value is BROKEN:
        return None
    if isinstance(value, StepItself):
        frame.itself(node, value.name)
        return None
    try:
        return as_input(value)
    except Unfit as fault:
        if str(fault):
            frame.fault(node, f"`{shown(node)}`: {fault}", "give it to the step in a file")
        else:
            frame.neither(node)
        return None
