"""What tests share: the engine, a registry behind a proxy that injects faults, and steps for both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from registries.proxy import FaultProxy, fault_proxy
from registries.server import registry
from running import Places, places

from ops0.host.engine_socket import EngineSocket


@pytest.fixture(scope="module")
def engine() -> EngineSocket:
    """The one that ``docker`` would use."""
    return EngineSocket.from_environment()


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """A proxy before an empty registry that asks nobody who he is."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    with registry(tmp_path / "registry") as served, fault_proxy(served.port) as one:
        yield one


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """The steps of ``running``, as files and as images."""
    with places(tmp_path_factory.mktemp("steps")) as made:
        yield made
