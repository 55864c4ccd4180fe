"""When an engine may send images itself, and what it says of its progress."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from ops0.host.engine_errors import EngineRefused
from ops0.host.engine_socket import EngineSocket
from ops0_builder.registry import by_engine
from ops0_builder.registry.blobs import PushEvent
from ops0_builder.registry.by_engine import engine_can_push

CONTAINERD = [["driver-type", "io.containerd.snapshotter.v1"]]


def engine(
    *, socket: str | None = "/s", status: object = CONTAINERD, security: tuple[str, ...] = ()
) -> EngineSocket:
    def call(*_: object) -> Any:
        if status is None:
            raise EngineRefused("GET /info", 500, "no")
        return SimpleNamespace(json=lambda: {"DriverStatus": status, "SecurityOptions": security})

    return cast("EngineSocket", SimpleNamespace(address=SimpleNamespace(socket=socket), call=call))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_one_on_this_machine_with_the_store_that_keeps_packed_layers() -> None:
    assert engine_can_push(engine(), "registry.example:5000")
    assert not engine_can_push(engine(socket=None), "registry.example")
    assert not engine_can_push(engine(status=[["Backing Filesystem", "extfs"]]), "registry.example")
    assert not engine_can_push(engine(status=None), "registry.example")


def test_not_to_this_machine_where_the_engine_has_a_loopback_of_its_own() -> None:
    rootless = engine(security=("name=seccomp,profile=builtin", "name=rootless"))
    assert engine_can_push(rootless, "registry.example:5000")
    assert not engine_can_push(rootless, "127.0.0.1:5000")


def test_not_where_this_process_needs_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert not engine_can_push(engine(), "registry.example:5000")
    assert engine_can_push(engine(), "127.0.0.1:5000")
    monkeypatch.setenv("NO_PROXY", "registry.example")
    assert engine_can_push(engine(), "registry.example:5000")


def test_layers_on_their_way_are_told_once_each() -> None:
    events: list[PushEvent] = []
    told = by_engine._Told(events.append)
    lines = [
        {"status": "The push refers to repository [r]"},
        {"status": "Waiting", "id": "a"},
        {"status": "Layer already exists", "id": "c"},
        {"status": "Pushing", "id": "a", "progressDetail": {"current": 10, "total": 40}},
        {"status": "Pushing", "id": "a", "progressDetail": {"current": 10, "total": 40}},
        {"status": "Pushing", "id": "b", "progressDetail": {"current": 2, "total": 5}},
        {"status": "Pushed", "id": "a", "progressDetail": {}},
        {"status": "Pushed", "id": "never begun"},
        "nonsense",
    ]
    for line in lines:
        told.take(line)
    assert events == [
        PushEvent(blobs=0, of_blobs=1, bytes=10, of_bytes=40),
        PushEvent(blobs=0, of_blobs=2, bytes=12, of_bytes=45),
        PushEvent(blobs=1, of_blobs=2, bytes=42, of_bytes=45),
    ]
