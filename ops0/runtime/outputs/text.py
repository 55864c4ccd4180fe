"""Text from inside a step, made fit to be shown and stored: it may hold anything, terminal commands too."""

from __future__ import annotations

from ops0.core.plain_text import plain_text


def fit_text(text: str, most: int) -> str:
    """At most ``most`` characters, valid UTF-8 when encoded, nothing that a terminal would obey."""
    return plain_text(text[:most].encode("utf-8", "replace").decode("utf-8"))
