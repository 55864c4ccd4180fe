"""Names that poetry and pipenv take from one index alone, said as uv's tables say it. Pure.

Sources: https://python-poetry.org/docs/repositories/#package-sources and the Pipfile of
https://pipenv.pypa.io/en/latest/indexes.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Template
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from ops0.core.requirements.sources import table_at

Table = Mapping[str, Any]


def poetry_tied(document: Table, environment: Mapping[str, str]) -> Table:
    """``source = …`` of a ``pyproject.toml``'s dependencies, with the indexes that ``[[tool.poetry.source]]`` names."""
    poetry = table_at(document, "tool", "poetry")
    groups = table_at(poetry, "group")
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    tables += [table_at(groups, name).get("dependencies") for name in groups]
    indexes = [_logged_in(entry, environment) for entry in _indexes(poetry.get("source"))]
    return _tied(tables, "source", "markers", indexes)


def pipfile_tied(document: Table, environment: Mapping[str, str]) -> Table:
    """``index = …`` of a ``Pipfile``'s packages, with its ``[[source]]`` entries; variables in these are filled in."""
    tables = [document.get("packages"), document.get("dev-packages")]
    indexes = [
        {**entry, "url": Template(entry["url"]).safe_substitute(environment)}
        for entry in _indexes(document.get("source"))
    ]
    return _tied(tables, "index", "markers", indexes)


def _tied(tables: Iterable[object], key: str, marker: str, indexes: Sequence[Table]) -> Table:
    named = {entry["name"]: _uv_name(entry["name"]) for entry in indexes}
    sources: dict[str, list[Table]] = {}
    for name, entry in _entries(tables):
        index = entry.get(key)
        if index in named:  # poetry's own name for the public index, PyPI, is nothing's here
            said = {"marker": str(entry[marker])} if marker in entry else {}
            sources.setdefault(name, []).append({"index": named[index], **said})
    listed = [
        {"name": named[entry["name"]], "url": entry["url"], "explicit": True} for entry in indexes
    ]
    return {"sources": sources, "index": listed}


def _entries(tables: Iterable[object]) -> Iterator[tuple[str, Table]]:
    for table in tables:
        for name, said in (table if isinstance(table, dict) else {}).items():
            for entry in said if isinstance(said, list) else [said]:
                if isinstance(entry, dict):
                    yield name, entry


def _indexes(said: object) -> Iterator[dict[str, Any]]:
    for entry in said if isinstance(said, list) else ():
        known = isinstance(entry, dict) and isinstance(entry.get("name"), str)
        if known and isinstance(entry.get("url"), str):
            yield entry


def _uv_name(name: str) -> str:
    """A name that uv takes for an index."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", name)


def _logged_in(entry: Table, environment: Mapping[str, str]) -> dict[str, Any]:
    """An index with the login that poetry would take from the environment in its address."""
    prefix = f"POETRY_HTTP_BASIC_{re.sub(r'[^A-Z0-9]', '_', entry['name'].upper())}"
    user, password = (environment.get(f"{prefix}_{part}", "") for part in ("USERNAME", "PASSWORD"))
    parts = urlsplit(entry["url"])
    if not user or "@" in parts.netloc:
        return dict(entry)
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}"
    return {**entry, "url": urlunsplit(parts._replace(netloc=login))}
