"""An edit that only moves lines builds nothing, and the old image's failure is told on the new lines."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from driver.command import ops0

PIPELINE = """\
import ops0
from sums import mean


@ops0.step
def rows() -> list[int]:
    return []


@ops0.step
def average(rows: list[int]) -> float:
    return mean(rows)
"""
SUMS = """\
def mean(rows):
    return sum(rows) / len(rows)
"""


def images(name: str) -> str:
    argv = ["docker", "images", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"]
    listed = subprocess.run(
        [*argv, f"ops0/{name}/*"], capture_output=True, text=True, check=True
    ).stdout
    return "".join(sorted(listed.splitlines(keepends=True)))


def frames(text: str) -> list[tuple[str, str, str]]:
    """(file, line, source) of each frame that is shown."""
    return re.findall(r'File "([^"]+)", line (\d+), in \w+\n +(.*)\n', text)


@pytest.fixture
def name() -> Iterator[str]:
    """A pipeline of this test alone; its images go with it."""
    name = "moved-lines-test"
    yield name
    for line in images(name).splitlines():
        subprocess.run(["docker", "rmi", line.split()[0]], capture_output=True, check=True)


@pytest.mark.docker
def test_an_edit_of_comments_builds_nothing_and_moves_the_traceback(
    tmp_path: Path, env: dict[str, str], name: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.ops0]\nname = "{name}"\npipeline = "pipeline.py"\n'
    )
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    (tmp_path / "sums.py").write_text(SUMS)
    before = ops0(["run", "--containers"], folder=tmp_path, env=env)
    assert before.code == 50, str(before)
    assert frames(before.err) == [
        ("pipeline.py", "12", "return mean(rows)"),
        ("sums.py", "2", "return sum(rows) / len(rows)"),
    ]
    built = images(name)
    assert built

    (tmp_path / "pipeline.py").write_text(
        PIPELINE.replace("def average", "# a word\n# of two\ndef average", 1)
    )
    (tmp_path / "sums.py").write_text(
        f"# Sums.\n\n{SUMS}".replace("len(rows)", "len(rows)  # may be nothing")
    )
    after = ops0(["run", "--containers"], folder=tmp_path, env=env)
    assert after.code == 50, str(after)
    assert images(name) == built
    assert frames(after.err) == [
        ("pipeline.py", "14", "return mean(rows)"),
        ("sums.py", "4", "return sum(rows) / len(rows)  # may be nothing"),
    ]
    assert "error: sums.py:4: step 'average' failed: ZeroDivisionError" in after.err
    assert "image was built from" not in after.err
    in_process = ops0(["run"], folder=tmp_path, env=env)
    assert frames(in_process.err) == frames(after.err)
