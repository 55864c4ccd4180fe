"""The repository of git that an entry of a project's lock comes from, as PEP 508 writes it. Pure.

Said rather than passed over: an index may have a stranger of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["repository_of"]


def repository_of(entry: Mapping[str, Any]) -> str | None:
    """``git+URL@COMMIT`` of an entry; None of one that comes from elsewhere.

    uv:     ``source = { git = "URL?rev=main#COMMIT" }``;  poetry: a ``source`` of type git with ``resolved_reference``
    pylock: ``vcs = { type = "git", url, commit-id }``;  pdm: ``git`` with ``revision``

    >>> repository_of({"source": {"git": "https://x/a.git?rev=v1&subdirectory=b#0f"}})
    'git+https://x/a.git@0f#subdirectory=b'
    """
    source, vcs = entry.get("source"), entry.get("vcs")
    if isinstance(vcs, dict):
        git = vcs.get("type") == "git"
        return (
            _written(vcs.get("url"), vcs.get("commit-id"), vcs.get("subdirectory")) if git else None
        )
    if not isinstance(source, dict):
        return _written(entry.get("git"), entry.get("revision"), entry.get("subdirectory"))
    if "type" in source:
        git = source["type"] == "git"
        commit, inside = source.get("resolved_reference"), source.get("subdirectory")
        return _written(source.get("url"), commit, inside) if git else None
    told = source.get("git")
    if not isinstance(told, str):
        return None
    address, _, commit = told.partition("#")
    url, _, query = address.partition("?")
    said = dict(part.partition("=")[::2] for part in query.split("&"))
    return _written(url, commit, said.get("subdirectory"))


def _written(url: object, commit: object, inside: object) -> str | None:
    if not isinstance(url, str) or any(one.isspace() for one in url):
        return None
    at = f"@{commit}" if isinstance(commit, str) and commit else ""
    below = f"#subdirectory={inside}" if isinstance(inside, str) and inside else ""
    return f"git+{url.removeprefix('git+')}{at}{below}"
