"""What a project's files declare."""

from __future__ import annotations

from pathlib import Path

from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.host.local_places import LocalPlaces
from ops0.host.project import DiskSource


def declared(root: Path, **files: str) -> ProjectDeclared:
    """Of files whose names have a dot where these have an underscore."""
    for name, text in files.items():
        (root / name.replace("_", ".")).write_text(text)
    return project_declared(DiskSource(root), LocalPlaces(root))


def texts(found: ProjectDeclared) -> list[str]:
    """The requirements, as they are declared."""
    return [one.text for one in found.declarations]
