"""A value as people would look at it: a table, an image, a text. Made where the value is, for the host reads none.

A SHOW is JSON and part of a VALUE (ops0_runner/protocol.py), one of::

    {"kind": "table", "columns": ["a"], "types": ["int64"], "rows": [["1"]], "total": 5000, "wide": 30}
    {"kind": "image", "media": "image/png", "data": "<base64>"}
    {"kind": "text", "text": "…", "whole": true}

``total`` and ``wide`` count all rows and columns, of which the first are shown. It is small whatever the value is,
and never in the way: what cannot be shown gives None. Runs in images: Python 3.8; libraries only if loaded.
"""

from __future__ import annotations

import json
import os
import sys

from ops0.core.values.images import MAX_IMAGE, drawn_image, image_show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence

    Show = Dict[str, Any]

ROWS, COLUMNS, CELL, TEXT = 10, 20, 80, 4000
_PARTS = 64
_MANY = 200
"""A plain container with more entries is shown by its preview alone: writing it out would cost more than it tells."""


def show(value: Any) -> Optional[Show]:
    """Show a value. Never raises, and uses no iterator up."""
    try:
        return _plain(value) or _frame(value) or drawn_image(value) or _path(value) or _array(value)
    except Exception:  # noqa: BLE001 - the user's own types may raise anything when they are looked at
        return None


def with_shows(saved: Dict[str, Any], value: Any) -> Dict[str, Any]:
    """Give a saved VALUE with what it looks like, and the first items of one stored in parts with theirs."""
    items = saved.get("items")
    if saved["format"] == "iterator":
        return saved  # its items are gone
    if items is not None and saved["format"] in ("tuple", "list"):
        first = [with_shows(one, part) for one, part in zip(items[:_PARTS], value)]
        return {**saved, "items": [*first, *items[_PARTS:]]}
    shown = show(value)
    return saved if shown is None else {**saved, "show": shown}


def _plain(value: Any) -> Optional[Show]:
    if type(value) is bytes:
        return image_show(value)
    if type(value) is str:
        return _text(value) if len(value) > CELL else None
    if type(value) not in (dict, list) or not value or len(value) > _MANY:
        return None
    rows = value if type(value) is list else [value]
    if len(rows) > 1 and all(type(row) is dict and _is_flat(row) for row in rows):
        columns = list(dict.fromkeys(str(key) for row in rows for key in row))
        cells = [[row.get(column, "") for column in columns] for row in rows[:ROWS]]
        return _table(columns, [""] * len(columns), cells, len(rows))
    text = _beginning(json.JSONEncoder(indent=2, ensure_ascii=False, default=str).iterencode(value))
    return _text(text) if len(text) > CELL else None


def _beginning(pieces: Iterator[str]) -> str:
    """As much of a text as is shown, and a character more: a small container may hold millions of numbers."""
    text = ""
    for piece in pieces:
        text += piece
        if len(text) > TEXT:
            break
    return text


def _is_flat(row: Dict[Any, Any]) -> bool:
    return all(item is None or isinstance(item, (bool, int, float, str)) for item in row.values())


def _frame(value: Any) -> Optional[Show]:
    kind = type(value)
    library = kind.__module__.partition(".")[0]
    if library not in sys.modules or library not in ("pandas", "polars", "pyarrow"):
        return None
    if library == "pandas" and kind.__name__ == "Series":
        value = value.to_frame()
    shape = getattr(value, "shape", None)
    if not (isinstance(shape, tuple) and len(shape) == 2):
        return None
    if library == "pyarrow":
        names = [str(name) for name in value.column_names[:COLUMNS]]
        types = [str(field.type) for field in list(value.schema)[:COLUMNS]]
        lists = [value.column(at).slice(0, ROWS).to_pylist() for at in range(len(names))]
        rows: Iterable[Sequence[Any]] = zip(*lists)
    elif library == "polars":
        part = value[:, :COLUMNS].head(ROWS)
        names, types = list(part.columns), [str(one) for one in part.dtypes]
        rows = part.rows()
    else:
        part = value.iloc[:ROWS, :COLUMNS]
        names, types = [str(name) for name in part.columns], [str(one) for one in part.dtypes]
        rows = part.itertuples(index=False, name=None)
        if not _counts_up(value.index):
            names.insert(0, " / ".join(str(name or "") for name in value.index.names))
            types.insert(0, "index")
            rows = [(label, *row) for label, row in zip(part.index, rows)]
    return _table(names, types, rows, int(shape[0]), int(shape[1]))


def _counts_up(index: Any) -> bool:
    return type(index).__name__ == "RangeIndex" and index.name is None


def _table(
    columns: List[str], types: List[str], rows: Iterable[Sequence[Any]], total: int, wide: int = 0
) -> Show:
    return {
        "kind": "table",
        "columns": [_cell(name) for name in columns[: COLUMNS + 1]],
        "types": types[: COLUMNS + 1],
        "rows": [[_cell(item) for item in row[: COLUMNS + 1]] for row in rows],
        "total": total,
        "wide": wide or len(columns),
    }


def _cell(item: Any) -> str:
    text = f"{item:.6g}" if isinstance(item, float) else "" if item is None else str(item)
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def _text(text: str) -> Show:
    return {"kind": "text", "text": text[:TEXT], "whole": len(text) <= TEXT}


def _array(value: Any) -> Optional[Show]:
    """Arrays and tensors by their own ``repr``, which is short whatever their size; estimators by theirs."""
    library = type(value).__module__.partition(".")[0]
    if library in ("numpy", "torch", "sklearn", "jax", "jaxlib") and library in sys.modules:
        return _text(repr(value))
    return None


def _path(value: Any) -> Optional[Show]:
    pathlib = sys.modules.get("pathlib")
    if pathlib is None or not isinstance(value, pathlib.PurePath):
        return None
    path = str(value)
    if os.path.isdir(path):
        return _text("\n".join(sorted(os.listdir(path))[:_MANY]))
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        data = file.read(MAX_IMAGE + 1)
    shown = image_show(data)
    if shown is not None or b"\0" in data:
        return shown
    text = data[:TEXT].decode("utf-8", "replace")
    return {"kind": "text", "text": text, "whole": len(data) <= TEXT}
