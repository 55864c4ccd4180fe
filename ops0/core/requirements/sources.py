"""Where a project says that its dependencies come from: ``[tool.uv.sources]``, and poetry's tables of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops0.core.requirements.names import canonicalize_name
from ops0.core.requirements.tabled import file_address, git_address

WORKSPACE = "workspace"
"""Stands for an address: the member of uv's workspace that has the name."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Sourced:
    """One dependency with its place.

    name:    normalised;  marker: where it holds, "" for everywhere
    path:    a folder or file, relative to the ``pyproject.toml`` that says so, or WORKSPACE; "" for an address
    address: a repository of git, ``git+https://…``, or a file's; "" for a path
    """

    name: str
    path: str
    marker: str = ""
    address: str = ""


def sources_in(document: Mapping[str, Any]) -> tuple[Sourced, ...]:
    """What a ``pyproject.toml`` says, uv's tables before poetry's; without what comes from an index.

    Of poetry's the paths alone: its repositories stand among what it declares.
    """
    return (*uv_sources(document), *_poetry_sources(document))


def uv_sources(document: Mapping[str, Any]) -> tuple[Sourced, ...]:
    """``[tool.uv.sources]``: those of a workspace's root hold for its members too."""
    return tuple(
        Sourced(
            name=canonicalize_name(name),
            path=path,
            marker=str(entry.get("marker", "")),
            address=address,
        )
        for name, entries in table_at(document, "tool", "uv", "sources").items()
        for entry in tables_in(entries)
        for path, address in (_uv_place(entry),)
        if path or address
    )


def _uv_place(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Path and address of an entry, one of them empty; both are where it names an index."""
    if entry.get("workspace") is True:
        return WORKSPACE, ""
    url, path = entry.get("url"), entry.get("path")
    address = git_address(entry) or (file_address(entry, url) if isinstance(url, str) else "")
    if address:
        return "", address
    return (path, "") if isinstance(path, str) else ("", "")


def _poetry_sources(document: Mapping[str, Any]) -> Iterator[Sourced]:
    for table in poetry_tables(document):
        for name, entries in table.items():
            for entry in tables_in(entries):
                path = entry.get("path")
                if isinstance(path, str):
                    marker = str(entry.get("markers", ""))
                    yield Sourced(name=canonicalize_name(name), path=path, marker=marker)


def poetry_tables(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """All tables of dependencies that poetry has: the main one, the old one for development, each group's."""
    poetry = table_at(document, "tool", "poetry")
    groups = table_at(poetry, "group")
    return (
        table_at(poetry, "dependencies"),
        table_at(poetry, "dev-dependencies"),
        *(table_at(groups, name, "dependencies") for name in groups),
    )


def table_at(document: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """The table at a path of keys, empty where there is none."""
    found: Any = document
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def tables_in(entries: object) -> tuple[Mapping[str, Any], ...]:
    """One table, or a list of them for several markers."""
    listed = entries if isinstance(entries, list) else [entries]
    return tuple(one for one in listed if isinstance(one, dict))
