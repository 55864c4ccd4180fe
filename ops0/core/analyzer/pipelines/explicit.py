"""A pipeline function read as what it is: steps called with each other's results. Nothing else may stand in it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from ops0.core.analyzer.errors import PipelineBody, UnknownStep
from ops0.core.analyzer.hidden.passing import defaults_of
from ops0.core.analyzer.pipelines.arguments import bound_arguments
from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep, parameters_of
from ops0.core.analyzer.pipelines.markers import is_marked
from ops0.core.analyzer.project.literals import NotLiteral, json_value
from ops0.core.analyzer.project.modules import Module
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Chain
from ops0.core.errors import Ops0Error, raise_together
from ops0.core.pipeline import Call, CallId, FromCall, FromConstant, FromParam, Input, StepName

__all__ = ["FindStep", "read_calls"]

FindStep = Callable[[Chain], "DeclaredStep | None"]

_BLOCKS = {
    ast.If: "`if` decides while the pipeline runs",
    ast.For: "a loop decides while the pipeline runs",
    ast.AsyncFor: "a loop decides while the pipeline runs",
    ast.While: "a loop decides while the pipeline runs",
    ast.With: "`with` does nothing for steps that run elsewhere",
    ast.Try: "errors of steps are not caught in a pipeline",
    ast.Import: "imports belong to the top of the file",
    ast.ImportFrom: "imports belong to the top of the file",
    ast.FunctionDef: "functions belong to the top of the file",
    ast.Assert: "a check of values belongs into a step",
}

_FOR_EACH = "for a call for each item write results = step.map(items)"


def read_calls(
    module: Module, node: ast.FunctionDef, find_step: FindStep, known: tuple[str, ...]
) -> tuple[tuple[Call, ...], tuple[CallId, ...], tuple[DeclaredStep, ...]]:
    """Read a pipeline function.

    find_step: the step behind a dotted name of the module;  known: all names of steps, for messages
    returns:   the calls in order, the results, and the steps that are called, each once
    raises:    PipelineBody, UnknownStep, CallArgumentsWrong; ErrorGroup of them
    """
    reader = _Reader(module, find_step, known)
    reader.parameters(node)
    for statement in node.body:
        reader.statement(statement)
    if not reader.calls and not reader.faults:
        reader.faults.append(
            PipelineBody(module.where(node.lineno), f"the pipeline '{node.name}' calls no step")
        )
    raise_together(reader.faults)
    return tuple(reader.calls), reader.outcome(), tuple(reader.steps.values())


@dataclass
class _Reader:
    module: Module
    find_step: FindStep
    known: tuple[str, ...]
    values: dict[str, Input | None] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    steps: dict[str, DeclaredStep] = field(default_factory=dict)
    returned: tuple[CallId, ...] | None = None
    faults: list[Ops0Error] = field(default_factory=list)

    def parameters(self, node: ast.FunctionDef) -> None:
        """The pipeline's own parameters are given when the run starts."""
        if node.args.vararg is not None or node.args.kwarg is not None:
            self.fault(node, "a pipeline takes no *args or **kwargs", "name each parameter")
        defaults = defaults_of(node)
        for one in parameters_of(self.module, node):
            default = defaults.get(one.name)
            try:
                value = json_value(self.module, default) if default is not None else None
            except NotLiteral:
                self.fault(
                    default or node,
                    f"the default of '{one.name}' is no JSON literal",
                    "write the value itself",
                )
                value = None
            self.values[one.name] = FromParam(
                param=one.name, required=default is None, default=value, annotation=one.annotation
            )

    def statement(self, node: ast.stmt) -> None:
        """One statement of the body."""
        if self.returned is not None:
            self.fault(node, "nothing can follow `return`")
        elif isinstance(node, ast.Expr):
            if not isinstance(node.value, ast.Constant):
                self.value(node.value)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self.assign(target, node.value, self.parts(node.value, target))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self.assign(node.target, node.value, self.parts(node.value, node.target))
        elif isinstance(node, ast.Return):
            self.returned = self.results(node)
        elif not isinstance(node, ast.Pass):
            fact = _BLOCKS.get(type(node), "this statement joins no steps")
            self.fault(node, fact, _FOR_EACH if isinstance(node, ast.For) else None)

    # assignments

    def parts(self, node: ast.expr, target: ast.expr) -> list[Input | None]:
        """The values of an assignment: several for ``a, b = f(x), g(x)``, else one."""
        if isinstance(node, (ast.Tuple, ast.List)) and isinstance(target, (ast.Tuple, ast.List)):
            return [self.value(one) for one in node.elts]
        return [self.value(node)]

    def assign(self, target: ast.expr, node: ast.expr, values: list[Input | None]) -> None:
        """Give a value, or the items of one, their names."""
        if isinstance(target, ast.Name):
            self.values[target.id] = values[0]
            return
        names = [one.id for one in getattr(target, "elts", ()) if isinstance(one, ast.Name)]
        if not isinstance(target, (ast.Tuple, ast.List)) or len(names) != len(target.elts):
            self.fault(target, "only names can be assigned to", "write `a, b = step(...)`")
            return
        if isinstance(node, (ast.Tuple, ast.List)):
            if len(values) != len(names):
                self.fault(node, f"{len(values)} values for {len(names)} names")
                values = [None] * len(names)
        else:
            values = [self.item(node, values[0], index) for index in range(len(names))]
        self.values.update(zip(names, values, strict=True))

    def item(self, node: ast.expr, value: Input | None, index: int) -> Input | None:
        """The index-th of what a call gives."""
        if value is None:
            return None
        if isinstance(value, FromCall) and any(
            one.each for one in self.calls if one.id == value.call
        ):
            fact = "how many items that gives is only known when it runs"
            self.fault(node, fact, "give the whole list to a step")
            return None
        if isinstance(value, FromCall) and value.item is None:
            return FromCall(call=value.call, rule=f"item {index} of it", item=index)
        if (
            isinstance(value, FromConstant)
            and isinstance(value.value, list)
            and index < len(value.value)
        ):
            return FromConstant(value=value.value[index])
        self.fault(node, "only a step's result can be taken apart", "return a tuple from the step")
        return None

    # expressions

    def value(self, node: ast.expr) -> Input | None:
        """The value of an expression; None after a fault, which has been noted."""
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Name) and node.id in self.values:
            return self.values[node.id]
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            index = node.slice.value
            if isinstance(index, int) and not isinstance(index, bool) and index >= 0:
                return self.item(node, self.value(node.value), index)
        try:
            return FromConstant(value=json_value(self.module, node))
        except NotLiteral as fault:
            shown = ast.unparse(fault.node)[:60]
            loop = isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.SetComp))
            self.fault(
                node,
                f"`{shown}` is neither a step's result, nor a parameter, nor a JSON literal",
                _FOR_EACH if loop else None,
            )
            return None

    def call(self, node: ast.Call) -> Input | None:
        """A step called: a node of the graph."""
        step, mapped = self.called(node)
        if step is None:
            name = ast.unparse(node.func)[:60]
            where, chain = self.module.where(node.lineno), chain_of(node.func)
            other = chain is not None and is_marked(self.module, chain, "pipeline")
            self.faults.append(UnknownStep(where, name, self.known, pipeline=other))
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                if isinstance(argument, ast.Call):
                    self.call(argument)
            return None
        bound, faults = bound_arguments(self.module, step, node)
        if mapped and not node.args:
            self.fault(node, "nothing to go over", f"write {step.name}.map(items)")
        else:
            self.faults += faults
        given = {name: self.value(argument) for name, argument in bound}
        each = tuple(name for name, argument in bound if mapped and argument in node.args)
        inputs = ((one.name, given.get(one.name)) for one in step.parameters)
        call = Call(
            id=self.call_id(step.name),
            step=StepName(step.name),
            inputs=tuple((name, value) for name, value in inputs if value is not None),
            where=self.module.where(node.lineno),
            each=each,
        )
        self.calls.append(call)
        self.steps.setdefault(step.name, step)
        return FromCall(call=call.id, rule="called with it")

    def called(self, node: ast.Call) -> tuple[DeclaredStep | None, bool]:
        """The step that is called, and whether for each item: ``step.map(items)``."""
        chain = chain_of(node.func)
        if chain is None or chain[0] in self.values:
            return None, False
        step = self.find_step(chain)
        if step is None and len(chain) > 1 and chain[-1] == "map":
            return self.find_step(chain[:-1]), True
        return step, False

    def call_id(self, name: str) -> CallId:
        """The step's name, or with the first free number."""
        taken = {call.id for call in self.calls}
        if name not in taken:
            return CallId(name)
        number = 2
        while f"{name}-{number}" in taken or f"{name}-{number}" in self.known:
            number += 1
        return CallId(f"{name}-{number}")

    # results

    def results(self, node: ast.Return) -> tuple[CallId, ...]:
        """The calls that a ``return`` names: one, or a tuple, list or dict of them."""
        value = node.value
        if value is None:
            return self.outcome()
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
        if isinstance(value, ast.Dict):
            parts = value.values
        found: list[CallId] = []
        for part in parts:
            made = self.value(part)
            if isinstance(made, FromCall) and made.item is None:
                found.append(made.call)
            elif made is not None:
                self.fault(
                    part,
                    "only whole results of steps can be returned",
                    "return the call, or give it to a step",
                )
        return tuple(dict.fromkeys(found))

    def outcome(self) -> tuple[CallId, ...]:
        """What is returned; without a ``return`` the calls whose results nobody takes."""
        if self.returned is not None:
            return self.returned
        taken = {
            value.call
            for call in self.calls
            for _, value in call.inputs
            if isinstance(value, FromCall)
        }
        return tuple(call.id for call in self.calls if call.id not in taken)

    def fault(self, node: ast.AST, fact: str, hint: str | None = None) -> None:
        made = PipelineBody(self.module.where(getattr(node, "lineno", 1)), fact, hint)
        if str(made) not in map(str, self.faults):  # of each name of `a, b = ...` the same
            self.faults.append(made)
