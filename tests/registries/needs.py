"""What tests with a registry need on this machine; in CI it must be there."""

from __future__ import annotations

import os
import shutil

import pytest

needs_registry = pytest.mark.skipif(
    shutil.which("docker-registry") is None and not os.environ.get("CI"),
    reason="docker-registry is not installed: scripts/docker-registry.sh",
)
