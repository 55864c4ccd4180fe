"""What a script declares in its own text, in a ``# /// script`` block (PEP 723), and uv's lock of it beside it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ops0.core.errors import raise_together
from ops0.core.pipeline import Where
from ops0.core.project_files import Source
from ops0.core.requirements.files import ProjectDeclared
from ops0.core.requirements.local import Nowhere, Places
from ops0.core.requirements.lock_addresses import with_hashes
from ops0.core.requirements.lock_repositories import with_commits
from ops0.core.requirements.locks import read_lock, without_pinned
from ops0.core.requirements.names import name_of
from ops0.core.requirements.reading import Reading
from ops0.core.requirements.sources import WORKSPACE, Sourced, uv_sources
from ops0.core.toml_text import BadSetting, Place, parse_toml

__all__ = ["declared_with", "script_declared", "script_text"]

_START, _END = "# /// script", "# ///"


def script_declared(source: Source, path: str, beside: Places | None = None) -> ProjectDeclared:
    """Read the block of a Python file, and the pins of ``FILE.lock`` beside it; nothing where there is no block.

    raises: UnreadableSettings, BadSetting, BadRequirementLine; several together
    """
    toml = script_text(source.read(path) or b"", path)
    if not toml:
        return ProjectDeclared()
    table = parse_toml(toml.encode(), path)
    reading, place = Reading(source, beside or Nowhere()), Place(path, toml)
    reading.sourced(_sources(table, path), place)
    reading.listed(table.get("dependencies", []), "dependencies", place)
    reading.python(table.get("requires-python"), place)
    raise_together(reading.faults)
    locked = read_lock(source, ((f"{path}.lock", "package"),))
    declared = with_commits(dict.fromkeys(reading.declarations), locked.repositories)
    declared = with_hashes(declared, locked.pins)
    pins = without_pinned(locked.pins, declared)
    reading.note_places(pins)
    return ProjectDeclared(
        declarations=declared + pins,
        held=locked.files,
        pythons=tuple(reading.pythons),
        local=tuple(reading.local),
    )


def script_text(data: bytes, path: str) -> str:
    """The TOML in a file's block, on its own lines; "" where there is none. Raises BadSetting for a second one."""
    text = data.decode("utf-8-sig", "replace")
    blocks = list(_blocks(text.splitlines())) if _START in text else []
    if not blocks:
        return ""
    if len(blocks) > 1:
        raise BadSetting(Where(path, blocks[1][0]), "script", "is there twice", "keep one block")
    first, lines = blocks[0]
    return "\n" * first + "\n".join(line[2:] for line in lines)


def _sources(table: Mapping[str, Any], path: str) -> Iterator[Sourced]:
    """``[tool.uv.sources]`` of a script: its paths are told from the script's folder. It is of no workspace."""
    for one in uv_sources(table):
        if one.path != WORKSPACE:
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), one.path))
            yield replace(one, path=beside) if one.path else one


def declared_with(script: ProjectDeclared, project: ProjectDeclared) -> ProjectDeclared:
    """Both: of what the script declares itself, the project's other files have no say."""
    own = {name_of(one.text) for one in script.declarations}
    others = tuple(one for one in project.declarations if name_of(one.text) not in own)
    return replace(
        project,
        declarations=script.declarations + others,
        held=script.held + tuple(one for one in project.held if name_of(one.text) not in own),
        pythons=script.pythons or project.pythons,
        local=script.local + tuple(one for one in project.local if one.name not in own),
    )


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The blocks, each with the number of its first line: as far as comments go, up to the last end among them."""
    number = 0
    while number < len(lines):
        if lines[number] != _START:
            number += 1
            continue
        first = number + 1
        number = first
        while number < len(lines) and (lines[number] == "#" or lines[number].startswith("# ")):
            number += 1
        ends = [at for at in range(first, number) if lines[at] == _END]
        if ends:
            yield first, lines[first : ends[-1]]
