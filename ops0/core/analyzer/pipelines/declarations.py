"""What the decorators of a file's functions declare: for questions about single functions."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from ops0.core.analyzer.pipelines.declared_steps import declared_steps
from ops0.core.analyzer.project.markers import decorator_marks
from ops0.core.analyzer.project.modules import Project
from ops0.core.locked import Target
from ops0.core.project_files import Source
from ops0.core.requirements.declarations import StepDeclared

__all__ = ["Declarations", "declarations"]


class Declarations(NamedTuple):
    """``@ops0.requires`` of every step that a file defines, by the function's name, and the names of its pipelines."""

    steps: Mapping[str, StepDeclared]
    pipelines: frozenset[str]


def declarations(
    source: Source, entry: str, *, roots: tuple[str, ...], target: Target
) -> Declarations:
    """What the decorators at the top of a file declare.

    A faulty decorator is no fault here: its step is left out, and building it tells. Raises what reading raises.
    """
    module = Project(source, roots, target).module(posixpath.normpath(entry))
    steps, _ = declared_steps(module)
    return Declarations(
        {step.node.name: step.marks.declared for step in steps if step.module is module},
        frozenset(
            unit.node.name
            for unit in module.units
            if isinstance(unit.node, ast.FunctionDef)
            and "pipeline" in decorator_marks(module, unit)
        ),
    )
