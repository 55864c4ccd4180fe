"""``ops0 run --isolate``: each step as a process with its slices and its locked wheels, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from driver.command import OPS0

PIPELINE = """
import ops0
import markupsafe
from tabulate import tabulate

LIMIT = 2


@ops0.step
def escaped(text: str = "<b>"):
    return str(markupsafe.escape(text)) * LIMIT


@ops0.step
def table(escaped):
    return tabulate([[escaped, open("rows.csv").read().strip()]], tablefmt="plain")


@ops0.step
def bare(table):
    import importlib.util, os, sys
    seen = [name for name in ("markupsafe", "tabulate", "pytest", "docker", "rich")
            if importlib.util.find_spec(name)]
    return [table, seen, os.path.realpath(sys.prefix) == os.path.realpath(os.environ["VIRTUAL_ENV"])]
"""


@dataclass(frozen=True)
class Project:
    folder: Path

    def run(self, *argv: str, code: int = 0, files: int | None = None, **env: str) -> Any:
        """What the command says: the JSON of its stdout, or its stderr where it shall fail.

        files: it may have so many open at once
        """
        done = self.start(*argv, files=files, **env)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if code == 0 and "--json" in argv else done.stderr

    def start(
        self, *argv: str, files: int | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        limit = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh"] if files is not None else []
        state = {
            "OPS0_CACHE_DIR": str(self.folder / "cache"),
            "OPS0_STATE_DIR": str(self.folder / "state"),
        }
        return subprocess.run(
            [*limit, OPS0, "run", *argv],
            cwd=self.folder,
            env={**os.environ, **state, **env},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def environments(self) -> list[Path]:
        found = (self.folder / "cache/environments").iterdir()
        return sorted(one for one in found if not one.name.startswith("runner-"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "flow.py").write_text(PIPELINE)
    (tmp_path / "rows.csv").write_text("7\n")
    (tmp_path / "ops0.toml").write_text('pipeline = "flow.py"\n')
    return Project(tmp_path)


def test_a_step_has_what_is_locked_for_it_and_nothing_else(project: Project) -> None:
    """Not even what the module imports for other steps, nor what is installed beside ops0."""
    done = project.run("--isolate", "--json")
    assert done["results"]["bare"] == ["&lt;b&gt;&lt;b&gt;  7", [], True]
    assert len(project.environments) == 3
    told = project.run("--isolate", "--param", "text=<i>")
    assert "making its environment" not in told
    assert len(project.environments) == 3


def test_nothing_of_the_users_shell_decides_what_is_imported(
    project: Project, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "tabulate.py").write_text("def tabulate(*_, **__): return 'theirs'\n")
    done = project.run("--isolate", "--json", PYTHONPATH=str(other))
    assert done["results"]["bare"][0] == "&lt;b&gt;&lt;b&gt;  7"


def test_a_half_made_environment_is_made_anew_and_two_at_once_make_one(project: Project) -> None:
    project.run("--isolate")
    half = next(one for one in project.environments if list(one.rglob("tabulate")))
    (half / ".whole").unlink()
    shutil.rmtree(next(half.rglob("tabulate")))
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: project.start("--isolate"), range(2)))
    assert [one.returncode for one in done] == [0, 0], done
    assert sum("table: making its environment" in one.stderr for one in done) == 1


def test_an_environment_whose_python_is_gone_is_made_anew(project: Project) -> None:
    project.run("--isolate")
    for one in project.environments:
        if (one / "bin/python").is_symlink():
            (one / "bin/python").unlink()
            (one / "bin/python").symlink_to("/nowhere/python")
    project.run("--isolate")


def test_many_steps_that_share_an_environment_hold_it_by_one_descriptor(project: Project) -> None:
    steps = "".join(f"@ops0.step\ndef s{at}():\n    return {at}\n" for at in range(120))
    (project.folder / "flow.py").write_text(f"import ops0\n{steps}")
    found = project.run("--isolate", "--json", "--jobs", "1", files=100)
    assert len(found["results"]) == 120
    assert len(project.environments) == 1


def test_a_failure_is_told_on_the_users_lines(project: Project) -> None:
    text = PIPELINE.replace(
        "    return tabulate(", '    raise ValueError("x")\n    return tabulate('
    )
    (project.folder / "flow.py").write_text(text)
    line = text.split("\n").index('    raise ValueError("x")') + 1
    told = project.run("--isolate", code=50)
    assert f"flow.py:{line}: step 'table' failed: ValueError: x" in told
    assert f'File "flow.py", line {line}, in table' in told
    assert "ops0 run --isolate" in told


def test_a_notebook_is_told_by_cell(project: Project) -> None:
    cells = [
        {
            "cell_type": "code",
            "source": "import ops0\nimport markupsafe",
            "metadata": {},
            "outputs": [],
        },
        {
            "cell_type": "code",
            "source": "@ops0.step\ndef first():\n    return 1 / len(markupsafe.escape(''))",
            "metadata": {},
            "outputs": [],
        },
    ]
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (project.folder / "flow.ipynb").write_text(json.dumps(book))
    told = project.run("flow.ipynb", "--isolate", code=50)
    assert 'File "flow.ipynb", cell 2, line 3, in first' in told


def test_pythons_that_are_not_here_are_told_together(project: Project) -> None:
    versions = (f"3.{minor}" for minor in range(9, 15))
    absent = next((one for one in versions if shutil.which(f"python{one}") is None), None)
    if absent is None:
        pytest.skip("this machine has every Python")
    (project.folder / "ops0.toml").write_text(f'pipeline = "flow.py"\npython = "{absent}"\n')
    told = project.run("--isolate", code=75)
    assert told.count(f"no Python {absent} on this machine") == 3
    assert f"uv python install {absent}" in told


def test_wheels_come_from_a_folder_where_one_is_given(project: Project, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    project.run("--isolate")
    told = project.run("--isolate", "--wheelhouse", str(empty), code=26)
    assert "tabulate" in told


def test_a_kept_result_is_of_the_environment_that_made_it(project: Project) -> None:
    """What ``@ops0.cache`` keeps: not taken from processes that saw other packages."""
    (project.folder / "flow.py").write_text(
        "import ops0\n\n\n@ops0.step\n@ops0.cache(ttl='1h')\ndef versions():\n"
        "    import sys\n    return sys.prefix\n"
    )
    plain = project.run("--json")["results"]["versions"]
    apart = project.run("--isolate", "--json")["results"]["versions"]
    assert plain != apart
    assert project.run("--isolate", "--json")["results"]["versions"] == apart


@pytest.mark.parametrize("other", ["--containers", "--wheelhouse=."])
def test_what_goes_not_together_is_said_before_anything_runs(project: Project, other: str) -> None:
    argv = ("--isolate", other) if other == "--containers" else (other,)
    assert "--isolate" in project.run(*argv, code=2)
