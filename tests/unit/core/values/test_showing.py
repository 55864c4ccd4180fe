"""What values look like: small whatever they are, and never in the way."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ops0.core.values.images import MAX_IMAGE
from ops0.core.values.showing import show, with_shows

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_a_list_of_records_is_a_table() -> None:
    shown = show([{"id": 1, "name": "a"}, {"id": 2, "share": 0.123456789}] * 20)
    assert shown is not None
    assert shown["columns"] == ["id", "name", "share"]
    assert shown["rows"][:2] == [["1", "a", ""], ["2", "", "0.123457"]]
    assert (len(shown["rows"]), shown["total"]) == (10, 40)


@pytest.mark.parametrize(
    "value", [None, 3, "short", [], {"a": 1}, object(), [0] * 100_000, {1: {2: 3}, None: []}]
)
def test_what_a_line_tells_gets_no_picture(value: Any) -> None:
    assert show(value) is None


def test_frames_of_each_library_are_tables() -> None:
    pandas = pytest.importorskip("pandas")
    pyarrow = pytest.importorskip("pyarrow")
    columns = {"id": list(range(500)), "name": [f"n{i}" for i in range(500)]}
    frame = pandas.DataFrame(columns)
    for value in (frame, pyarrow.table(columns)):
        shown = show(value)
        assert shown is not None
        assert (shown["columns"], shown["total"], shown["wide"]) == (["id", "name"], 500, 2)
        assert shown["rows"][1] == ["1", "n1"]
    indexed = show(frame.set_index("name"))
    assert indexed is not None
    assert indexed["rows"][0] == ["n0", "0"]
    assert show(frame["id"]) is not None
    wide = show(pandas.DataFrame([[0] * 300] * 3))
    assert wide is not None
    assert (len(wide["columns"]), wide["wide"]) == (20, 300)


def test_figures_and_image_files_are_images(tmp_path: Path, figures: ModuleType) -> None:
    figure = figures.Figure()
    figure.subplots().plot([1, 2])
    for value in (figure, PNG, _written(tmp_path / "x.png", PNG)):
        shown = show(value)
        assert shown is not None
        assert (shown["kind"], shown["media"]) == ("image", "image/png")
    assert show(PNG + bytes(MAX_IMAGE)) is None


def test_files_are_shown_and_nothing_waits_for_a_pipe(tmp_path: Path) -> None:
    shown = show(_written(tmp_path / "notes.txt", b"n" * 9000))
    assert shown == {"kind": "text", "text": "n" * 4000, "whole": False}
    assert show(_written(tmp_path / "x.bin", b"a\0b")) is None
    os.mkfifo(tmp_path / "pipe")
    assert show(tmp_path / "pipe") is None
    assert show(tmp_path / "gone") is None
    folder = show(tmp_path)
    assert folder is not None
    assert folder["text"].splitlines() == ["notes.txt", "pipe", "x.bin"]


def test_an_iterator_is_not_used_up() -> None:
    items: Iterator[int] = iter([1, 2])
    assert show(items) is None
    assert list(items) == [1, 2]


def test_a_value_that_cannot_be_looked_at_is_no_error() -> None:
    class Rude(dict):  # type: ignore[type-arg]
        def __len__(self) -> int:
            raise RuntimeError

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError

    assert show(Rude()) is None
    looped: list[Any] = [1]
    looped.append(looped)
    assert show(looped) is None


def test_items_of_a_tuple_have_their_own() -> None:
    saved = {"format": "tuple", "items": [{"format": "json"}, {"format": "bytes"}]}
    shown = with_shows(saved, (1, PNG))
    assert [one.get("show", {}).get("kind") for one in shown["items"]] == [None, "image"]
    assert json.dumps(shown)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_of_a_large_container_only_the_beginning_is_written_out() -> None:
    class Item:
        asked = 0

        def __str__(self) -> str:
            Item.asked += 1
            return "item"

    shown = show({"rows": [Item()] * 100_000})
    assert shown is not None
    assert (len(shown["text"]), shown["whole"]) == (4000, False)
    assert Item.asked < 4000
