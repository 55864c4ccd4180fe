"""The project that is built."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from building import Project, own_tags

from ops0.host.engine_socket import EngineSocket
from ops0_builder.bases.finding import resolve_base
from ops0_builder.engine.engine_images import (
    read_images,
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "wheels").mkdir()
    engine = EngineSocket.from_environment()
    base = resolve_base(
        "3.11", None, engine=engine, images=read_images(engine), say=lambda text: None
    )
    yield Project(folder=tmp_path / "wheels", engine=engine, base=base)
    for tag in own_tags(engine):
        engine.call("DELETE", f"/images/{tag}", accept=(404,))
