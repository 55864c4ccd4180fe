"""One line of a list of needs: what is needed, the place that needs it, and why."""

from __future__ import annotations

from ops0.cli.terminal import filled
from ops0.core.pipeline import Reason

_NEED = 28


def reason_line(need: str, reason: Reason, width: int | None, note: str = "") -> str:
    """``  pandas     flow.py:3  import pandas``; what a terminal has no room for goes on below the place.

    need: "" in a further line of the same need;  width: of the terminal, None elsewhere
    """
    head = f"{need_column(need)}{reason.where}  "
    text = filled(f"{reason.text}{note}", width, len(need_column("")), len(head))
    return "\n".join(line.rstrip() for line in f"{head}{text}".split("\n"))


def need_column(need: str) -> str:
    """What is needed, and the room up to where reasons begin."""
    return f"  {need:<{_NEED}} "
