"""How much of a bundle is held in memory at most, whoever wrote it: counted before it is read."""

from __future__ import annotations

from ops0_builder.bundle.archive import BadArchive

LARGEST = 32 << 20
"""Bytes of ``ops0/bundle.json``: more than all the steps need that a bundle has members for. Parsed: 27 times that."""
_LARGEST_OTHER = 16 << 20
"""Bytes of each other document, of the layout or of ops0."""
TOGETHER = 64 << 20
"""Bytes of all documents but ``ops0/bundle.json``, with the images' manifests, as often as they are read."""
BUNDLE = "ops0/bundle.json"


class Budget:
    """What may still be read of one bundle."""

    def __init__(self) -> None:
        self._left = TOGETHER

    def take(self, name: str, size: int) -> None:
        """A document is to be held. Raises BadArchive where it is too large, alone or with those before it."""
        most = LARGEST if name == BUNDLE else _LARGEST_OTHER
        if size > most:
            raise BadArchive(f"{name} has {size} bytes, more than the {most} of such a document")
        if name != BUNDLE:
            self._left -= size
        if self._left < 0:
            raise BadArchive(f"its documents have more than {TOGETHER} bytes together")
