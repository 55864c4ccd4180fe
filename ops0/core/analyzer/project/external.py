"""Imports that lead out of the project."""

from __future__ import annotations

from dataclasses import dataclass

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Imported, Unit

__all__ = ["ExternalImport", "library_of"]


@dataclass(frozen=True, slots=True)
class ExternalImport:
    """An import of something outside the project, as reached. ``unit`` is its top-level unit, None inside functions."""

    module: Module
    dotted: str
    one: Imported
    unit: Unit | None


def library_of(dotted: str) -> str:
    """The library that a dotted name belongs to: its first part, in a namespace that many share two or three.

    >>> library_of("pandas.io.sql"), library_of("google.cloud.storage.Client"), library_of("azure.storage.blob")
    ('pandas', 'google.cloud.storage', 'azure.storage')
    """
    parts = dotted.split(".")
    return ".".join(parts[: _SHARED.get(".".join(parts[:2]), _SHARED.get(parts[0], 1))])


_SHARED = {
    "airflow.providers": 3,
    "azure": 2,
    "backports": 2,
    "google": 2,
    "google.cloud": 3,
    "jaraco": 2,
    "opentelemetry": 2,
    "ruamel": 2,
    "snowflake": 2,
    "zope": 2,
}
"""How many parts of a name make the library, by how it begins."""
