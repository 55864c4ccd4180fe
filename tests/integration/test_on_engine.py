"""``ops0 run --containers --on ENGINE``: built and run there, whatever DOCKER_HOST says."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker
OPS0 = (sys.executable, "-c", "import sys; from ops0.cli.main import main; sys.exit(main())")
PIPELINE = "import ops0\n\n\n@ops0.step\ndef where() -> str:\n    return 'there'\n"


def test_the_named_engine_builds_and_runs(tmp_path: Path) -> None:
    address = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    name = f"on-{uuid.uuid4().hex[:8]}"
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    (tmp_path / "ops0.toml").write_text(f'name = "{name}"\n')
    nowhere = {**os.environ, "DOCKER_HOST": "unix:///nowhere.sock"}

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        argv = (*OPS0, "run", "pipeline.py", "--containers", *more)
        return subprocess.run(
            argv, cwd=tmp_path, env=nowhere, capture_output=True, text=True, check=False
        )

    assert run().returncode == 61
    try:
        done = run("--on", address)
        assert (done.returncode, done.stdout) == (0, "there\n"), done.stderr
    finally:
        listed = ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}"]
        told = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
        tags = [tag for tag in told.split() if name in tag]
        subprocess.run(["docker", "image", "rm", *tags], capture_output=True, check=False)
