"""What tests with a registry share: the engine, and a registry behind a proxy that injects faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from registries.proxy import FaultProxy, fault_proxy
from registries.server import registry

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
