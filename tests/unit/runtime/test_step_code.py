"""What an input's text stands for: the content of a file, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from handmade import a_step

from ops0.core.values.digest import file_digest
from ops0.runtime.engines.step_code import content_digest
from ops0.runtime.processes import ProcessEngine


def test_a_file_is_its_content(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b")
    with path.open("rb") as file:
        assert ProcessEngine(tmp_path).content(a_step("s"), "data.csv") == file_digest(
            file.fileno(), 3
        )


@pytest.mark.parametrize("length", [256, 999])
def test_a_text_that_is_too_long_for_a_name_is_no_file(tmp_path: Path, length: int) -> None:
    # A query or a prompt was answered with ENAMETOOLONG: no step that took one was ever found in the cache.
    assert ProcessEngine(tmp_path).content(a_step("s"), "x" * length) is None


def test_folders_and_pipes_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert content_digest(tmp_path) is None
    assert content_digest(tmp_path / "pipe") is None, "and nobody waits for a writer"
