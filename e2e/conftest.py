"""What all end-to-end tests share: own folders, one cache for the session, and a real engine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import needing
import pytest
from driver.command import ops0

pytest_collection_modifyitems = needing.pytest_collection_modifyitems


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests of the session, so that each wheel is fetched once.

    ``OPS0_E2E_CACHE`` names one that outlives the session.
    """
    kept = os.environ.get("OPS0_E2E_CACHE")
    return Path(kept) if kept else tmp_path_factory.mktemp("ops0-cache")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The state folder of this test: it knows all runs that the test began."""
    return tmp_path / "state"


@pytest.fixture
def env(cache: Path, state: Path) -> dict[str, str]:
    """The environment of a user whose ops0 folders are the test's own."""
    own = {"OPS0_CACHE_DIR": str(cache), "OPS0_STATE_DIR": str(state)}
    return dict(os.environ) | own


@pytest.fixture
def base(env: dict[str, str]) -> Callable[[str], None]:
    """Gives what makes ``ops0-base:X.Y`` from Debian's packages where it is not there."""

    def make(python: str) -> None:
        tag = f"ops0-base:{python}"
        argv = ["docker", "image", "inspect", tag]
        if subprocess.run(argv, capture_output=True, check=False).returncode != 0:
            made = ops0(["base", "--python", python], folder=Path.cwd(), env=env)
            assert made.code == 0, str(made)
            assert made.out.strip() == tag

    return make
