"""The contributor guide's deployment workflow: run here, deployed to the test environment, invoked there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

import ops0
from ops0.host.engine_socket import EngineSocket
from ops0_builder.engine.engine_images import image_tags, remove_tag

PIPELINE = """
import ops0

@ops0.step
def hello_world():
    return {"message": "Hello from ops0!"}
"""


@contextmanager
def temp_pipeline_file(folder: Path) -> Iterator[Path]:
    path = folder / f"hello{uuid4().hex[:8]}.py"
    path.write_text(PIPELINE)
    try:
        yield path
    finally:
        engine = EngineSocket.from_environment()
        for tag in image_tags(engine, f"ops0/{path.stem}/*"):
            remove_tag(engine, tag)


@pytest.mark.docker
@pytest.mark.slow
def test_a_pipeline_is_run_deployed_and_invoked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "state"))
    with temp_pipeline_file(tmp_path) as pipeline_path:
        result = ops0.run(pipeline_path, mode="local")
        assert result["message"] == "Hello from ops0!"
        deployment = ops0.deploy(pipeline_path, env="test")
        assert deployment.status == "deployed"
        assert deployment.invoke()["message"] == "Hello from ops0!"
