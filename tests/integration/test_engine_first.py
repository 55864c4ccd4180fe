"""What needs an engine says that there is none before it spends minutes on a lock."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from driver.command import ops0

CODE = """\
import ops0


@ops0.step
@ops0.requires("packaging")
def one() -> int:
    return 1
"""


@pytest.mark.parametrize("argv", [("build",), ("run", "--containers"), ("deploy", "--env", "e")])
def test_no_lock_is_made_where_there_is_no_engine(argv: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(CODE)
    env = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/nothing.sock"}
    command, *options = argv
    said = ops0([command, "flow.py", *options], folder=tmp_path, env=env)
    assert (said.code, said.out) == (61, ""), said
    assert "cannot reach Docker" in said.err
    assert "resolving" not in said.err
    assert not (tmp_path / "ops0.lock").exists()
