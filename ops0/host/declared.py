"""What the project's own files declare, from the disk."""

from __future__ import annotations

import sys
from dataclasses import replace

from ops0.core.notebooks.document import is_notebook
from ops0.core.requirements.conda import CondaNames
from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.core.requirements.pythons import python_warnings
from ops0.core.requirements.script import declared_with, script_declared
from ops0.core.requirements.unread import unread_files
from ops0.host.local_places import LocalPlaces
from ops0.host.project import Project


def read_declared(project: Project) -> ProjectDeclared:
    """What the project's own files declare, and the pipeline's own. Raises SettingsError and its kinds."""
    beside = LocalPlaces(project.root)
    declared = project_declared(project.source, beside, conda_names=_conda_names)
    if is_notebook(project.entry):
        declared = _with_notebook(project, declared, beside)
    elif project.entry:
        declared = declared_with(script_declared(project.source, project.entry, beside), declared)
    settings = project.settings
    declares = bool(declared.declarations or declared.notebook)
    unread = unread_files(project.source, declares=declares, lock=settings.lock)
    declared = replace(declared, warnings=declared.warnings + unread)
    if settings.python is None and settings.base is not None:
        return declared  # its Python is known when the engine has been asked
    python = settings.python or "{}.{}".format(*sys.version_info[:2])
    return replace(
        declared, warnings=(*declared.warnings, *python_warnings(declared.pythons, python))
    )


def _conda_names() -> CondaNames:
    from ops0.host.tables import read_conda_names  # noqa: PLC0415 - for environments of conda alone

    return read_conda_names()


def _with_notebook(
    project: Project, declared: ProjectDeclared, beside: LocalPlaces
) -> ProjectDeclared:
    from ops0.core.requirements.notebooks import notebook_declared  # noqa: PLC0415 - for notebooks alone

    found = notebook_declared(project.source, project.entry, beside)
    return replace(
        declared,
        notebook=found.notebook,
        held=declared.held + found.held,
        warnings=declared.warnings + found.warnings,
        local=declared.local + found.local,
    )
