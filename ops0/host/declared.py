"""What the project's own files declare, from the disk."""

from __future__ import annotations

from dataclasses import replace

from ops0.core.notebooks.document import is_notebook
from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.host.project import Project


def read_declared(project: Project) -> ProjectDeclared:
    """What the project's own files declare, and the pipeline's notebook. Raises SettingsError and its kinds."""
    declared = project_declared(project.source)
    if not is_notebook(project.entry):
        return declared
    from ops0.core.requirements.notebooks import notebook_declared  # noqa: PLC0415 - for notebooks alone

    found = notebook_declared(project.source, project.entry)
    warnings = declared.warnings + found.warnings
    return replace(declared, notebook=found.notebook, warnings=warnings)
