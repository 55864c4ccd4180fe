"""What a notebook's own install lines declare: ``%pip install "pandas>=2"``, ``!pip install -r requirements.txt``."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from ops0.core.errors import raise_together
from ops0.core.notebooks.text import read_notebook
from ops0.core.pipeline import Warn, Where
from ops0.core.project_files import Source
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.files import ProjectDeclared
from ops0.core.requirements.local import Nowhere, Places
from ops0.core.requirements.names import name_of
from ops0.core.requirements.places import has_address, is_place
from ops0.core.requirements.reading import Reading

__all__ = ["notebook_declared"]


def notebook_declared(source: Source, path: str, beside: Places | None = None) -> ProjectDeclared:
    """Read the installs of a notebook, and what it does that no step will; nothing where there is no such file.

    A file that the line names may be one that an earlier line of the notebook fetches: that is no fault.

    raises: NotebookUnreadable, BadRequirementLine, MissingRequirements; several together
    """
    data = source.read(path)
    if data is None:
        return ProjectDeclared()
    book = read_notebook(path, data)
    reading = Reading(source, beside or Nowhere())
    for where, installs in book.installs:
        for text in installs.requirements:
            if is_place(text) and not has_address(text):
                reading.place(text, where)
            else:
                reading.take(text, where)
        for name in installs.files:
            file = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if file.startswith("..") or source.read(file) is None:
                reading.warnings.append(_missing(file, where))
            else:
                reading.file(file, where)
    raise_together(reading.faults)
    return ProjectDeclared(
        notebook=_last_pins(reading.declarations),
        held=tuple(dict.fromkeys(reading.held)),
        warnings=(*book.remarks, *reading.warnings),
        local=tuple(reading.local),
    )


def _missing(file: str, where: Where) -> Warn:
    text = f"{file} is not in the project: what it declares is not used"
    return Warn(where=where, text=text, hint="add the file, or name the distributions in the line")


def _last_pins(declarations: Iterable[Declaration]) -> tuple[Declaration, ...]:
    """Without what a later pin of the same distribution replaces, as it would in the notebook's environment."""
    kept: dict[str, list[Declaration]] = {}
    for one in dict.fromkeys(declarations):
        of_name = kept.setdefault(name_of(one.text), [])
        if "==" in one.text or " @ " in one.text:
            of_name.clear()
        of_name.append(one)
    return tuple(one for of_name in kept.values() for one in of_name)
