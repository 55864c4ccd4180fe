"""A real image out of the real engine: its bytes are those that the engine calls by their digest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from ops0.host.engine_errors import EngineRefused
from ops0.host.engine_socket import EngineSocket
from ops0_builder.engine.engine_images import add_tag, image_id, remove_tag
from ops0_builder.oci.export import export_images

pytestmark = pytest.mark.docker
BASE = "ops0-base:3.11"
OTHER = "ops0-test-export:one"


def test_two_names_of_one_image_bring_its_blobs_once(tmp_path: Path) -> None:
    engine = EngineSocket.from_environment()
    known = image_id(engine, BASE)
    assert known is not None
    add_tag(engine, known, OTHER)
    sizes: list[int] = []
    try:
        images = export_images(engine, [BASE, OTHER], tmp_path, sizes.append)
    finally:
        remove_tag(engine, OTHER)
    assert images[BASE].root == images[OTHER].root
    manifest = images[BASE].manifests[0]
    assert known in (images[BASE].root.digest, manifest.config.digest)  # by the image store
    blobs = sorted((tmp_path / "blobs/sha256").iterdir())
    assert sum(sizes) == sum(one.stat().st_size for one in blobs)
    assert [hashlib.sha256(one.read_bytes()).hexdigest() for one in blobs] == [
        one.name for one in blobs
    ]
    assert len(json.loads((tmp_path / "index.json").read_bytes())["manifests"]) == 2


def test_an_image_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EngineRefused, match="404"):
        export_images(EngineSocket.from_environment(), ["ops0-test-export:none"], tmp_path)
