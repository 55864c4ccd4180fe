"""Metrics and artifacts, as a step sees them: through the runner's channel, and nothing where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import ops0
from ops0.core.api import tracking


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[list[dict[str, Any]]]:
    said: list[dict[str, Any]] = []
    tracking.listen(tracking.Channel(lambda _, fields: said.append(fields), str(tmp_path / "kept")))
    yield said
    tracking._listening.clear()


def test_without_a_runner_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    ops0.log_metric("loss", 0.5)
    ops0.log_artifact(tmp_path / "a.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_steps_count_on_by_themselves(heard: list[dict[str, Any]]) -> None:
    numpy = pytest.importorskip("numpy")
    ops0.log_metric("loss", 1)
    ops0.log_metric("loss", numpy.float32(0.5))
    ops0.log_metric("loss", True, step=numpy.int64(9))
    ops0.log_metric("loss", float("nan"))
    ops0.log_metric("other", float("-inf"))
    assert [(one["name"], one["step"], one["value"]) for one in heard] == [
        ("loss", 0, 1.0),
        ("loss", 1, 0.5),
        ("loss", 9, 1.0),
        ("loss", 10, "nan"),
        ("other", 0, "-inf"),
    ]


@pytest.mark.parametrize("name", ["", "a\nb", "../x", "/x", "a//b", "x" * 201, "a/./b"])
def test_names_that_are_none(name: str, heard: list[dict[str, Any]], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no name"):
        ops0.log_metric(name, 1)
    with pytest.raises(ValueError, match="is no name"):
        ops0.log_artifact(b"data", name)
    assert heard == []
    assert tracking.artifacts() == []


def test_values_that_are_none(heard: list[dict[str, Any]]) -> None:
    for name, value, step in ((3, 1, None), ("a", "many", None), ("a", None, None), ("a", 1, 1.5)):
        with pytest.raises((TypeError, ValueError)):
            ops0.log_metric(name, value, step)  # type: ignore[arg-type]
    assert heard == []


def test_artifacts_are_files_bytes_and_figures(
    heard: list[dict[str, Any]], tmp_path: Path, figures: ModuleType
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"weights")
    ops0.log_artifact(tmp_path / "model.onnx")
    ops0.log_artifact(str(tmp_path / "model.onnx"), "old/model.onnx")
    ops0.log_artifact(b"first", "a.bin")
    ops0.log_artifact(b"second", "a.bin")
    ops0.log_artifact(figures.Figure(), "roc.png")
    kept = {one["name"]: one["size"] for one in tracking.artifacts()}
    assert kept.pop("roc.png") > 500
    assert kept == {"model.onnx": 7, "old/model.onnx": 7, "a.bin": 6}
    assert (tmp_path / "kept/a.bin").read_bytes() == b"second"
    assert (tmp_path / "kept/roc.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_no_artifact_says_so(heard: list[dict[str, Any]], tmp_path: Path) -> None:
    for artifact, name, fault in (
        (b"data", None, TypeError),
        ({"a": 1}, "a.json", TypeError),
        (tmp_path / "gone", None, FileNotFoundError),
        (tmp_path, "folder", FileNotFoundError),
    ):
        with pytest.raises(fault):
            ops0.log_artifact(artifact, name)


def test_a_loop_that_logs_too_much_is_cut(heard: list[dict[str, Any]]) -> None:
    for number in range(tracking.MOST_METRICS + 10):
        ops0.log_metric("loss", number)
    assert len(heard) == tracking.MOST_METRICS
