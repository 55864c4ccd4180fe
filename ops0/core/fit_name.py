"""A name for a pipeline, made of that of a file or folder. Pure."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["fit_name"]

_UNFIT = re.compile(r"[^a-z0-9._-]+")
_MARKS = re.compile(r"[\u0300-\u036f]")


def fit_name(text: str, otherwise: str) -> str:
    """Small letters of ASCII, digits and ``.-_``, at most 63; ``otherwise`` where nothing of the text is left.

    >>> fit_name("Kündigungen im März", "pipeline")
    'kundigungen-im-marz'
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return _UNFIT.sub("-", plain).strip("-._")[:63] or otherwise
