"""A layer without a build: for ``docker import``."""

from __future__ import annotations

import io
import tarfile


def plain_layer(content: bytes) -> bytes:
    """A tar with one file, ``data``."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("data")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()
