"""Failures of a notebook's steps, told by cell."""

from __future__ import annotations

from pathlib import Path

from ops0.core.pipeline import CellLines
from ops0.runtime.engines.cells import told_in_cells
from ops0.runtime.errors import Failure

CELLS = {"a/n_ipynb.py": CellLines(path="a/n.ipynb", starts=((2, 1), (5, 3), (9, 4)))}
TRACEBACK = """\
  + Exception Group Traceback (most recent call last):
  |   File "a/n_ipynb.py", line 6, in f
  |     raise ValueError('File "a/n_ipynb.py", line 6')
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "a/helper.py", line 6, in g
    |   File "a/n_ipynb.py", line 9, in <module>
  File "a/n_ipynb.py", line 12
    x = (
"""


def failure(traceback: str = "", where: str | None = None) -> Failure:
    return Failure(kind="step", message="no", traceback=traceback, where=where)


def test_frames_are_told_by_cell_and_nothing_else_is_touched() -> None:
    told = told_in_cells(failure(TRACEBACK), CELLS).traceback
    wanted = (
        TRACEBACK.replace(
            '  |   File "a/n_ipynb.py", line 6, in f',
            '  |   File "a/n.ipynb", cell 3, line 2, in f',
        )
        .replace('File "a/n_ipynb.py", line 9, in', 'File "a/n.ipynb", cell 4, line 1, in')
        .replace('  File "a/n_ipynb.py", line 12', '  File "a/n.ipynb", cell 4, line 4')
    )
    assert told == wanted


def test_so_is_the_place() -> None:
    assert (
        told_in_cells(failure(where="a/n_ipynb.py:6"), CELLS).where == "a/n.ipynb: cell 3, line 2"
    )
    assert told_in_cells(failure(where="a/helper.py:6"), CELLS).where == "a/helper.py:6"
    assert told_in_cells(failure(where=None), CELLS).where is None


def test_a_failure_of_plain_files_stays_as_it_is() -> None:
    one = failure(TRACEBACK, "a/n_ipynb.py:6")
    assert told_in_cells(one, {}) is one


def test_a_line_above_the_first_cell_is_told_as_its_first() -> None:
    assert (
        told_in_cells(failure(where="a/n_ipynb.py:1"), CELLS).where == "a/n.ipynb: cell 1, line 1"
    )


def test_the_cells_are_named_by_path_not_by_the_last_part(tmp_path: Path) -> None:
    text = f'  File "{tmp_path}/n_ipynb.py", line 6, in f'
    assert told_in_cells(failure(text), CELLS).traceback == text
