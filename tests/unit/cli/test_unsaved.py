"""A notebook that is run as it was saved, from a kernel that has gone on since."""

from __future__ import annotations

import json
import linecache
from pathlib import Path
from typing import Any

import pytest

import ops0
from ops0.cli.unsaved import unsaved_steps

LOAD = "@ops0.step\ndef load(n: int = 5):\n    return list(range(n))"
OTHER = LOAD.replace("range(n)", "range(n + 1)")


def notebook(folder: Path, *cells: str) -> Path:
    path = folder / "flow.ipynb"
    told = [{"cell_type": "markdown", "source": "# text"}]
    told += [{"cell_type": "code", "source": text} for text in cells]
    path.write_text(json.dumps({"nbformat": 4, "cells": told}))
    return path


def kernel(*cells: str) -> dict[str, Any]:
    """What a kernel has after these cells; it hands their text to linecache, as IPython does."""
    names: dict[str, Any] = {"__name__": "__main__", "ops0": ops0}
    for number, text in enumerate(cells):
        name = f"<cell {number} of {id(names)}>"
        linecache.cache[name] = (len(text), None, [f"{line}\n" for line in text.split("\n")], name)
        exec(compile(text, name, "exec"), names)
    return names


def test_what_is_saved_as_it_is_says_nothing(tmp_path: Path) -> None:
    file = notebook(tmp_path, "import ops0", f"x = 1\n{LOAD}\nload(3)")
    assert list(unsaved_steps(file, kernel(LOAD))) == []
    assert list(unsaved_steps(file, {})) == []


def test_a_step_that_was_changed_since_is_told_with_its_cell(tmp_path: Path) -> None:
    """The older one ran, and nobody was told."""
    file = notebook(tmp_path, "import ops0", LOAD)
    (warning,) = unsaved_steps(file, kernel(LOAD, OTHER))
    assert str(warning.where) == "flow.ipynb: cell 3, line 1"
    assert "step 'load' is not saved as this kernel has it" in warning.text


@pytest.mark.parametrize("cells", [("x = 1",), ("def loader(n): pass",)])
def test_a_step_of_another_notebook_says_nothing(tmp_path: Path, cells: tuple[str, ...]) -> None:
    assert list(unsaved_steps(notebook(tmp_path, *cells), kernel(LOAD))) == []


def test_what_cannot_be_compared_says_nothing(tmp_path: Path) -> None:
    file, names = notebook(tmp_path, LOAD), kernel(OTHER)
    linecache.cache.clear()
    assert list(unsaved_steps(file, names)) == []
    names = kernel(OTHER + "  # get_ipython().system('ls')")
    assert list(unsaved_steps(file, names)) == []
    file.write_text("{")
    assert list(unsaved_steps(file, kernel(OTHER))) == []
    assert list(unsaved_steps(tmp_path / "gone.ipynb", kernel(OTHER))) == []
    assert list(unsaved_steps(tmp_path, kernel(OTHER))) == []
