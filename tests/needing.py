"""Tests that need a Docker Engine: without one they are skipped on a desk and fail in CI."""

from __future__ import annotations

import os
import subprocess
from functools import lru_cache

import pytest


@lru_cache
def engine_answers() -> bool:
    """Whether a Docker Engine answers on this machine."""
    argv = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=30, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs an engine as skipped; for every conftest that imports this."""
    needy = [item for item in items if item.get_closest_marker("docker")]
    if not needy or engine_answers():
        return
    if os.environ.get("CI"):
        raise pytest.UsageError("no Docker Engine answers, and in CI the Docker tests must run")
    for item in needy:
        item.add_marker(pytest.mark.skip(reason="no Docker Engine answers"))
