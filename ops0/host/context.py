"""Joins all that naming distributions depends on: settings, declarations, environment, tables."""

from __future__ import annotations

from ops0.core.configuration.plugin_tables import Integration, joined
from ops0.core.locked import Target
from ops0.core.requirements.files import ProjectDeclared
from ops0.core.requirements.installed import Installed
from ops0.core.requirements.values import Context
from ops0.host.installed import read_installed
from ops0.host.plugin_tables import read_integrations
from ops0.host.project import Project
from ops0.host.tables import read_tables


def read_context(
    project: Project,
    target: Target,
    declared: ProjectDeclared,
    installed: Installed | None,
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
        packages=declared.packages,
        imports=project.settings.imports,
        plugged=plugged,
        rules=project.settings.rules + rules,
        local=declared.local,
        root=project.root.as_posix(),
    )
