"""``ops0 run --param`` as a program, in processes."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path

import pytest
from driver.command import OPS0
from own_images import remove_images

import ops0

PIPELINE = """
from pathlib import Path
import ops0

@ops0.step
def load(source: Path) -> str:
    with open(source) as file:
        return file.read()
"""


def test_a_relative_path_is_the_callers_and_not_the_steps(tmp_path: Path) -> None:
    for folder, text in (("project", "the step's"), ("elsewhere", "the caller's")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rows.txt").write_text(text)
    pipeline = tmp_path / "project" / "pipeline.py"
    pipeline.write_text(PIPELINE)
    argv = (OPS0, "run", str(pipeline), "--param", "source=rows.txt")
    done = subprocess.run(
        argv, cwd=tmp_path / "elsewhere", capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "the caller's"


KINDS = """
from __future__ import annotations
import pathlib
from pathlib import Path
from typing import Optional
import ops0

@ops0.step
def look(path: Path, other: Optional[pathlib.Path], third: "Path | None", text: str, rest: Path = Path("d")) -> list:
    return [type(given).__name__ for given in (path, other, third, text, rest)]

@ops0.step
def names(path: Path, other: Path) -> list:
    return [path.is_absolute(), other.name]

@ops0.pipeline
def flow(path: Path):
    return look(path, path, None, "a text"), names(path, "b/c.csv")
"""


@pytest.mark.parametrize("mode", ["local", pytest.param("containers", marks=pytest.mark.docker)])
@pytest.mark.parametrize("given", [Path("a.csv"), "a.csv"], ids=["path", "text"])
def test_a_step_that_takes_a_path_gets_one(tmp_path: Path, mode: str, given: object) -> None:
    (tmp_path / "pipeline.py").write_text(KINDS)
    name = f"paths-{uuid.uuid4().hex[:8]}"
    (tmp_path / "ops0.toml").write_text(f'name = "{name}"\n')
    try:
        found = ops0.run(tmp_path / "pipeline.py", mode=mode, params={"path": given})  # type: ignore[arg-type]
    finally:
        if mode == "containers":
            remove_images(name)
    # What names a file of this machine means nothing in a container: there a path stays as it was given.
    assert found == {
        "look": ["PosixPath", "PosixPath", "NoneType", "str", "PosixPath"],
        "names": [mode == "local", "c.csv"],
    }
