"""Notebooks from a terminal: only the slices of their cells run, and a failure names its cell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from driver.command import ops0
from driver.leftovers import engine_objects, runs

MODES = {"processes": (), "containers": ("--containers",)}
CELLS = (
    "md:# Weights",
    "%pip install -q none-of-the-steps-needs-this\n!touch a-command-ran.txt",
    "raise RuntimeError('a cell ran that no step needs')",
    "import json\nimport ops0\nfrom scales import SCALE",
    "class Weight:\n    def __init__(self, grams):\n        self.grams = grams",
    "@ops0.step\ndef weigh(grams: int = 3):\n    return Weight(grams * SCALE), json.load(open('unit.json'))",
    "def share(weight, unit):\n\n    return 12 / weight.grams",
    "@ops0.step\ndef report(weigh) -> str:\n    weight, unit = weigh\n    return f'{share(weight, unit):g} of {unit}'",
)


def write(project: Path, *cells: str) -> Path:
    """Write a notebook in a folder of a project, with a module and a data file beside it."""
    folder = project / "my work"
    folder.mkdir(parents=True, exist_ok=True)
    (project / "ops0.toml").write_text('python = "3.11"\n')
    (folder / "scales.py").write_text("SCALE = 2\n")
    (folder / "unit.json").write_text('"dozen"')
    made: list[dict[str, Any]] = []
    for text in cells:
        kind = "markdown" if text.startswith("md:") else "code"
        made.append({"cell_type": kind, "metadata": {}, "source": text.removeprefix("md:")})
    path = folder / "weights 1.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": made}))
    return path


@pytest.mark.docker
@pytest.mark.parametrize("mode", MODES)
def test_a_notebook_runs(mode: str, tmp_path: Path, env: dict[str, str], state: Path) -> None:
    notebook = write(tmp_path / "project", *CELLS)
    said = ops0(["run", str(notebook), *MODES[mode]], folder=tmp_path, env=env)
    assert (said.code, said.out) == (0, "2 of dozen\n"), str(said)
    assert "weights 1.ipynb: cell 2, line 2: `!touch a-command-ran.txt` is not run" in said.err
    assert not list(tmp_path.rglob("a-command-ran.txt"))
    assert not list((tmp_path / "project").rglob("*_ipynb*"))
    assert engine_objects(runs(state)) == ()


@pytest.mark.docker
@pytest.mark.parametrize("mode", MODES)
def test_a_failure_names_its_cell(mode: str, tmp_path: Path, env: dict[str, str]) -> None:
    notebook = write(tmp_path / "project", *CELLS)
    command = ["run", str(notebook), "--param", "grams=0", *MODES[mode]]
    said = ops0(command, folder=tmp_path, env=env)
    assert said.code == 50, str(said)
    name = "my work/weights 1.ipynb"
    assert f"error: {name}: cell 7, line 3: step 'report' failed: ZeroDivisionError" in said.err
    assert f'File "{name}", cell 8, line 4, in report' in said.err
    assert f'File "{name}", cell 7, line 3, in share\n    return 12 / weight.grams' in said.err
    assert "_ipynb" not in said.err
    # A cell above moves the lines, and builds nothing: the failure is told where they are now.
    write(tmp_path / "project", "first = 1\nsecond = 2", *CELLS)
    again = ops0(command, folder=tmp_path, env=env)
    assert f"error: {name}: cell 8, line 3: step 'report' failed: ZeroDivisionError" in again.err
    assert f'File "{name}", cell 9, line 4, in report' in again.err
    assert "building" not in again.err


def test_from_python(tmp_path: Path, env: dict[str, str]) -> None:
    notebook = write(tmp_path / "project", *CELLS)
    code = f"import ops0; print(ops0.run({str(notebook)!r}, params={{'grams': 1}}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "6 of dozen\n"


def test_requirements_are_keyed_by_the_file_as_given(tmp_path: Path, env: dict[str, str]) -> None:
    notebook = write(tmp_path / "project", *CELLS)
    name = str(notebook.relative_to(tmp_path))
    said = ops0(["requirements", "--json", name], folder=tmp_path, env=env)
    assert said.data == {name: {"Weight.__init__": [], "weigh": [], "share": [], "report": []}}
