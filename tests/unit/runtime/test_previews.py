"""Previews come from inside a container: whatever they hold, the host shows text, tables and real images only."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.values.showing import show
from ops0.runtime.outputs.previews import (
    Image,
    Table,
    Text,
    as_raw,
    parse_shown,
    read_previews,
    write_previews,
)

GIF = b"GIF89a" + bytes(20)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
fields = ("kind", "columns", "types", "rows", "total", "wide", "media", "data", "text", "whole")
almost = st.fixed_dictionaries(
    {"kind": st.sampled_from(["table", "image", "text", "page"])},
    optional=dict.fromkeys(fields[1:], junk),
)


@given(junk | almost)
def test_nothing_that_a_container_says_raises_or_grows(raw: Any) -> None:
    shown = parse_shown(raw)
    if shown is not None:
        assert parse_shown(as_raw(shown)) == shown
    if isinstance(shown, Table):
        assert all(len(row) == len(shown.columns) == len(shown.types) for row in shown.rows)
        assert shown.total >= len(shown.rows)


def test_what_the_runner_draws_is_what_is_shown(tmp_path: Path) -> None:
    values: tuple[Any, ...] = ([{"a": 1}, {"a": 2}], GIF, "long " * 50)
    found = tuple(parse_shown(show(value)) for value in values)
    assert [type(one) for one in found] == [Table, Image, Text]
    write_previews(tmp_path / "previews/a.1.json", found)  # type: ignore[arg-type]
    assert read_previews(tmp_path / "previews/a.1.json") == found


@pytest.mark.parametrize(
    ("media", "data"),
    [
        ("image/svg+xml", base64.b64encode(b"<svg onload=alert(1)>").decode()),
        ("text/html", base64.b64encode(b"<script>").decode()),
        ("image/png", base64.b64encode(GIF).decode()),
        ("image/gif", '" onerror="alert(1)'),
        ("image/gif", base64.b64encode(GIF + bytes(1 << 20)).decode()),
        ("image/gif", 3),
    ],
)
def test_only_real_images_are_images(media: str, data: object) -> None:
    assert parse_shown({"kind": "image", "media": media, "data": data}) is None


def test_terminal_commands_stay_out_of_texts() -> None:
    shown = parse_shown({"kind": "text", "text": "a\x1b[31mb\x07", "whole": True})
    assert shown == Text(text="ab", whole=True)


@pytest.mark.parametrize("data", [b"", b"{", b"[1, {}]", b'{"kind": "text"}', b"[" * 100_000])
def test_a_damaged_file_shows_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.1.json").write_bytes(data)
    assert read_previews(tmp_path / "a.1.json") == ()
    assert read_previews(tmp_path / "gone.json") == ()
    assert json.dumps(as_raw(Text(text="x", whole=False)))
