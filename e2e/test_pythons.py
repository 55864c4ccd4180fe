"""Steps of one pipeline on different Pythons: each on a base of its own, values cross between them."""

from __future__ import annotations

from collections.abc import Callable
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
    compiled: list


@ops0.step
def first() -> Seen:
    return Seen([list(sys.version_info[:2])], [])


@ops0.step
@ops0.image(python="3.13")
def second(first: Seen) -> Seen:
    import tomllib

    from markupsafe import _speedups  # compiled: each Python has a wheel of its own

    assert tomllib.loads("a = 1") == {"a": 1}
    return Seen([*first.versions, list(sys.version_info[:2])], [_speedups.__file__])


@ops0.step
@ops0.image(python="3.14")
def third(second: Seen) -> Seen:
    from concurrent.interpreters import get_current

    from markupsafe import _speedups

    assert get_current().id == 0
    versions = [*second.versions, list(sys.version_info[:2])]
    return Seen(versions, [*second.compiled, _speedups.__file__])


@ops0.step
def last(third: Seen) -> list:
    return [third.versions, third.compiled]
"""

FRAMES = """
import sys

import pandas as pd

import ops0


@ops0.step
@ops0.image(python="3.13")
def rows(count: int = 5) -> pd.DataFrame:
    return pd.DataFrame({"a": range(count), "s": [f"é{n}" for n in range(count)]})


@ops0.step
@ops0.image(python="3.14")
def even(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["a"] % 2 == 0].assign(python=".".join(map(str, sys.version_info[:2])))


@ops0.step
def total(even: pd.DataFrame) -> list:
    return [int(even["a"].sum()), "".join(even["s"]), sorted(set(even["python"]))]
"""

PYTHONS = ("3.13", "3.14")


@pytest.fixture
def bases(base: Callable[[str], None]) -> None:
    for python in PYTHONS:
        base(python)


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.usefixtures("bases")
def test_a_step_may_ask_for_another_python(
    tmp_path: Path, env: dict[str, str], state: Path
) -> None:
    project = tmp_path / "three pythons"
    project.mkdir()
    (project / "pipeline.py").write_text(PIPELINE)
    (project / "ops0.toml").write_text('name = "three-pythons"\npython = "3.11"\n')
    said = ops0(["run", "--containers", "--json"], folder=project, env=env)
    assert said.code == 0, str(said)
    versions, compiled = said.data["results"]["last"]
    assert versions == [[3, 11], [3, 13], [3, 14]]
    assert [Path(one).name.split("-")[1] for one in compiled] == ["313", "314"]
    assert engine_objects(runs(state)) == ()


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.usefixtures("bases")
def test_a_frame_crosses_three_pythons(tmp_path: Path, env: dict[str, str], state: Path) -> None:
    (tmp_path / "frames.py").write_text(FRAMES)
    (tmp_path / "ops0.toml").write_text('name = "frames-of-three"\npython = "3.11"\n')
    said = ops0(["run", "frames.py", "--containers", "--json"], folder=tmp_path, env=env)
    assert said.code == 0, str(said)
    assert said.data["results"]["total"] == [6, "é0é2é4", ["3.14"]]
    assert engine_objects(runs(state)) == ()
