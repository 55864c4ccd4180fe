"""A FileWriter as libraries want a file to look. Runs in images: Python 3.8."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ops0.core.values.writer import FileWriter


class Sink:
    """Takes bytes; what the FileWriter does at its end is not its business."""

    closed = False

    def __init__(self, file: FileWriter) -> None:
        self._file = file

    def write(self, data: Any) -> int:
        """Add bytes; gives their number."""
        return self._file.write(data)

    def flush(self) -> None:
        """Nothing: the FileWriter writes at its end."""

    def close(self) -> None:
        """Be as a closed file."""
        self.closed = True
