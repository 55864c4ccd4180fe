"""``@ops0.retry(on=...)`` on both engines: what it names is tried again, all else is final."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from own_images import remove_images

import ops0
from ops0.core.errors import RunError
from ops0.runtime.events import read_events
from ops0.runtime.runs import kept_runs, run_folder

PIPELINE = """
import json
import ops0


class Busy(ConnectionError):
    pass


@ops0.step
@ops0.retry(max_attempts=3, backoff=0, on=(OSError, json.JSONDecodeError))
def load(kind: str) -> str:
    print("trying", kind)
    raise {"busy": Busy, "wrong": ValueError}[kind]("as asked")


@ops0.pipeline
def flow(kind: str):
    return load(kind)
"""


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder, name = tmp_path_factory.mktemp("retry"), f"retry-{uuid.uuid4().hex[:8]}"
    (folder / "pipeline.py").write_text(PIPELINE)
    (folder / "ops0.toml").write_text(f'name = "{name}"\n')
    yield folder / "pipeline.py"
    remove_images(name)


@pytest.mark.parametrize("mode", ["local", pytest.param("containers", marks=pytest.mark.docker)])
@pytest.mark.parametrize(("kind", "attempts"), [("busy", 3), ("wrong", 1)])
def test_only_what_it_names_is_tried_again(
    pipeline: Path, mode: str, kind: str, attempts: int
) -> None:
    with pytest.raises(RunError, match="as asked"):
        ops0.run(pipeline, mode=mode, params={"kind": kind})  # type: ignore[arg-type]
    (run,) = kept_runs()
    told = list(read_events(run_folder(run).events))
    assert sum(event.kind == "attempt.starting" for event in told) == attempts
    (failed,) = (event for event in told if event.kind == "call.failed")
    assert failed.data["attempts"] == attempts
