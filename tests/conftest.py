"""What all tests share: unit tests touch nothing outside, Docker tests need a real engine."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import needing
import pytest
from hypothesis import HealthCheck, settings
from outside import nothing_started

UNIT = Path(__file__).parent / "unit"

# A busy machine is slow to make inputs; that says nothing of the code.
settings.register_profile("ops0", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("ops0")


pytest_collection_modifyitems = needing.pytest_collection_modifyitems


@pytest.fixture(autouse=True)
def own_folders(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No test reads or writes the user's own runs; wheels may be shared between tests, but not by unit tests."""
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path_factory.mktemp("state")))
    if UNIT in request.path.parents:
        monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def figures() -> ModuleType:
    """matplotlib.figure, once a session: without a list of fonts of its own it starts a program for one."""
    pytest.importorskip("matplotlib.font_manager")
    return importlib.import_module("matplotlib.figure")


@pytest.fixture(autouse=True)
def nothing_frozen() -> Iterator[None]:
    """A command ends with its objects frozen; in a process of tests each analysis would count them, for minutes."""
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def nothing_outside(request: pytest.FixtureRequest) -> Iterator[None]:
    """A unit test that starts a program or opens a connection fails."""
    with nothing_started() if UNIT in request.path.parents else nullcontext():
        yield
