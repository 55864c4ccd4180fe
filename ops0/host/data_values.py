"""Loads what containers wrote, where it is data and nothing else: no code of theirs runs, and nothing is unpickled."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ops0.core.values.faults import InputFault
from ops0.core.values.store import load_value

_DATA = frozenset(
    {
        "json",
        "bytes",
        "npy",
        "arrow",
        "frame",
        "polars",
        "safetensors",
        "tensorflow",
        "file",
        "folder",
    }
)
_SAFE_ARROW = (14, 0, 1)
"""Older ones unpickle what a file calls an extension type (CVE-2023-47248)."""


class NotData(Exception):
    """It can only be loaded by running what its producer wrote, or not here. The text says why."""


def load_data(value: Any, folder: Path) -> Any:
    """The value in a folder, from its VALUE (see ops0_runner/protocol.py).

    raises: NotData, also where the library that it needs is not installed here, or the files are not what they say
    """
    try:
        _check(value, folder)
        return load_value(value, str(folder))
    except (NotData, InputFault) as fault:
        raise NotData(str(fault)) from None
    except Exception as fault:  # noqa: BLE001 - what makes libraries stumble is the container's to choose
        raise NotData(f"cannot be read: {type(fault).__name__}: {fault}") from None


def _check(value: Any, folder: Path) -> None:
    form = value.get("format") if isinstance(value, dict) else None
    if form == "tuple":
        for item in value.get("items") or ():
            _check(item, folder)
        return
    if form not in _DATA:
        raise NotData(f"{form} is a format that runs what its producer wrote")
    if form in ("arrow", "frame", "polars"):
        _check_arrow(value, folder)


def _check_arrow(value: Any, folder: Path) -> None:
    """Read an Arrow file whole: its own offsets could lead out of it. Raises NotData."""
    if _arrow_version() < _SAFE_ARROW:
        raise NotData("there is no pyarrow of at least 14.0.1 here")
    import pyarrow as pa  # noqa: PLC0415 - an optional library, and it takes long to load
    from pyarrow import ipc  # noqa: PLC0415

    try:
        for file in value["files"]:
            with pa.memory_map(str(folder / file["name"])) as source:
                opened = (
                    ipc.open_stream(source) if value["format"] == "arrow" else ipc.open_file(source)
                )
                opened.read_all().validate(full=True)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as fault:
        raise NotData(f"not an Arrow file: {fault}") from None


def _arrow_version() -> tuple[int, ...]:
    try:
        text = version("pyarrow")
    except PackageNotFoundError:
        return ()
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
