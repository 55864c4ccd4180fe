"""A file or folder that a command is to write, refused before any work where it cannot stand."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ops0.host.disk import NotWritable, is_refusal

if TYPE_CHECKING:
    from click import Context, Parameter

__all__ = ["ToBeWritten"]


class ToBeWritten(click.Path):
    """A path that can be written, its missing folders with it. ``-`` is none."""

    def convert(
        self, value: str | os.PathLike[str], param: Parameter | None, ctx: Context | None
    ) -> Any:
        """As click does. Raises BadParameter, which names the file in the way; NotWritable."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        there = next((one for one in path.parents if os.path.lexists(one)), None)
        if there is not None and not there.is_dir():
            self.fail(f"{path}: {there} is no folder", param, ctx)
        if str(path) != "-":
            _try(path, there or Path())
        return path


def _try(path: Path, parent: Path) -> None:
    """Write where it is to stand, and leave nothing: rights do not tell, for root has all of them in ``/proc`` too."""
    try:
        if path.is_file():
            path.open("ab").close()
        elif path.is_dir() or not path.exists():
            tempfile.TemporaryFile(dir=path if path.is_dir() else parent).close()
    except OSError as fault:
        if is_refusal(fault):
            fact = (fault.strerror or str(fault)).lower()
            raise NotWritable(
                str(path), f"cannot be written: {fact}", "name another place"
            ) from None
        raise
