"""Names that a project takes from one index alone: ``index = …`` in ``[tool.uv.sources]``. Pure.

uv obeys that for what a ``pyproject.toml`` depends on, so it is asked by one where a resolution has such a name.
There each index has a name of ops0's own: uv takes logins from variables named after indexes, `a.b` and `a-b` alike.
Source: https://docs.astral.sh/uv/concepts/indexes/#pinning-a-package-to-an-index
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from packaging.requirements import InvalidRequirement, Requirement

from ops0.core.errors import SettingsError
from ops0.core.locked import Target
from ops0.core.requirements.declared import applies
from ops0.core.requirements.names import canonicalize_name
from ops0.core.requirements.sources import table_at, tables_in
from ops0_builder.lock.index_settings import with_credentials
from ops0_builder.lock.uv_configuration import toml_value

PROJECT = "ops0-asked"
"""What the ``pyproject.toml`` calls itself; uv names it as who needs its dependencies."""
_CHOSEN_BY = ("extra", "group")

Table = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedIndexes:
    """Which names come from which index.

    sources:   normal name -> where it comes from, one entry a marker, as uv writes them
    indexes:   the index of each name in an entry, as uv writes them, but without a login
    logins:    environment variables with which uv logs in there
    addresses: of the same indexes, with their logins
    """

    sources: Mapping[str, tuple[Table, ...]] = field(default_factory=dict)
    indexes: tuple[Table, ...] = ()
    logins: Mapping[str, str] = field(default_factory=dict, repr=False)
    addresses: tuple[str, ...] = field(default=(), repr=False)

    def ties(self, name: str, target: Target) -> bool:
        """Whether an index is named for a name on that target."""
        return any(_holds(entry.get("marker"), target) for entry in self.sources.get(name, ()))

    def project(self, requirements: Sequence[str], names: Iterable[str]) -> str:
        """A ``pyproject.toml`` that depends on requirements, some of whose names are of these."""
        sources = {name: list(self.sources[name]) for name in sorted(names)}
        used = {entry["index"] for entries in sources.values() for entry in entries}
        uv = {
            "workspace": {
                "members": []
            },  # else uv looks for one in the folders above, which may be anybody's
            "sources": sources,
            "index": [entry for entry in self.indexes if entry["name"] in used],
        }
        project = {"name": PROJECT, "version": "0", "dependencies": list(requirements)}
        return f"project = {toml_value(project)}\ntool = {toml_value({'uv': uv})}\n"


def named_indexes(
    projects: Sequence[Table], configured: Sequence[Table], environment: Mapping[str, str]
) -> NamedIndexes:
    """What uv's tables of the project and of its workspace say, nearest first.

    configured:  all tables of uv's configuration, nearest first, which may name indexes, too; ``UV_INDEX`` may
    environment: logins come from it where an address has none
    raises:      SettingsError for an index that nothing names, or whose address is none
    """
    tables = (
        *reversed(configured),
        {"index": [*_in_environment(environment)]},
        *reversed(projects),
    )
    known = {entry["name"]: entry for table in tables for entry in named_in(table.get("index"))}
    tied: dict[str, tuple[Table, ...]] = {}
    for table in reversed(projects):
        tied.update(_sources(table))
    wanted = sorted({entry["index"] for entries in tied.values() for entry in entries})
    _check_named(wanted, known, tied)
    own = {index: f"ops0-{number}" for number, index in enumerate(wanted)}
    addresses = {index: _address(known[index], environment) for index in wanted}
    return NamedIndexes(
        sources={
            name: tuple({**entry, "index": own[entry["index"]]} for entry in entries)
            for name, entries in tied.items()
        },
        indexes=tuple(
            {**known[index], "name": own[index], "url": _without_login(addresses[index])}
            for index in wanted
        ),
        logins={
            key: value
            for index in wanted
            for key, value in _login(own[index], addresses[index]).items()
        },
        addresses=tuple(addresses.values()),
    )


def _check_named(
    wanted: Sequence[str], known: Mapping[str, Table], tied: Mapping[str, tuple[Table, ...]]
) -> None:
    """Raises SettingsError for an index that some distribution is tied to, and nothing names."""
    for index in wanted:
        if index not in known:
            names = ", ".join(name for name in sorted(tied) if index in _indexes_of(tied[name]))
            fact = f"{names} is to come from the index {index!r}, which nothing names"
            hint = "name it with its url: [[tool.uv.index]], [[tool.poetry.source]], or [[source]] of a Pipfile"
            raise SettingsError(fact, hint)


def _holds(marker: str | None, target: Target) -> bool:
    try:
        return not marker or applies(Requirement(f"{PROJECT} ; {marker}"), target)
    except InvalidRequirement:
        return False


def chosen_by_extra(projects: Sequence[Table]) -> tuple[str, ...]:
    """The names whose every index is for an extra or a group, which no step has: the usual indexes count."""
    listed = {
        canonicalize_name(name): one
        for table in reversed(projects)
        for name, one in _entries(table)
    }
    decided = {name for table in projects for name in _sources(table)}
    return tuple(sorted(name for name, one in listed.items() if one and name not in decided))


def _indexes_of(entries: Iterable[Table]) -> frozenset[str]:
    return frozenset(entry["index"] for entry in entries)


def _sources(table: Table) -> dict[str, tuple[Table, ...]]:
    """Of each name what says where it comes from: equal entries once, and nothing behind one that always holds."""
    found: dict[str, tuple[Table, ...]] = {}
    for name, entries in _entries(table):
        plain: list[Table] = []
        for entry in entries:
            said = {key: str(entry[key]) for key in ("index", "marker") if entry.get(key)}
            always = bool(plain) and "marker" not in plain[-1]
            if not (always or said in plain or any(key in entry for key in _CHOSEN_BY)):
                plain.append(said)
        if plain:
            found[canonicalize_name(name)] = tuple(plain)
    return found


def _entries(table: Table) -> Iterator[tuple[str, list[Table]]]:
    """The entries of each name that say an index."""
    for name, said in table_at(table, "sources").items():
        yield name, [one for one in tables_in(said) if isinstance(one.get("index"), str)]


def named_in(listed: object) -> Iterator[Table]:
    """The entries of a list of indexes that have a name and an address."""
    for entry in listed if isinstance(listed, list) else ():
        known = isinstance(entry, dict) and isinstance(entry.get("name"), str)
        if known and isinstance(entry.get("url"), str):
            yield entry


def _in_environment(environment: Mapping[str, str]) -> Iterator[Table]:
    """``UV_INDEX="name=url"``, also of several."""
    for key in ("UV_INDEX", "UV_DEFAULT_INDEX"):
        for said in environment.get(key, "").split():
            name, named, url = said.partition("=")
            if named and "/" not in name:
                yield {"name": name, "url": url}


def _address(entry: Table, environment: Mapping[str, str]) -> str:
    try:
        return with_credentials(entry, environment)
    except ValueError as fault:
        fact = f"the address of the index {entry['name']!r} is none: {fault}"
        raise SettingsError(fact, "write it as https://HOST/PATH") from None


def _without_login(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _login(name: str, address: str) -> Mapping[str, str]:
    """The variables in which uv reads the login of the index of that name."""
    user, _, password = urlsplit(address).netloc.rpartition("@")[0].partition(":")
    prefix = f"UV_INDEX_{name.upper().replace('-', '_')}"
    told = {f"{prefix}_USERNAME": unquote(user), f"{prefix}_PASSWORD": unquote(password)}
    return {key: value for key, value in told.items() if value}
