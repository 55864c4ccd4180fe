"""What the decorators of a file's steps declare, by function: for questions about single functions."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from ops0.core.analyzer.pipelines.declared_steps import declared_steps
from ops0.core.analyzer.project.modules import Project
from ops0.core.locked import Target
from ops0.core.project_files import Source
from ops0.core.requirements.declarations import StepDeclared

__all__ = ["step_declarations"]


def step_declarations(
    source: Source, entry: str, *, roots: tuple[str, ...], target: Target
) -> Mapping[str, StepDeclared]:
    """``@ops0.requires`` of every step that the file defines, by the function's name.

    A faulty decorator is no fault here: its step is left out, and building it tells. Raises what reading raises.
    """
    module = Project(source, roots, target).module(posixpath.normpath(entry))
    steps, _ = declared_steps(module)
    return {step.node.name: step.marks.declared for step in steps if step.module is module}
