"""Imports that lead out of the project."""

from __future__ import annotations

from dataclasses import dataclass

from ops0.core.analyzer.model import Imported, Unit
from ops0.core.analyzer.modules import Module

__all__ = ["ExternalImport"]


@dataclass(frozen=True, slots=True)
class ExternalImport:
    """An import of something outside the project, as reached. ``unit`` is its top-level unit, None inside functions."""

    module: Module
    dotted: str
    one: Imported
    unit: Unit | None
