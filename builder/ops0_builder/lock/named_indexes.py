"""Names that a project takes from one index alone: ``index = …`` in ``[tool.uv.sources]``. Pure.

uv obeys that for what a ``pyproject.toml`` depends on, so it is asked by one where a resolution has such a name.
Source: https://docs.astral.sh/uv/concepts/indexes/#pinning-a-package-to-an-index
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from ops0.core.errors import SettingsError
from ops0.core.requirements.names import canonicalize_name
from ops0.core.requirements.sources import table_at
from ops0_builder.lock.uv_configuration import toml_value

PROJECT = "ops0-asked"
"""What the ``pyproject.toml`` calls itself; uv names it as who needs its dependencies."""
_CHOSEN_BY = ("extra", "group")

Table = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedIndexes:
    """Which names come from which index.

    sources: normal name -> where it comes from, one entry a marker, as uv writes them
    indexes: the index of each name in an entry, as uv writes them, but without a login
    logins:  environment variables with which uv logs in there
    known:   the same indexes with their logins, as they are written
    """

    sources: Mapping[str, tuple[Table, ...]] = field(default_factory=dict)
    indexes: tuple[Table, ...] = ()
    logins: Mapping[str, str] = field(default_factory=dict, repr=False)
    known: tuple[Table, ...] = field(default=(), repr=False)

    def project(self, requirements: Sequence[str], names: Iterable[str]) -> str:
        """A ``pyproject.toml`` that depends on requirements, some of whose names are of these."""
        sources = {name: list(self.sources[name]) for name in sorted(names)}
        used = {entry["index"] for entries in sources.values() for entry in entries}
        indexes = [entry for entry in self.indexes if entry["name"] in used]
        project = {"name": PROJECT, "version": "0", "dependencies": list(requirements)}
        uv = {"sources": sources, "index": indexes}
        return f"project = {toml_value(project)}\ntool = {toml_value({'uv': uv})}\n"


def named_indexes(projects: Sequence[Table], configured: Sequence[Table]) -> NamedIndexes:
    """What uv's tables of the project and of its workspace say, nearest first.

    configured: all tables of uv's configuration, which may name indexes, too
    raises:     SettingsError for an index that nothing names
    """
    known = {
        entry["name"]: entry
        for table in (*configured, *reversed(projects))
        for entry in _named(table)
    }
    sources: dict[str, tuple[Table, ...]] = {}
    for table in reversed(projects):
        sources.update(_sources(table))
    wanted = sorted({entry["index"] for entries in sources.values() for entry in entries})
    for index in wanted:
        if index not in known:
            names = ", ".join(
                sorted(n for n, found in sources.items() if index in {e["index"] for e in found})
            )
            fact = f"pyproject.toml: [tool.uv.sources] takes {names} from the index {index!r}, which nothing names"
            raise SettingsError(
                fact, f'add it: [[tool.uv.index]] with name = "{index}" and its url'
            )
    told = [_without_login(known[index]) for index in wanted]
    logins = {key: value for _, login in told for key, value in login.items()}
    return NamedIndexes(
        sources=sources,
        indexes=tuple(entry for entry, _ in told),
        logins=logins,
        known=tuple(known[index] for index in wanted),
    )


def chosen_by_extra(projects: Sequence[Table]) -> tuple[str, ...]:
    """The names whose every index is for an extra or a group, which no step has: the usual indexes count."""
    listed = {
        canonicalize_name(name): one
        for table in reversed(projects)
        for name, one in _entries(table)
    }
    decided = {name for table in projects for name in _sources(table)}
    return tuple(sorted(name for name, one in listed.items() if one and name not in decided))


def _sources(table: Table) -> dict[str, tuple[Table, ...]]:
    found = (
        (
            canonicalize_name(name),
            tuple(_plain(one) for one in entries if not any(key in one for key in _CHOSEN_BY)),
        )
        for name, entries in _entries(table)
    )
    return {name: entries for name, entries in found if entries}


def _entries(table: Table) -> Iterator[tuple[str, list[Table]]]:
    """The entries of each name that say an index."""
    for name, said in table_at(table, "sources").items():
        listed = said if isinstance(said, list) else [said]
        yield (
            name,
            [one for one in listed if isinstance(one, dict) and isinstance(one.get("index"), str)],
        )


def _plain(entry: Table) -> Table:
    return {key: str(entry[key]) for key in ("index", "marker") if key in entry}


def _named(table: Table) -> Iterator[Table]:
    listed = table.get("index")
    for entry in listed if isinstance(listed, list) else ():
        if (
            isinstance(entry, dict)
            and isinstance(entry.get("name"), str)
            and isinstance(entry.get("url"), str)
        ):
            yield entry


def _without_login(entry: Table) -> tuple[Table, Mapping[str, str]]:
    """An index without what its address has before the host, and the variables in which uv reads that."""
    parts = urlsplit(entry["url"])
    login, _, host = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    plain = {**entry, "url": urlunsplit(parts._replace(netloc=host))}
    prefix = f"UV_INDEX_{re.sub(r'[^A-Z0-9]', '_', entry['name'].upper())}"
    told = {f"{prefix}_USERNAME": unquote(user), f"{prefix}_PASSWORD": unquote(password)}
    return plain, {key: value for key, value in told.items() if value}
