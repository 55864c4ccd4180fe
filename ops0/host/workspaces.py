"""uv's workspaces on disk: the folder at the top, its members by name, and where a member's dependencies stand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ops0.core.requirements.local import STATED_IN
from ops0.core.requirements.sources import WORKSPACE, Sourced, sources_in, table_at, uv_sources
from ops0.core.toml_text import tables_of
from ops0.host.stated_names import file_bytes, name_in

_PYPROJECT = STATED_IN[0]


def workspace_top(folder: Path) -> Path | None:
    """The root of the workspace that a folder is the root or a member of."""
    for up in (folder, *folder.parents):
        workspace = table_at(_document(up), "tool", "uv", "workspace")
        if workspace:
            return up if folder == up or folder in _members(up, workspace) else None
    return None


def folder_sources(folder: Path) -> dict[Sourced, Path | None]:
    """Which dependencies of a folder's distribution stand in which folder or file, by its files; nothing is checked.

    None for what has an address.

    A member of a workspace has the sources of the workspace's root, but for names that it has sources for itself.
    """
    top = workspace_top(folder)
    document = _document(folder)
    own = sources_in(document)
    named = {one.name for one in own}
    inherited = () if top in (None, folder) else uv_sources(_document(top or folder))
    found = [(one, folder) for one in own]
    found += [(one, top or folder) for one in inherited if one.name not in named]
    members = _member_folders(top) if top is not None else {}
    return {
        one: place
        for one, base in found
        for place in (members.get(one.name) if one.path == WORKSPACE else _beside(base, one.path),)
        if place is not None or one.address
    }


def _beside(base: Path, path: str) -> Path | None:
    return Path(os.path.normpath(base / path)) if path else None


def _member_folders(top: Path) -> dict[str, Path]:
    workspace = table_at(_document(top), "tool", "uv", "workspace")
    found: dict[str, Path] = {}
    for member in (*sorted(_members(top, workspace)), top):
        name = name_in(member)
        if name is not None:
            found.setdefault(name, member)
    return found


def _members(top: Path, workspace: Mapping[str, Any]) -> frozenset[Path]:
    def named(key: str) -> set[Path]:
        found: set[Path] = set()
        for pattern in workspace.get(key) or ():
            # A pattern that no folder can match.
            with suppress(ValueError, NotImplementedError, OSError):
                found.update(
                    Path(os.path.normpath(one)) for one in top.glob(str(pattern).rstrip("/"))
                )
        return found

    return frozenset(
        one for one in named("members") - named("exclude") if (one / _PYPROJECT).is_file()
    )


def _document(folder: Path) -> Mapping[str, Any]:
    # What is no TOML says nothing here; of the project's own it is told elsewhere.
    return tables_of(file_bytes(folder / _PYPROJECT)) or {}
