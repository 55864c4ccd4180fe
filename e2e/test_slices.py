"""Slices in real containers: each project of tests/corpus/runnable does in its image what it does whole.

All projects are laid over each other into one, with one step for each, so that one lock and one build serve all.
A project is a folder with ``*_job.py``, in it ``work()`` and ``broken()``, which fails on the line with ``# HERE``; and
``needs.txt``, the distributions that its step must have, no more and no less.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from driver.command import Said, ops0
from driver.leftovers import engine_objects, runs

RUNNABLE = Path(__file__).parents[1] / "tests" / "corpus" / "runnable"
ABSENT = ("hdbscan", "lightning", "seaborn", "shapely", "xlwings")
"""What the projects' other functions need: stood in for when the whole is run, missing in the containers."""

HEAD = """
import os
import traceback

import ops0

FILES = {files!r}


def outcome(work, broken):
    value = work()
    try:
        broken()
    except Exception as fault:
        frames = traceback.extract_tb(fault.__traceback__)
        places = [[os.path.basename(one.filename), one.lineno] for one in frames]
        return {{
            "value": value,
            "error": type(fault).__name__,
            "places": [one for one in places if one[0] in FILES],
        }}
    raise AssertionError("it did not fail")
"""
STEP = """

@ops0.step
def {name}():
    return outcome({job}.work, {job}.broken)
"""


@dataclass(frozen=True, slots=True)
class Project:
    """One runnable project. ``here``: the file and line where its ``broken()`` fails."""

    name: str
    job: str
    needs: frozenset[str]
    here: tuple[str, int]
    files: tuple[str, ...]


def read_project(folder: Path) -> Project:
    """A project as its folder tells it."""
    paths = sorted(folder.rglob("*.py"))
    (job,) = (path.stem for path in paths if path.name.endswith("_job.py"))
    here = [
        (path.name, number)
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if line.endswith("# HERE")
    ]
    needs = frozenset((folder / "needs.txt").read_text("utf-8").split())
    # Libraries have files of that name too.
    files = tuple(path.name for path in paths if path.name != "__init__.py")
    (one,) = here
    return Project(folder.name, job, needs, one, files)


PROJECTS = tuple(read_project(path.parent) for path in sorted(RUNNABLE.glob("*/needs.txt")))


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All projects as one, with a pipeline over them."""
    folder = tmp_path_factory.mktemp("together")
    ignore = shutil.ignore_patterns("__pycache__", "needs.txt")
    for project in PROJECTS:
        shutil.copytree(RUNNABLE / project.name, folder, ignore=ignore, dirs_exist_ok=True)
    files = sorted({name for project in PROJECTS for name in project.files})
    text = HEAD.format(files=files)
    text += "".join(f"\nimport {project.job}" for project in PROJECTS) + "\n"
    text += "".join(STEP.format(name=one.name, job=one.job) for one in PROJECTS)
    (folder / "pipeline.py").write_text(text)
    fails = "import state_job\nimport ops0\n\n\n@ops0.step\ndef fails():\n    return state_job.broken()\n"
    (folder / "failing.py").write_text(fails)
    (folder / "ops0.toml").write_text('pipeline = "pipeline.py"\npython = "3.11"\n')
    return folder


@pytest.fixture(scope="module")
def own_env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Folders of this module's own: one lock, one wheelhouse and one build for all its tests."""
    kept = os.environ.get("OPS0_E2E_CACHE")
    base = tmp_path_factory.mktemp("ops0")
    own = {"OPS0_CACHE_DIR": kept or str(base / "cache"), "OPS0_STATE_DIR": str(base / "state")}
    return dict(os.environ) | own


@pytest.fixture(scope="module")
def whole(together: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the whole modules give, in this environment."""
    stand_ins = tmp_path_factory.mktemp("absent")
    for name in ABSENT:
        (stand_ins / f"{name}.py").touch()
    ask = (
        "import json, pipeline\n"
        f"print(json.dumps({{n: getattr(pipeline, n)() for n in {[one.name for one in PROJECTS]}}}))"
    )
    path = os.pathsep.join(str(one) for one in (together, together / "src", stand_ins))
    done = subprocess.run(
        [sys.executable, "-c", ask],
        env=dict(os.environ) | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    given: dict[str, Any] = json.loads(done.stdout)
    return given


@pytest.fixture(scope="module")
def contained(together: Path, own_env: dict[str, str]) -> Said:
    """What the steps give in their containers."""
    said = ops0(["run", "--containers", "--json"], folder=together, env=own_env)
    assert said.code == 0, str(said)
    assert engine_objects(runs(Path(own_env["OPS0_STATE_DIR"]))) == ()
    return said


def test_there_are_projects() -> None:
    assert len(PROJECTS) >= 12


@pytest.mark.docker
@pytest.mark.slow
def test_each_step_has_exactly_the_needs_that_its_project_tells(
    together: Path, own_env: dict[str, str]
) -> None:
    said = ops0(["plan", "--json"], folder=together, env=own_env)
    assert said.code == 0, str(said)
    needs = {
        step["name"]: {need["name"] for need in step["needs"]}
        for step in said.data["pipeline"]["steps"]
    }
    assert needs == {project.name: set(project.needs) for project in PROJECTS}


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize("name", [project.name for project in PROJECTS])
def test_a_slice_gives_in_its_container_what_the_whole_gives(
    name: str, whole: dict[str, Any], contained: Said
) -> None:
    assert contained.data["results"][name] == whole[name]


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize("project", PROJECTS, ids=[project.name for project in PROJECTS])
def test_a_traceback_names_the_original_file_and_line(project: Project, contained: Said) -> None:
    assert contained.data["results"][project.name]["places"][-1] == list(project.here)


@pytest.mark.docker
@pytest.mark.slow
def test_a_step_that_fails_tells_the_users_own_lines(
    together: Path, own_env: dict[str, str]
) -> None:
    said = ops0(["run", "--containers", "failing.py"], folder=together, env=own_env)
    assert said.code != 0
    path, line = next(one.here for one in PROJECTS if one.name == "state")
    assert f'{path}", line {line}' in said.err, str(said)
    assert 'failing.py", line 7' in said.err
