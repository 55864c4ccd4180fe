"""The steps that a pipeline file offers: decorated functions of its own, and those it imports from other modules."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ops0.core.analyzer.errors import BadDecorator, BadStepName, StepShape
from ops0.core.analyzer.pipelines.almost_steps import misspelt_decorators
from ops0.core.analyzer.pipelines.options import StepMarks, read_marks
from ops0.core.analyzer.pipelines.source_steps import source_faults
from ops0.core.analyzer.project.markers import decorator_marks, mark_of
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve
from ops0.core.analyzer.syntax.model import FUNCTIONS, Unit
from ops0.core.api.model import PARAMETER
from ops0.core.api.step_shape import (
    ASYNCHRONOUS,
    CLASS,
    METHOD,
    POSITIONAL_ONLY,
    STARRED,
    is_step_name,
)
from ops0.core.errors import Ops0Error
from ops0.core.notebooks.document import is_notebook
from ops0.core.pipeline import Parameter, Where

__all__ = [
    "DeclaredStep",
    "declare",
    "declared_steps",
    "parameters_of",
    "returns_of",
]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class DeclaredStep:
    """A decorated function with what its decorators say.

    bound: the name that the pipeline file knows it by;  block: the ``with ops0.pipeline`` it stands in
    index: where the pipeline file defines or imports it, as Unit.index
    """

    module: Module
    unit: Unit
    node: ast.FunctionDef
    name: str
    bound: str
    marks: StepMarks
    block: Unit | None
    index: int

    @property
    def where(self) -> Where:
        """The line of its ``def``."""
        return self.module.where(self.node.lineno)

    @property
    def place(self) -> int:
        """Where it stands among the steps, as Unit.index: in a notebook where a cell first defines it."""
        if not is_notebook(self.module.path) or self.unit.parent is not None:
            return self.index
        defined = self.module.bindings.get(self.node.name, ())
        places = (one.index for one in defined if one.kind == "define" and one.parent is None)
        return min(places, default=self.index)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters with annotations and defaults as text, without the one that a kept model fills."""
        found = parameters_of(self.module, self.node)
        filled = self.marks.options.model is not None
        return tuple(one for one in found if not (filled and one.name == PARAMETER))


def declared_steps(module: Module) -> tuple[tuple[DeclaredStep, ...], list[Ops0Error]]:
    """All steps of a pipeline file, in the order of their definition or import, with what is wrong with them."""
    steps: list[DeclaredStep] = []
    faults: list[Ops0Error] = []
    for unit in module.units:
        if unit.dead:
            continue
        if isinstance(unit.node, ast.ClassDef):
            faults += _methods(module, unit.node)
        if unit.kind == "define":
            faults += misspelt_decorators(module, unit)
        names = (one.bound for one in unit.imports) if unit.imports else sorted(unit.bound)
        for name in names if unit.kind in ("import", "define") else ():
            if name == "*" or unit not in module.bindings.get(name, ()):
                continue
            found = _definition(module, unit, name)
            if found is not None and not _is_edited_later(module, unit, name):
                step, wrong = declare(found, name, unit.index, _block_of(module, unit))
                steps += [step] if step is not None else []
                faults += wrong
    return _once(steps), faults


def parameters_of(
    module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> tuple[Parameter, ...]:
    """A function's parameters, in order."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = [
        *zip(positional, [*defaults, *arguments.defaults], strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return tuple(
        Parameter(
            name=one.arg,
            annotation=_annotation(one.annotation),
            default=ast.unparse(default) if default is not None else None,
            where=module.where(one.lineno),
        )
        for one, default in pairs
    )


def returns_of(node: ast.FunctionDef) -> str | None:
    """The result's annotation as text."""
    return _annotation(node.returns)


def _annotation(node: ast.expr | None) -> str | None:
    """Source text; an annotation written as a string is what the string says."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ast.unparse(node) if node is not None else None


def _definition(module: Module, unit: Unit, name: str) -> Local | None:
    """The decorated function behind a name: defined here, or imported from another module of the project."""
    if unit.kind == "define":
        found: object = Local(module, name, unit)
    else:
        found = resolve(module, (name,))
    if not isinstance(found, Local) or found.rest or found.unit.kind != "define":
        return None
    return found if "step" in decorator_marks(found.module, found.unit) else None


def declare(
    found: Local, bound: str, index: int, block: Unit | None
) -> tuple[DeclaredStep | None, list[Ops0Error]]:
    """Read one decorated function with all that is wrong with it; None where it cannot be a step at all."""
    module, node = found.module, found.unit.node
    where = module.where(node.lineno)
    if not isinstance(node, ast.FunctionDef):
        fact, hint = CLASS if isinstance(node, ast.ClassDef) else ASYNCHRONOUS
        return None, [StepShape(where, found.name, fact, hint)]
    marks, faults = read_marks(module, node)
    name = marks.name or node.name
    if not is_step_name(name):
        faults.append(BadStepName(where, "Step", name))
    faults += _parameter_faults(where, node, name, marks)
    faults += source_faults(where, node, marks)
    step = DeclaredStep(
        module=module,
        unit=found.unit,
        node=node,
        name=name,
        bound=bound,
        marks=marks,
        block=block,
        index=index,
    )
    return step, faults


def _parameter_faults(
    where: Where, node: ast.FunctionDef, name: str, marks: StepMarks
) -> list[Ops0Error]:
    """Parameters that no edge can fill, and the one that is missing for a model."""
    given = node.args
    faults: list[Ops0Error] = []
    if given.vararg is not None or given.kwarg is not None:
        faults.append(StepShape(where, name, *STARRED))
    if given.posonlyargs:
        faults.append(StepShape(where, name, *POSITIONAL_ONLY))
    named = {one.arg for one in (*given.args, *given.kwonlyargs)}
    if marks.options.model is not None and PARAMETER not in named:
        fact = f"there is no parameter '{PARAMETER}'"
        hint = f"add it: def {node.name}(..., {PARAMETER})"
        faults.append(BadDecorator(where, "model.load", fact, hint))
    return faults


def _is_edited_later(module: Module, unit: Unit, name: str) -> bool:
    """Whether a later cell defines the function again, as people do while they work on it: the last one counts."""
    if not is_notebook(module.path) or unit.parent is not None:
        return False
    later = module.bindings[name][-1]
    return later.kind == "define" and later.parent is None and later.index > unit.index


def _methods(module: Module, node: ast.ClassDef) -> list[Ops0Error]:
    return [
        StepShape(
            module.where(one.lineno),
            f"{node.name}.{one.name}",
            *METHOD,
        )
        for one in node.body
        if isinstance(one, FUNCTIONS)
        and any(mark_of(module, decorator) == "step" for decorator in one.decorator_list)
    ]


def _block_of(module: Module, unit: Unit) -> Unit | None:
    """The innermost ``with ops0.pipeline(...)`` around a unit."""
    while unit.parent is not None:
        unit = module.units[unit.parent]
        if isinstance(unit.node, ast.With) and any(
            mark_of(module, item.context_expr) == "pipeline" for item in unit.node.items
        ):
            return unit
    return None


def _once(steps: list[DeclaredStep]) -> tuple[DeclaredStep, ...]:
    """Without the same function under a second name."""
    seen: dict[int, DeclaredStep] = {}
    for step in steps:
        seen.setdefault(id(step.node), step)
    return tuple(seen.values())
