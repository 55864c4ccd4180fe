"""The contributor guide's end-to-end test: a pipeline file, run by its path."""

from __future__ import annotations

from pathlib import Path

import pytest

import ops0
from ops0.cli.wiring import read_pipeline
from ops0.cli.work import open_work
from ops0.runtime.executor import PipelineExecutor

PIPELINE = """
import ops0

@ops0.step
def hello_world():
    return {"message": "Hello from ops0!"}
"""


@pytest.mark.slow
def test_a_pipeline_file_runs_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "state"))
    pipeline_path = tmp_path / "hello.py"
    pipeline_path.write_text(PIPELINE)
    result = ops0.run(pipeline_path, mode="local")
    assert result["message"] == "Hello from ops0!"


@pytest.mark.slow
@pytest.mark.parametrize("path", [None, "hello.py"])
def test_distributed_is_refused_with_one_clear_error(path: str | None) -> None:
    with pytest.raises(ops0.Ops0Error, match="not there yet") as fault:
        ops0.run(path, mode="distributed")  # type: ignore[arg-type]
    assert fault.value.exit_code == 8


@pytest.mark.slow
def test_the_executor_runs_what_the_analysis_gives(tmp_path: Path) -> None:
    path = tmp_path / "hello.py"
    path.write_text(PIPELINE)
    pipeline = read_pipeline(open_work(str(path)))
    report = PipelineExecutor(tmp_path).execute(pipeline, mode="local")
    assert report.results == {"hello_world": {"message": "Hello from ops0!"}}
