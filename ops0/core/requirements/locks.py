"""What a project's own lock file pins, as declarations: of PEP 751, uv, poetry or pdm."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ops0.core.pipeline import Where
from ops0.core.project_files import Source
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.names import canonicalize_name
from ops0.core.requirements.places import file_url
from ops0.core.toml_text import parse_toml

_FILES = (
    ("pylock.toml", "packages"),
    ("uv.lock", "package"),
    ("poetry.lock", "package"),
    ("pdm.lock", "package"),
)
_ELSEWHERE = ("vcs", "directory", "archive", "git", "path", "url")
"""Keys of an entry that comes from no index: those of pylock.toml, then those of pdm.lock."""
_FILE_LINE = re.compile(r"^[ \t]+\{ ?(?:url|file|name) = .*\}[,\r]*$", re.MULTILINE)
"""A line for a file or a need, as uv, poetry and pdm write it: nine tenths of a lock, and nothing that is read here."""
_UV_ELSEWHERE = ("git", "url", "path", "directory", "editable", "virtual")
_POETRY_ELSEWHERE = ("git", "url", "file", "directory")


def locked_declarations(
    source: Source,
    files: tuple[tuple[str, str], ...] = _FILES,
    *,
    above: tuple[str, bytes] | None = None,
) -> tuple[Declaration, ...]:
    """The pins of the first lock file that a project has: ``pandas==2.2.3`` with its place.

    files:      their paths, each with the key of its packages
    above:      uv's lock of a workspace that the project is a member of, which counts where there is none of these
    Of a name with several versions, each counts where the lock says: its marker is part of the declaration.

    What stands in a folder or file is declared by its place: ``acme @ file:libs/acme``.

    leaves out: what comes from a repository or an address, the project itself, several versions without markers
    raises:     UnreadableSettings
    """
    for path, key in files:
        data, told = source.read(path), path
        if data is None and path == "uv.lock" and above is not None:
            told, data = above
        if data is not None:
            text = _FILE_LINE.sub("", data.decode("utf-8", "replace"))
            return tuple(_pins(parse_toml(text.encode(), told).get(key), told, _lines(text)))
    return ()


def _lines(text: str) -> Mapping[str, int]:
    """The number of the first of each line that names a distribution."""
    numbered = [*enumerate(text.splitlines(), start=1)]
    return {line.strip(): number for number, line in reversed(numbered) if "name" in line}


def _pins(entries: object, path: str, lines: Mapping[str, int]) -> Iterator[Declaration]:
    versions: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and _is_elsewhere(entry):
            yield from _placed(entry, path, lines)
        elif isinstance(entry, dict):
            name, version = entry.get("name"), entry.get("version")
            if isinstance(name, str) and isinstance(version, str):
                versions[name][version].append(_marker(entry))
    for name, found in versions.items():
        where = Where(path, lines.get(f'name = "{name}"', 1))
        for version, markers in found.items():
            text = f"{name}=={version}"
            if len(found) > 1:
                text += f"; {' or '.join(markers)}"
            if _is_requirement(text):
                yield Declaration(text, where)


def _placed(entry: Mapping[str, Any], path: str, lines: Mapping[str, int]) -> Iterator[Declaration]:
    name, place = entry.get("name"), _folder(entry)
    if not isinstance(name, str) or not isinstance(place, str):
        return
    place = posixpath.normpath(posixpath.join(posixpath.dirname(path), place))
    text = f"{name} @ {file_url(place)}"
    if place != "." and _is_requirement(text):
        yield Declaration(text, Where(path, lines.get(f'name = "{name}"', 1)))


def _folder(entry: Mapping[str, Any]) -> object:
    """The folder or file of an entry, from the lock: uv's, poetry's, pylock's, pdm's. None of one that is virtual."""
    source = entry.get("source")
    if isinstance(source, dict):
        if source.get("type") in ("directory", "file"):
            return source.get("url")
        return source.get("editable") or source.get("directory") or source.get("path")
    for key in ("directory", "archive"):
        table = entry.get(key)
        if isinstance(table, dict):
            return table.get("path")
    return entry.get("path")


def _marker(entry: Mapping[str, Any]) -> str:
    """Where an entry holds, as one marker: uv's list, poetry's text or table of a text a group, pylock's text.

    What has none, or something else, gives what is no marker.
    """
    said = entry.get("resolution-markers") or entry.get("markers") or entry.get("marker")
    texts = [*said.values()] if isinstance(said, dict) else said
    texts = texts if isinstance(texts, list) else [texts]
    return " or ".join(f"({text})" for text in texts)


def _is_elsewhere(entry: Mapping[str, Any]) -> bool:
    if any(key in entry for key in _ELSEWHERE):
        return True
    source = entry.get("source")
    if not isinstance(source, dict):
        return False
    return source.get("type") in _POETRY_ELSEWHERE or any(key in source for key in _UV_ELSEWHERE)


def _is_requirement(text: str) -> bool:
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - costs a start 25 ms

    try:
        Requirement(text)
    except InvalidRequirement:
        return False
    return True


def without_pinned(
    locked: tuple[Declaration, ...], declared: tuple[Declaration, ...]
) -> tuple[Declaration, ...]:
    """The pins of a lock for what the project's other files do not pin themselves."""
    if not locked:
        return ()
    from packaging.requirements import Requirement  # noqa: PLC0415 - costs a start 25 ms

    requirements = [Requirement(one.text) for one in declared]
    pinned = {
        canonicalize_name(one.name)
        for one in requirements
        if one.url or any(part.operator in ("==", "===") for part in one.specifier)
    }
    return tuple(
        one for one in locked if canonicalize_name(Requirement(one.text).name) not in pinned
    )
