"""ops0's own wheels for a machine of another platform and Python, by the index that this one has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ops0_builder.bundle.tools import make_tools, tool_targets
from ops0_builder.lock.tools import user_tools

pytestmark = pytest.mark.slow


def test_pip_there_finds_all_that_it_needs(tmp_path: Path) -> None:
    folder = tmp_path / "tools"
    folder.mkdir()
    said: list[str] = []
    targets = tool_targets(("3.13",), "linux/arm64")
    found = make_tools(folder, targets, user_tools(tmp_path, progress=said.append), said.append)
    machines = {name.rpartition("_")[2] for name in found if not name.endswith("-any.whl")}
    assert machines == {"aarch64.whl"}
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--quiet"]
    there = ["--python-version", "3.13", "--implementation", "cp", "--only-binary", ":all:"]
    for tag in ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"):
        there += ["--platform", tag]
    argv = [*pip, *there, "--find-links", str(folder), "--target", str(tmp_path / "x"), "ops0"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
