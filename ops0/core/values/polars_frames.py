"""polars frames as Arrow files, written and mapped by polars itself. Runs in images: Python 3.8."""

from __future__ import annotations

import sys
import warnings

from ops0.core.values.files import checked_path
from ops0.core.values.sink import Sink
from ops0.core.values.writer import FileWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List


def is_polars_frame(value: Any) -> bool:
    """Whether it is a polars frame without Python objects in it."""
    polars = sys.modules.get("polars")
    if polars is None or type(value) is not getattr(polars, "DataFrame", None):
        return False
    return polars.Object not in value.dtypes


def save_polars_frame(value: Any, folder: str, name: str) -> List[Dict[str, Any]]:
    """Write ``<name>.arrow``, which ``polars.read_ipc`` reads; gives the file entries."""
    with FileWriter(folder, f"{name}.arrow") as file, warnings.catch_warnings():
        # Up to 1.8 polars advises the user, who has opened no file, to give a path instead of a file.
        warnings.filterwarnings("ignore", "Polars found a filename", UserWarning)
        value.write_ipc(Sink(file), compression="uncompressed")
    return [file.entry]


def load_polars_frame(folder: str, entry: Any) -> Any:
    """Map a frame. polars copies what a reader changes. Raises InputFault, ImportError, ValueError."""
    import polars as pl  # noqa: PLC0415 - only steps that have it get its frames

    return pl.read_ipc(checked_path(folder, entry))
