"""Images among values: bytes that are one, figures and pictures drawn as one. Runs in images: Python 3.8."""

from __future__ import annotations

import base64
import io
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

MAX_IMAGE = 384 * 1024
"""Bytes. A larger image is not shown: the manifest that holds it is read by every consumer."""
_WIDTH = 720
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def media_of(data: bytes) -> Optional[str]:
    """Tell the media type of an image that every browser shows and that can hold no script; None for all else."""
    for beginning, media in _BEGINNINGS:
        if data.startswith(beginning):
            return media
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def image_show(data: bytes) -> Optional[Dict[str, Any]]:
    """Show these bytes, if they are an image and not too many. See showing.py."""
    media = media_of(data)
    if media is None or len(data) > MAX_IMAGE:
        return None
    return {"kind": "image", "media": media, "data": base64.b64encode(data).decode("ascii")}


def drawn_image(value: Any) -> Optional[Dict[str, Any]]:
    """Show a figure of matplotlib or a picture of Pillow, drawn small enough to be shown; None for all else."""
    data = drawn(value, _WIDTH)
    return None if data is None else image_show(data)


def drawn(value: Any, width: int = 0) -> Optional[bytes]:
    """Draw a figure of matplotlib or a picture of Pillow as PNG; None for all else.

    width: pixels that it may have; 0: as it is
    """
    figures, pictures = sys.modules.get("matplotlib.figure"), sys.modules.get("PIL.Image")
    if figures is not None and isinstance(value, figures.Figure):
        return _figure(value, width)
    if pictures is not None and isinstance(value, pictures.Image):
        return _picture(value, width)
    return None


def _figure(figure: Any, width: int) -> bytes:
    inches = float(figure.get_size_inches()[0]) or 1.0
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=min(110.0, width / inches) if width else "figure")
    return buffer.getvalue()


def _picture(picture: Any, width: int) -> bytes:
    small = picture.copy()
    if width:
        small.thumbnail((width, width))
    if small.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
        small = small.convert("RGB")
    buffer = io.BytesIO()
    small.save(buffer, format="PNG")
    return buffer.getvalue()
