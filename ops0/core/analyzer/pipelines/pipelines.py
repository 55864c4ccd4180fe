"""Which pipeline of a file is meant: a decorated function, a ``with`` block, or all steps of the module."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from ops0.core.analyzer.errors import BadDecorator, BadStepName, PipelineBody, UnknownPipeline
from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep
from ops0.core.analyzer.project.literals import NotLiteral, literal
from ops0.core.analyzer.project.markers import decorator_marks, mark_of
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Unit
from ops0.core.api.step_shape import is_step_name
from ops0.core.fit_name import fit_name

__all__ = ["Chosen", "choose_pipeline"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pipeline that is meant. ``function`` for an explicit one, else ``steps`` are joined by names."""

    name: str
    function: ast.FunctionDef | None
    steps: tuple[DeclaredStep, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    unit: Unit
    name: str | None
    function: ast.FunctionDef | None

    def answers_to(self, name: str) -> bool:
        names = {self.name, self.function.name if self.function else None} - {None}
        return name in names or name.lower() in {str(one).lower() for one in names}


def choose_pipeline(
    module: Module, steps: tuple[DeclaredStep, ...], wanted: str | None, unnamed: str | None = None
) -> Chosen:
    """The pipeline named ``wanted``; without a name the file's last one, else the module's steps.

    unnamed: what a pipeline is called that has no name of its own; None: as its file
    raises: UnknownPipeline, PipelineBody, BadDecorator, BadStepName
    """
    candidates = list(_candidates(module))
    stem = unnamed or _stem(module.path)
    if wanted is not None:
        fitting = [one for one in candidates if one.answers_to(wanted)]
        if not fitting and not (wanted.lower() in (stem, _stem(module.path)) and not candidates):
            names = [one.name or stem for one in candidates] or [stem]
            is_step = wanted in {one.name for one in steps}
            raise UnknownPipeline(module.path, wanted, names, is_step=is_step)
        candidates = fitting
    if not candidates:
        return Chosen(stem, None, steps)
    last = candidates[-1]
    name = last.name or stem
    if not is_step_name(name):
        raise BadStepName(module.where(last.unit.node.lineno), "Pipeline", name)
    return Chosen(name.lower(), last.function, () if last.function else _members(last.unit, steps))


def _members(block: Unit, steps: tuple[DeclaredStep, ...]) -> tuple[DeclaredStep, ...]:
    """The steps inside a block; where there are none, those declared before it outside of blocks."""
    inside = tuple(
        step for step in steps if step.block is not None and step.block.index == block.index
    )
    if inside:
        return inside
    return tuple(step for step in steps if step.block is None and step.index < block.index)


def _candidates(module: Module) -> Iterator[_Candidate]:
    for unit in module.units:
        if unit.dead:
            continue
        if isinstance(unit.node, ast.With):
            for item in unit.node.items:
                if mark_of(module, item.context_expr) == "pipeline":
                    yield _Candidate(unit, _given_name(module, item.context_expr), None)
        marks = decorator_marks(module, unit)
        if "pipeline" in marks:
            if not isinstance(unit.node, ast.FunctionDef):
                where = module.where(unit.node.lineno)
                raise PipelineBody(
                    where,
                    "a pipeline is a plain function",
                    "write `def`, neither `async def` nor a class",
                )
            yield _Candidate(
                unit, _given_name(module, marks["pipeline"]) or unit.node.name, unit.node
            )


def _given_name(module: Module, node: ast.expr) -> str | None:
    """The name in ``ops0.pipeline("name")``; None where none is given."""
    if not isinstance(node, ast.Call) or not (node.args or node.keywords):
        return None
    given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "name")]
    where = module.where(node.lineno)
    try:
        name = (
            literal(module, given[0])
            if len(given) == 1 and len(node.args) + len(node.keywords) == 1
            else None
        )
    except NotLiteral:
        name = None
    if not isinstance(name, str):
        raise BadDecorator(
            where, "pipeline", "its name is not written out", 'write ops0.pipeline("name")'
        )
    return name


def _stem(path: str) -> str:
    """A pipeline name made of the file's."""
    name = posixpath.basename(path).removesuffix(".py").removesuffix(".ipynb")
    return fit_name(name, "pipeline")
