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
    """A path that can be written, its missing folders with it. ``-`` is none.

    replaced:  the file is written beside it and renamed, so the folder is what must be writable
    completed: the folder may hold all that is wanted already, so one that is there is not tried
    """

    def __init__(
        self,
        *,
        file_okay: bool = True,
        dir_okay: bool = True,
        replaced: bool = False,
        completed: bool = False,
    ) -> None:
        """``file_okay``, ``dir_okay``: see click.Path."""
        super().__init__(file_okay=file_okay, dir_okay=dir_okay)
        self.replaced = replaced
        self.completed = completed

    def convert(
        self, value: str | os.PathLike[str], param: Parameter | None, ctx: Context | None
    ) -> Any:
        """As click does. Raises BadParameter, which names the file in the way; NotWritable."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        there = next((one for one in path.parents if os.path.lexists(one)), None)
        if there is not None and not there.is_dir():
            self.fail(f"{path}: {there} is no folder", param, ctx)
        if str(path) != "-" and not (self.completed and path.exists()):
            _try(path, (there or Path()) if self.replaced or not path.exists() else path)
        return path


def _try(path: Path, place: Path) -> None:
    """Write to a file, or into a folder, and leave nothing: of rights root has all, in ``/proc`` too."""
    try:
        if place.is_dir():
            tempfile.TemporaryFile(dir=place).close()
        elif place.is_file():
            place.open("ab").close()
    except OSError as fault:
        if is_refusal(fault):
            fact = (fault.strerror or str(fault)).lower()
            raise NotWritable(
                str(path), f"cannot be written: {fact}", "name another place"
            ) from None
        raise
