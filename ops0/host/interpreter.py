"""The Python that a step's process is started with, as a value."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """One Python.

    program: its file;  options: its own, before ``-c``
    homes:   folders for the end of its path that hold the runner; (): those that this ops0 was imported from
    folder:  its environment, whose programs come first; None: whatever PATH says
    """

    program: str = sys.executable
    options: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    folder: str | None = None
