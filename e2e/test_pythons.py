"""Steps of one pipeline on different Pythons: each on a base of its own, values cross between them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from driver.command import ops0
from driver.leftovers import engine_objects, runs

PIPELINE = """
import sys
from dataclasses import dataclass

import ops0


@dataclass
class Seen:
    versions: list


@ops0.step
def first() -> Seen:
    return Seen([list(sys.version_info[:2])])


@ops0.step
@ops0.image(python="3.13")
def second(first: Seen) -> Seen:
    import tomllib

    assert tomllib.loads("a = 1") == {"a": 1}
    return Seen([*first.versions, list(sys.version_info[:2])])


@ops0.step
def third(second: Seen) -> list:
    return second.versions
"""


@pytest.fixture
def base_313(env: dict[str, str]) -> None:
    """``ops0-base:3.13``, made from Debian's packages where it is not there."""
    there = subprocess.run(
        ["docker", "image", "inspect", "ops0-base:3.13"], capture_output=True, check=False
    )
    if there.returncode != 0:
        made = ops0(["base", "--python", "3.13"], folder=Path.cwd(), env=env)
        assert made.code == 0, str(made)
        assert made.out.strip() == "ops0-base:3.13"


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.usefixtures("base_313")
def test_a_step_may_ask_for_another_python(
    tmp_path: Path, env: dict[str, str], state: Path
) -> None:
    project = tmp_path / "two pythons"
    project.mkdir()
    (project / "pipeline.py").write_text(PIPELINE)
    (project / "ops0.toml").write_text('name = "two-pythons"\npython = "3.11"\n')
    said = ops0(["run", "--containers", "--json"], folder=project, env=env)
    assert said.code == 0, str(said)
    assert said.data["results"]["third"] == [[3, 11], [3, 13]]
    assert engine_objects(runs(state)) == ()
