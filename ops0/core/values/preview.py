"""A value in one short line, for people. Runs in images: Python 3.8."""

from __future__ import annotations

import reprlib
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIMIT = 400


def preview(value: Any) -> str:
    """Show a value in at most 400 printable characters; a broken ``repr`` is no error."""
    try:
        text = _file_name(value) or _shape(value) or _short(value)
    except Exception:  # noqa: BLE001 - the user's own __repr__, __len__ or property may raise anything
        text = f"<{type_name(value)}>"
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= LIMIT else text[: LIMIT - 1] + "…"


def type_name(value: Any) -> str:
    """Name a value's type with its module: ``pandas.core.frame.DataFrame``."""
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}"


def _short(value: Any) -> str:
    short = reprlib.Repr()
    short.maxdict = short.maxlist = short.maxtuple = short.maxset = short.maxfrozenset = 12
    short.maxstring = short.maxother = short.maxlong = 120
    return short.repr(value)


def _file_name(value: Any) -> str:
    """A path by its own name: the folder that it was made in is another one in each run."""
    pathlib = sys.modules.get("pathlib")  # not loaded: no path; loading costs milliseconds
    return str(value.name) if pathlib and isinstance(value, pathlib.PurePath) else ""


def _shape(value: Any) -> str:
    """Say shape and columns where a value has them: tables, series, arrays, tensors."""
    if isinstance(value, type):
        return ""
    shape, name = getattr(value, "shape", None), type(value).__name__
    if not isinstance(shape, tuple):
        return ""
    columns = getattr(value, "column_names", None) or getattr(value, "columns", None)
    if columns is not None and len(shape) == 2:
        names = ", ".join(str(column) for column in list(columns)[:12])
        more = ", …" if len(columns) > 12 else ""
        return f"{name}, {shape[0]} rows x {shape[1]} columns: {names}{more}"
    dtype = getattr(value, "dtype", "")
    return f"{name} {dtype} {shape}" if shape else ""
