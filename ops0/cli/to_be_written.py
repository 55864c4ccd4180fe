"""A file or folder that a command is to write, refused before any work where it cannot stand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click import Context, Parameter

__all__ = ["ToBeWritten"]


class ToBeWritten(click.Path):
    """A path whose missing folders can be made: nothing on the way there is a file. ``-`` is none."""

    def convert(
        self, value: str | os.PathLike[str], param: Parameter | None, ctx: Context | None
    ) -> Any:
        """As click does. Raises BadParameter, which names the file in the way."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        there = next((one for one in path.parents if os.path.lexists(one)), None)
        if there is not None and not there.is_dir():
            self.fail(f"{path}: {there} is no folder", param, ctx)
        return path
