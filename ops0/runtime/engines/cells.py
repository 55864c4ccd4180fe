"""A notebook's slices, written where a process can import them; and their failures, told by cell instead of by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ops0.core.pipeline import CellLines, Step
from ops0.runtime.engines.traceback_lines import FRAME
from ops0.runtime.errors import Failure


def write_notebook_slices(step: Step, folder: Path) -> Mapping[Path, CellLines]:
    """Write those of a step's slices that are no files of the user's. Gives each file's cells; () for most steps."""
    written: dict[Path, CellLines] = {}
    for one in step.slices:
        if one.cells is not None:
            path = folder / PurePosixPath(one.path).name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(one.text, encoding="utf-8")
            written[path] = one.cells
    return written


def told_in_cells(failure: Failure, notebooks: Mapping[str, CellLines]) -> Failure:
    """The failure with every frame in a notebook's slice, and its place, by cell.

    notebooks: the slices' files as the failure names them -> their cells
    """
    if not notebooks:
        return failure
    lines = [_frame(line, notebooks) for line in failure.traceback.split("\n")]
    where = failure.where
    if where is not None:
        path, _, line = where.rpartition(":")
        if path in notebooks and line.isdecimal():
            where = str(notebooks[path].where(int(line)))
    return replace(failure, traceback="\n".join(lines), where=where)


def _frame(line: str, notebooks: Mapping[str, CellLines]) -> str:
    """``File "churn_ipynb.py", line 17, in load`` as ``File "churn.ipynb", cell 3, line 2, in load``."""
    frame = FRAME.fullmatch(line)
    if frame is None or frame["path"] not in notebooks:
        return line
    place = notebooks[frame["path"]].where(int(frame["line"]))
    cell = f", cell {place.cell[0]}, line {place.cell[1]}" if place.cell else ""
    return f'{frame["margin"]}File "{place.path}"{cell}{frame["rest"]}'
