"""What a step's result looks like, as its runner drew it: bytes from inside a container, so nothing in it is believed.

Grammar: ops0/core/values/showing.py. What does not keep to it is not shown; it is no reason to fail a step.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ops0.core.values.images import MAX_IMAGE, media_of
from ops0.core.values.showing import CELL, COLUMNS, ROWS, TEXT
from ops0.runtime.outputs.text import fit_text

_MAX_PREVIEW = 4 * 2**20
"""Bytes of a kept preview: a tuple's items each may have one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The first rows of a table. ``total``, ``wide``: all its rows and columns; ``types``: one for each column."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    wide: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """An image that begins as its media type says. ``data``: base64."""

    media: str
    data: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A text, or its beginning."""

    text: str
    whole: bool


Shown: TypeAlias = Table | Image | Text


def parse_shown(raw: object) -> Shown | None:
    """What a SHOW shows, made fit for the host; None for what is none."""
    if not isinstance(raw, Mapping):
        return None
    with suppress(KeyError, TypeError, ValueError):
        if raw["kind"] == "table":
            return _table(raw)
        if raw["kind"] == "image":
            return _image(raw)
        if raw["kind"] == "text":
            return Text(text=fit_text(_str(raw["text"]), TEXT), whole=raw["whole"] is True)
    return None


def as_raw(shown: Shown) -> dict[str, Any]:
    """The SHOW again, of what was parsed."""
    if isinstance(shown, Image):
        return {"kind": "image", "media": shown.media, "data": shown.data}
    if isinstance(shown, Text):
        return {"kind": "text", "text": shown.text, "whole": shown.whole}
    return {
        "kind": "table",
        "columns": list(shown.columns),
        "types": list(shown.types),
        "rows": [list(row) for row in shown.rows],
        "total": shown.total,
        "wide": shown.wide,
    }


def write_previews(path: Path, shown: tuple[Shown, ...]) -> None:
    """Keep what a result shows: one, or one for each item of a tuple. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([as_raw(one) for one in shown], separators=(",", ":")))


def read_previews(path: Path) -> tuple[Shown, ...]:
    """What was kept; () where nothing was, or nothing that can be read."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MAX_PREVIEW))
    except (OSError, ValueError, RecursionError):
        return ()
    items = (parse_shown(one) for one in (found if isinstance(found, list) else ()))
    return tuple(one for one in items if one is not None)


def _table(raw: Mapping[str, Any]) -> Table:
    columns = tuple(_cell(one) for one in _list(raw["columns"])[: COLUMNS + 1])
    types = tuple(_cell(one) for one in _list(raw["types"])[: len(columns)])
    rows = tuple(_row(row, len(columns)) for row in _list(raw["rows"])[:ROWS])
    return Table(
        columns=columns,
        types=types + ("",) * (len(columns) - len(types)),
        rows=rows,
        total=max(len(rows), _int(raw["total"])),
        wide=max(len(columns), _int(raw["wide"])),
    )


def _row(raw: object, width: int) -> tuple[str, ...]:
    cells = tuple(_cell(one) for one in _list(raw)[:width])
    return cells + ("",) * (width - len(cells))


def _image(raw: Mapping[str, Any]) -> Image | None:
    text = _str(raw["data"])
    if len(text) > MAX_IMAGE * 4 // 3 + 4:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    media = media_of(data)
    if media is None or media != raw["media"]:
        return None
    return Image(media=media, data=base64.b64encode(data).decode("ascii"))


def _cell(raw: object) -> str:
    return fit_text(_str(raw), CELL)


def _str(raw: object) -> str:
    if not isinstance(raw, str):
        raise TypeError
    return raw


def _int(raw: object) -> int:
    if type(raw) is not int:
        raise TypeError
    return raw


def _list(raw: object) -> list[Any]:
    if not isinstance(raw, list):
        raise TypeError
    return raw
