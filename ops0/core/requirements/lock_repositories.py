"""The repository of git that an entry of a project's lock comes from, with the commit that it is locked at. Pure.

Said rather than passed over: an index may have a stranger of the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.names import name_of
from ops0.core.requirements.places import is_git, shown
from ops0.core.requirements.repositories import (
    BadRepository,
    Repository,
    read_repository,
    repository_at,
    uncoded,
)
from ops0.core.requirements.tabled import named_ref
from ops0.core.requirements.together import same_ref

__all__ = ["LockedRepository", "repository_of", "with_commits"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedRepository:
    """What an entry says.

    place: its ``ref`` is the commit
    asked: the branch or tag that the commit was found by, "" for none; None where the entry does not say
    """

    place: Repository
    asked: str | None


def repository_of(entry: Mapping[str, Any]) -> LockedRepository | None:
    """The repository of an entry; None of one that comes from elsewhere.

    uv:     ``source = { git = "URL?rev=main#COMMIT" }``;  poetry: a ``source`` of type git with ``resolved_reference``
    pylock: ``vcs = { type = "git", url, commit-id }``;  pdm: ``git`` with ``revision``

    >>> repository_of({"source": {"git": "https://x/a.git?rev=v1&subdirectory=p%2Fb#0f"}}).place.address
    'git+https://x/a.git@0f#subdirectory=p/b'
    """
    source, vcs = entry.get("source"), entry.get("vcs")
    if isinstance(vcs, dict):
        keys = ("commit-id", "requested-revision")
        return _written(vcs, "url", *keys) if vcs.get("type") == "git" else None
    if not isinstance(source, dict):
        return _written(entry, "git", "revision", "ref")
    if "type" in source:
        keys = ("resolved_reference", "reference")
        return _written(source, "url", *keys) if source["type"] == "git" else None
    told = source.get("git")
    return _of_uv(told) if isinstance(told, str) else None


def _of_uv(told: str) -> LockedRepository | None:
    address, _, commit = told.partition("#")
    url, _, query = address.partition("?")
    parts = (part.partition("=") for part in query.split("&"))
    said = {key: uncoded(value) for key, _, value in parts}
    found = {**said, "url": url, "commit": commit, "asked": named_ref(said)}
    return _written(found, "url", "commit", "asked")


def _written(
    table: Mapping[str, Any], url: str, commit: str, asked: str
) -> LockedRepository | None:
    where, at, by, inside = (table.get(key) for key in (url, commit, asked, "subdirectory"))
    if not isinstance(where, str) or not where or any(one.isspace() for one in where):
        return None
    place = repository_at(
        where, at if isinstance(at, str) else "", inside if isinstance(inside, str) else ""
    )
    by = "" if by == "HEAD" else by
    return LockedRepository(place=place, asked=by if isinstance(by, str) else None)


def with_commits(
    declared: Iterable[Declaration], locked: Mapping[str, LockedRepository]
) -> tuple[Declaration, ...]:
    """Declarations in which a branch or tag is the commit that the project's own lock has found for it.

    locked: by name. One that was found by another branch or tag than is declared now says nothing
    """
    return tuple(_with_commit(one, locked.get(name_of(one.text))) for one in declared)


def _with_commit(declaration: Declaration, locked: LockedRepository | None) -> Declaration:
    head, at, rest = declaration.text.partition(" @ ")
    if locked is None or locked.place.commit is None or not is_git(rest):
        return declaration
    address, blank, marker = rest.partition(" ")
    try:
        place = read_repository(address)
    except BadRepository:
        return declaration
    same = place.names == locked.place.names and (
        locked.asked is None or same_ref(locked.asked, place.ref)
    )
    if place.commit is not None or not same:
        return declaration
    exact = shown(replace(place, ref=locked.place.commit).address)
    return replace(declaration, text=f"{head}{at}{exact}{blank}{marker}", asked=shown(address))
