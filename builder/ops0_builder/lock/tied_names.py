"""Names that poetry and pipenv take from one index alone, said as uv's tables say it. Pure.

Sources: https://python-poetry.org/docs/repositories/#package-sources and the Pipfile of
https://pipenv.pypa.io/en/latest/indexes.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from string import Template

from ops0.core.requirements.poetry import platform_marker
from ops0.core.requirements.poetry_versions import UnreadVersion, python_marker
from ops0.core.requirements.sources import poetry_tables, table_at, tables_in
from ops0.core.requirements.tabled import marker_variables
from ops0_builder.lock.index_settings import with_login
from ops0_builder.lock.named_indexes import Table, named_in

_PUBLIC = "pypi"
"""poetry's own name for the public index, which the usual settings name."""


def poetry_tied(document: Table, environment: Mapping[str, str]) -> Table:
    """``source = …`` of a ``pyproject.toml``'s dependencies, with the indexes that ``[[tool.poetry.source]]`` names."""
    listed = table_at(document, "tool", "poetry").get("source")
    named = [_logged_in(entry, environment) for entry in named_in(listed)]
    said = [
        (name, entry)
        for name, entry in _entries(poetry_tables(document))
        if str(entry.get("source")).lower() != _PUBLIC
    ]
    return _tied(said, "source", _poetrys, named)


def pipfile_tied(document: Table, environment: Mapping[str, str]) -> Table:
    """``index = …`` of a ``Pipfile``'s packages, with its ``[[source]]`` entries; variables in these are filled in."""
    tables = (document.get("packages"), document.get("dev-packages"))
    named = [
        {**entry, "url": Template(entry["url"]).safe_substitute(environment)}
        for entry in named_in(document.get("source"))
    ]
    return _tied([*_entries(tables)], "index", marker_variables, named)


def _poetrys(entry: Table) -> Iterator[str]:
    yield platform_marker(str(entry.get("platform") or ""))
    with suppress(UnreadVersion):
        yield python_marker(str(entry.get("python") or "*"))


def _tied(
    said: Sequence[tuple[str, Table]],
    key: str,
    markers: Callable[[Table], Iterable[str]],
    indexes: Sequence[Table],
) -> Table:
    sources: dict[str, list[Table]] = {}
    for name, entry in said:
        if isinstance(entry.get(key), str):
            listed = (str(entry.get("markers") or ""), *markers(entry))
            marker = " and ".join(f"({one})" for one in listed if one)
            sources.setdefault(name, []).append({"index": entry[key], "marker": marker})
    known = {entry["name"] for entry in indexes}
    # pipenv takes an address in place of a name, too.
    plain = {one["index"] for ones in sources.values() for one in ones if "://" in one["index"]}
    listed_indexes = [
        *({"name": entry["name"], "url": entry["url"], "explicit": True} for entry in indexes),
        *({"name": url, "url": url, "explicit": True} for url in sorted(plain - known)),
    ]
    return {"sources": sources, "index": listed_indexes}


def _entries(tables: Iterable[object]) -> Iterator[tuple[str, Table]]:
    for table in tables:
        for name, said in (table if isinstance(table, dict) else {}).items():
            yield from ((name, entry) for entry in tables_in(said))


def _logged_in(entry: Table, environment: Mapping[str, str]) -> Table:
    """An index with the login that poetry would take from the environment in its address."""
    prefix = f"POETRY_HTTP_BASIC_{re.sub(r'[^A-Z0-9]', '_', entry['name'].upper())}"
    user, password = (environment.get(f"{prefix}_{part}", "") for part in ("USERNAME", "PASSWORD"))
    with suppress(ValueError):  # told where the index is used
        return {**entry, "url": with_login(entry["url"], user, password) if user else entry["url"]}
    return entry
