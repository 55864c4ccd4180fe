"""How a line of a traceback names a place: ``File "pipeline.py", line 17, in load``, in a group's margin or without."""

from __future__ import annotations

import re

__all__ = ["FRAME"]

FRAME = re.compile(
    r'(?P<margin>[ |+-]*)File "(?P<path>[^"]+)", line (?P<line>[1-9]\d{0,8})(?P<rest>.*)'
)
"""For one line without its end."""
