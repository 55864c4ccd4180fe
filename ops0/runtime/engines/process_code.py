"""Which files a step's process imports: the user's own, or the step's slices as an image holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ops0.core.pipeline import CellLines, Step
from ops0.runtime.engines.cells import write_notebook_slices

Mark: TypeAlias = "tuple[int, int, int] | None"


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """Where a process finds its step.

    roots:     folders to import from, first on the path
    project:   the folder that file names in tracebacks are relative to
    notebooks: slices of notebooks, as a traceback may name them -> their cells
    """

    roots: tuple[str, ...]
    project: str
    notebooks: Mapping[str, CellLines]


def in_place(step: Step, project: Path, folder: Path) -> Code:
    """The project's own files. A notebook is no module: its slice is written into ``folder``; no other cell runs."""
    cells = write_notebook_slices(step, folder)
    roots = [str(project / root) for root in step.roots]
    return Code(
        roots=tuple([str(folder), *roots] if cells else roots),
        project=str(project),
        notebooks={name: one for path, one in cells.items() for name in _names(path, project)},
    )


def laid_apart(step: Step, project: Path, folder: Path) -> Code:
    """The step's slices, written into ``folder`` as an image has them, beside links to its data files."""
    for one in step.slices:
        path = folder / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.text, encoding="utf-8")
    for data in step.data:
        path = folder / data.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(project / data.path)
    return Code(
        roots=tuple(str(folder / root) for root in step.roots),
        project=str(folder),
        notebooks={one.path: one.cells for one in step.slices if one.cells is not None},
    )


def marks(steps: Iterable[Step], project: Path) -> Mapping[str, Mark]:
    """Path -> what tells another state of that file, for all files that these steps' slices are of."""
    return {one.path: _mark(project / one.path) for step in steps for one in step.slices}


def _mark(path: Path) -> Mark:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _names(path: Path, project: Path) -> Iterator[str]:
    """How a traceback may name a slice: below the project, else below its own root (see failure.py)."""
    yield path.name
    if path.is_relative_to(project):
        yield str(path.relative_to(project))
