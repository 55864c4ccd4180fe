"""What a ``Pipfile`` declares, and what its lock pins: the packages themselves, none of the other categories."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.tabled import edited_place, marker_variables, requirement_text
from ops0.core.toml_text import BadSetting, UnreadableSettings, key_lines, parse_toml

if TYPE_CHECKING:
    from ops0.core.requirements.reading import Reading

_LONGEST = 8_000_000
"""Bytes of a lock that is read."""
_ELSEWHERE = ("git", "path", "file", "url")


def read_pipfile(reading: Reading, data: bytes, path: str) -> None:
    """Add what a ``Pipfile`` declares. Raises UnreadableSettings; other faults are added."""
    document = parse_toml(data, path)
    lines = key_lines(data.decode("utf-8", "replace"))
    packages = document.get("packages")
    for name, said in packages.items() if isinstance(packages, dict) else ():
        where = Where(path, lines.get(name, 1))
        table = {"version": said} if isinstance(said, str) else said
        if not isinstance(table, dict):
            fault = BadSetting(where, f"packages.{name}", "is neither a text nor a table")
            reading.faults.append(fault)
        elif (folder := edited_place(table)) is not None:
            reading.line(f"-e {folder}", where)
        else:
            markers = [_text(table, "markers"), *marker_variables(table)]
            versions = _text(table, "version").strip()
            versions = "" if versions == "*" else versions
            reading.take(requirement_text(name, table, versions, markers), where)
    requires = document.get("requires")
    if isinstance(requires, dict):
        for key, wild in (("python_version", ".*"), ("python_full_version", "")):
            if version := _text(requires, key):
                where = Where(path, lines.get(key, 1))
                reading.pythons.append(Declaration(f"=={version}{wild}", where))


def pipfile_lock_entries(data: bytes, path: str) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The entries of a ``Pipfile.lock`` that pin a version or name a place, as those of other locks; and their lines.

    raises: UnreadableSettings
    """
    if len(data) > _LONGEST:
        raise UnreadableSettings(path, f"it has more than {_LONGEST} bytes", "JSON")
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text)
    except UnicodeDecodeError as fault:
        raise UnreadableSettings(path, f"byte {fault.start} is not UTF-8", "JSON") from None
    except (ValueError, RecursionError) as fault:
        raise UnreadableSettings(path, str(fault), "JSON") from None
    default = document.get("default") if isinstance(document, dict) else None
    found = []
    for name, entry in default.items() if isinstance(default, dict) else ():
        if not isinstance(entry, dict):
            continue
        version = entry.get("version")
        pinned = isinstance(version, str) and re.fullmatch(r"==([^=*]+)", version)
        if any(key in entry for key in _ELSEWHERE):
            found.append(_placed(name, entry))
        elif pinned:
            found.append({"name": name, "version": pinned[1], "files": entry.get("hashes")})
    return found, _lines(text)


def _placed(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with a place in the words of pdm's lock."""
    keys: tuple[str, ...] = ("git", "path", "url", "subdirectory")
    said: dict[str, Any] = {key: entry[key] for key in keys if key in entry}
    file = entry.get("file")
    if isinstance(file, str):
        said["url" if "://" in file else "path"] = file
    return {"name": name, "revision": entry.get("ref"), "files": entry.get("hashes"), **said}


def _lines(text: str) -> dict[str, int]:
    """The number of the line that begins an entry, by its name; of the section ``default`` where it is in several."""
    lines: dict[str, int] = {}
    inside = False
    for number, line in enumerate(text.split("\n"), start=1):
        found = re.fullmatch(r'\s*"([^"]+)": \{\s*', line)
        if found is not None and found[1] in ("default", "develop", "_meta"):
            inside = found[1] == "default"
        elif found is not None and inside:
            lines.setdefault(found[1], number)
    return lines


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""
