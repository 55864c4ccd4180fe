"""What a project's own lock file pins, and by which hashes: of PEP 751, uv, poetry, pdm or pipenv."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ops0.core.pipeline import Where
from ops0.core.project_files import Source
from ops0.core.requirements.declarations import Constraint, Declaration
from ops0.core.requirements.lock_addresses import file_at
from ops0.core.requirements.lock_repositories import LockedRepository, repository_of
from ops0.core.requirements.names import canonicalize_name
from ops0.core.requirements.pep508 import is_requirement
from ops0.core.requirements.pipenv import pipfile_lock_entries
from ops0.core.requirements.places import file_url, shown
from ops0.core.requirements.together import is_pin
from ops0.core.toml_text import parse_toml

_PIPENV = "Pipfile.lock"
_FILES = (
    ("pylock.toml", "packages"),
    ("uv.lock", "package"),
    ("poetry.lock", "package"),
    ("pdm.lock", "package"),
    (_PIPENV, "default"),
)
LOCK_FILES = tuple(path for path, _ in _FILES)
"""The locks of other tools that are read, the first of them alone."""
_ELSEWHERE = ("vcs", "directory", "archive", "git", "path", "url")
"""Keys of an entry that comes from no index: those of pylock.toml, then those of pdm.lock."""
_FILE_LINES = re.compile(r"(?:^[ \t]+\{ ?(?:url|file|name) = .*\}[,\r]*$\n?)+", re.MULTILINE)
"""Lines for files or needs, as uv, poetry and pdm write them: nine tenths of a lock, of which only hashes are read."""
_NAME = re.compile(r"""[ \t]*name = "([^"]+)"[ \t\r]*""")
_SHA256 = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_LONGEST = 8_000_000
"""Bytes of a lock without those lines: 100,000 files."""
_UV_ELSEWHERE = ("git", "url", "path", "directory", "editable", "virtual")
_POETRY_ELSEWHERE = ("git", "url", "file", "directory")


@dataclass(frozen=True, kw_only=True, slots=True)
class Locked:
    """What a lock file says.

    pins:  one declaration for each version, ``pandas==2.2.3``; its marker is part of it where a name has several.
           What comes from a folder, file or repository is declared by its place: ``acme @ file:libs/acme``,
           and a file at an address with its hash: ``acme @ https://host/acme.zip#sha256=…``
    files: which files those versions have, by sha256; what the lock has no sha256 for is not there
    repositories: those of git, by the name of what comes from there
    """

    pins: tuple[Declaration, ...] = ()
    files: tuple[Constraint, ...] = ()
    repositories: Mapping[str, LockedRepository] = field(default_factory=dict)


def read_lock(
    source: Source,
    files: tuple[tuple[str, str], ...] = _FILES,
    *,
    above: tuple[str, bytes] | None = None,
) -> Locked:
    """The pins of the first lock file that a project has, with their places.

    files:      their paths, each with the key of its packages
    above:      uv's lock of a workspace that the project is a member of, which counts where there is none of these
    leaves out: the project itself, several versions without markers
    raises:     UnreadableSettings
    """
    for path, key in files:
        told, data = path, source.read(path)
        if data is None and path == "uv.lock" and above is not None:
            told, data = above
        if data is None:
            continue
        if path == _PIPENV:
            entries, lines = pipfile_lock_entries(data, path)
            return _locked(entries, {}, path, lines)
        text = _FILE_LINES.sub(_hashes_alone, data.decode("utf-8", "replace"))
        document = parse_toml(text.encode(), told, _LONGEST)
        return _locked(document.get(key), _files_apart(document), told, _lines(text))
    return Locked()


def _hashes_alone(lines: re.Match[str]) -> str:
    """The hashes of some lines as one text, on as many lines: a tenth of the time to parse."""
    found = " ".join(_SHA256.findall(lines[0]))
    return (f'"{found}",' if found else "") + "\n" * lines[0].count("\n")


def _lines(text: str) -> Mapping[str, int]:
    """The number of the first line that names each distribution."""
    numbered = [*enumerate(text.splitlines(), start=1)]
    said = ((_NAME.fullmatch(line), number) for number, line in reversed(numbered))
    return {found[1]: number for found, number in said if found is not None}


def _locked(
    entries: object, apart: Mapping[str, Iterable[str]], path: str, lines: Mapping[str, int]
) -> Locked:
    """What entries say. ``apart``: hashes that stand elsewhere, by name or ``name version``."""
    versions: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(dict)
    pins: list[Declaration] = []
    files: list[Constraint] = []
    repositories: dict[str, LockedRepository] = {}
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            continue
        name, version = entry["name"], entry.get("version")
        if _is_elsewhere(entry):
            repository = repository_of(entry)
            if repository is not None:
                repositories.setdefault(canonicalize_name(name), repository)
            pins += _placed(name, entry, path, lines)
        elif isinstance(version, str):
            versions[name].setdefault(version, []).append(entry)
    for name, found in versions.items():
        where = Where(path, lines.get(name, 1))
        for version, same in found.items():
            text = f"{name}=={version}"
            marker = " or ".join(_marker(entry) for entry in same)
            marked = f"{text}; {marker}" if len(found) > 1 else text
            if is_requirement(marked):
                pins.append(Declaration(marked, where, locked=True))
            hashes = {one for entry in same for one in _hashes(entry)}
            hashes.update(*(apart.get(part, ()) for part in (name, f"{name} {version}")))
            if hashes and is_requirement(text):
                files.append(Constraint(text, where, tuple(sorted(hashes)), binds=False))
    return Locked(pins=tuple(pins), files=tuple(files), repositories=repositories)


def _files_apart(document: Mapping[str, Any]) -> Mapping[str, Iterable[str]]:
    """The hashes that old locks of poetry and pdm have in a table of their own, by name or ``name version``."""
    metadata = document.get("metadata")
    files = metadata.get("files") if isinstance(metadata, dict) else None
    named = files.items() if isinstance(files, dict) else ()
    return {name: [*_sha256_in(said)] for name, said in named}


def _hashes(entry: Mapping[str, Any]) -> Iterator[str]:
    """The sha256 of an entry's files, whichever tool wrote it."""
    for key in ("wheels", "sdist", "files"):
        yield from _sha256_in(entry.get(key))


def _sha256_in(said: object, depth: int = 4) -> Iterator[str]:
    """Those in a text, a list, or what a table says of hashes: ``{hash = "sha256:…"}``."""
    if isinstance(said, str):
        yield from _SHA256.findall(said)
    parts = said if isinstance(said, list) else ()
    if isinstance(said, dict):
        parts = [said.get(key) for key in ("hash", "hashes", "sha256")]
    for one in parts if depth else ():
        yield from _sha256_in(one, depth - 1)


def _placed(
    name: str, entry: Mapping[str, Any], path: str, lines: Mapping[str, int]
) -> Iterator[Declaration]:
    found, place = repository_of(entry), _folder(entry)
    hashes = (*_hashes(entry), *_sha256_in(entry.get("archive")))
    address = file_at(entry, hashes) if found is None else found.place.address
    if address is None and isinstance(place, str):
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), place))
        address = file_url(place) if place != "." else None
    if address is None and isinstance(entry.get("vcs"), dict):
        address = _other_repository(entry["vcs"], posixpath.dirname(path))
    text = f"{name} @ {address}"
    if address is not None and is_requirement(text):
        yield Declaration(shown(text), Where(path, lines.get(name, 1)), locked=True)


def _other_repository(vcs: Mapping[str, Any], folder: str) -> str | None:
    """What PEP 751 says of a repository in a folder, or of another kind than git, which is refused where it is used."""
    url, path, kind = vcs.get("url"), vcs.get("path"), vcs.get("type")
    if not isinstance(url, str) and isinstance(path, str):
        url = file_url(posixpath.normpath(posixpath.join(folder, path)))
    commit = vcs.get("commit-id")
    at = f"@{commit}" if isinstance(commit, str) else ""
    return f"{kind}+{url}{at}" if isinstance(url, str) else None


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
    if "type" in source:  # poetry's; an index of the user's own has an address too
        return source["type"] in _POETRY_ELSEWHERE
    return any(key in source for key in _UV_ELSEWHERE)


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
        if one.url or any(is_pin(str(part)) for part in one.specifier)
    }
    return tuple(
        one for one in locked if canonicalize_name(Requirement(one.text).name) not in pinned
    )
