"""How a failed attempt ended, as lines below what it printed."""

from __future__ import annotations

from ops0.runtime.events import Event


def failure_lines(event: Event) -> tuple[str, ...]:
    """The traceback of an ``attempt.failed``, as Python itself would have printed it; else the message.

    The runner's failure goes to the host and not to the step's stderr, since lines of an image are first put onto those
    of the current source, and secrets hidden.
    """
    traceback = str(event.data.get("traceback") or "").rstrip("\n")
    return tuple((traceback or f"failed: {event.data['message']}").split("\n"))
