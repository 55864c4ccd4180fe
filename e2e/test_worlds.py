"""The broken machines are broken in the way they claim: what ops0 is held against is real."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from driver.worlds import OLD_API, WORLDS, Change

pytestmark = pytest.mark.docker


def tried(change: Change, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*change.prefix, *argv],
        env=dict(os.environ) | change.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_without_a_change_the_engine_and_buildx_answer() -> None:
    assert tried(Change(), "docker", "version").returncode == 0
    assert tried(Change(), "docker", "buildx", "version").returncode == 0


def test_no_engine(tmp_path: Path) -> None:
    with WORLDS["no engine"](tmp_path) as change:
        assert tried(change, "docker", "version").returncode != 0


def test_no_rights(tmp_path: Path) -> None:
    connect = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    with WORLDS["no rights"](tmp_path) as change:
        socket = change.env["DOCKER_HOST"].removeprefix("unix://")
        said = tried(change, sys.executable, "-c", connect, socket)
        assert "PermissionError" in said.stderr


def test_old_engine(tmp_path: Path) -> None:
    with WORLDS["old engine"](tmp_path) as change:
        said = tried(change, "docker", "version", "--format", "{{.Server.APIVersion}}")
        assert said.stdout.strip() == OLD_API


def test_no_docker_program(tmp_path: Path) -> None:
    with WORLDS["no docker program"](tmp_path) as change:
        find = "import shutil; print(shutil.which('docker'))"
        assert tried(change, sys.executable, "-c", find).stdout.strip() == "None"


def test_no_buildx(tmp_path: Path) -> None:
    with WORLDS["no buildx"](tmp_path) as change:
        assert tried(change, "docker", "version").returncode == 0
        assert tried(change, "docker", "buildx", "version").returncode != 0


def test_old_buildx(tmp_path: Path) -> None:
    with WORLDS["old buildx"](tmp_path) as change:
        said = tried(change, "docker", "buildx", "version")
        assert said.returncode == 0
        assert " v0.8.2 " in said.stdout


def test_no_disk(tmp_path: Path) -> None:
    with WORLDS["no disk"](tmp_path) as change:
        full = Path(change.env["OPS0_CACHE_DIR"]) / "large"
        with pytest.raises(OSError, match="No space left"):
            full.write_bytes(b"x" * (2 << 20))


@pytest.mark.parametrize(
    ("world", "wanted", "fits"),
    [
        ("no index", "alpha", False),
        ("small index", "alpha==1.0", True),
        ("small index", "alpha==7.0", False),
        ("small index", "pandas", False),
    ],
)
def test_indexes(tmp_path: Path, world: str, wanted: str, fits: bool) -> None:
    argv = (sys.executable, "-m", "uv", "pip", "compile", "--quiet", "-")
    with WORLDS[world](tmp_path) as change:
        done = subprocess.run(
            argv,
            input=wanted,
            env=dict(os.environ) | change.env,
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
    assert (done.returncode == 0) == fits, done.stderr
