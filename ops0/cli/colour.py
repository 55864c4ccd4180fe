"""Whether what is printed may be coloured."""

from __future__ import annotations

import os

__all__ = ["colour"]


def colour() -> bool | None:
    """What click is to do about colours: none where ``NO_COLOR`` says so, else what the stream can show."""
    return False if os.environ.get("NO_COLOR") else None
