"""Joins all that naming distributions depends on, from the disk: settings, declarations, environment, tables."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ops0.core import requirements
from ops0.core.integrations import Integration, joined
from ops0.core.locked import Target
from ops0.core.notebooks import is_notebook
from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.core.requirements.installed import Installed
from ops0.core.requirements.notebooks import notebook_declared
from ops0.core.requirements.tables import Tables, parse_tables
from ops0.core.requirements.values import Context
from ops0.host.installed import read_installed
from ops0.host.integrations import read_integrations
from ops0.host.project import Project


@cache
def read_tables() -> Tables:
    """The tables that ops0 ships, and the mapping of the pipreqs that is installed with it."""
    folder = Path(requirements.__file__).parent
    return parse_tables(
        distributions=(folder / "distributions.toml").read_text("utf-8"),
        rules=(folder / "rules.toml").read_text("utf-8"),
        system=(folder / "system.toml").read_text("utf-8"),
        programs=(folder / "programs.toml").read_text("utf-8"),
        pipreqs=_pipreqs_mapping(),
    )


def read_declared(project: Project) -> ProjectDeclared:
    """What the project's own files declare, and the pipeline's notebook. Raises SettingsError and its kinds."""
    declared = project_declared(project.source)
    if not is_notebook(project.entry):
        return declared
    found = notebook_declared(project.source, project.entry)
    warnings = declared.warnings + found.warnings
    return replace(declared, notebook=found.notebook, warnings=warnings)


def read_context(
    project: Project,
    target: Target,
    declared: ProjectDeclared,
    installed: Installed | None = None,
    integrations: tuple[Integration, ...] | None = None,
) -> Context:
    """Everything ``resolve_needs`` asks for, for one project and target.

    installed, integrations: None reads the active environment
    raises: BadIntegration and what reading an integration's file raises
    """
    tables = read_tables()
    plugged, rules = joined(read_integrations() if integrations is None else integrations)
    return Context(
        target=target,
        tables=tables,
        installed=read_installed(namespaces=tables.namespaces) if installed is None else installed,
        requires=project.settings.requires,
        apt=project.settings.apt,
        project=declared.declarations,
        notebook=declared.notebook,
        imports=project.settings.imports,
        plugged=plugged,
        rules=project.settings.rules + rules,
    )


def _pipreqs_mapping() -> str:
    """The text of pipreqs's mapping, found without importing pipreqs (which loads its network libraries)."""
    spec = find_spec("pipreqs")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        mapping = Path(place, "mapping")
        if mapping.is_file():
            return mapping.read_text("utf-8")
    return ""
