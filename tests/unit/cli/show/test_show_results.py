"""A result that no screen has room for is cut there, and whole for a program."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.cli.show.cutting import LINES, beginning
from ops0.cli.show.results import result_text
from ops0.runtime.runs import RunFolder


def report(folder: Path, **results: Any) -> Any:
    return SimpleNamespace(folder=RunFolder(folder), results=results, held=None)


@pytest.mark.parametrize(
    "value", ["a line\n" * 50, "x" * 5_000, list(range(100)), [["é" * 50]] * 90]
)
def test_a_large_result_begins_and_says_where_the_rest_is(value: Any, tmp_path: Path) -> None:
    told = report(tmp_path, load=value, small="a\nb")
    (tmp_path / "results/load").mkdir(parents=True)
    (tmp_path / "results/load/value.json").write_text("x")
    shown = result_text(told, whole=False)
    assert len(shown.splitlines()) <= LINES + 3
    assert len(shown) < 4_200
    assert f"all of it: {tmp_path}/results/load/value.json" in shown
    assert shown.endswith("\nsmall: a\nb")
    assert "all of it" not in result_text(told)
    assert len(result_text(told)) >= 350


def test_what_has_room_is_whole(tmp_path: Path) -> None:
    for text in ("", "a", "a\n" * LINES, "x" * 4_000):
        assert beginning(text) == (text, "")
        assert result_text(report(tmp_path, load=text), whole=False) == text


def test_what_is_left_out_is_counted() -> None:
    assert beginning("a\n" * (LINES + 1_200)) == (("a\n" * LINES).rstrip(), "1,200 more lines")
    assert beginning("x" * 4_001) == ("x" * 4_000, "1 more character")
