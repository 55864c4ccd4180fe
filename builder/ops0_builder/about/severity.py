"""How severe an advisory is by its CVSS vectors, where its database states no word: scored by the ``cvss`` library.

source: https://www.first.org/cvss/specification-document, "Qualitative Severity Rating Scale"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

LEVELS = ("low", "medium", "high", "critical")
BOUNDS = ("any", *LEVELS)
"""What ``--fail-on`` takes, from the mildest."""
_NONE = "low"
"""For what CVSS calls None, a score of 0.0: an advisory that is about a version is never nothing."""


def vector_severity(severities: Iterable[Any]) -> str:
    """The worst rating of an advisory's ``severity`` list; "" where no vector in it can be read. Pure.

    severities: as the OSV format has them, ``{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/…"}``
    """
    found = [level for one in severities if (level := _level(one)) is not None]
    return max(found, key=LEVELS.index, default="")


def _level(told: Any) -> str | None:
    from cvss import CVSS2, CVSS3, CVSS4  # noqa: PLC0415 - only where a vector has to be scored
    from cvss.exceptions import CVSSError  # noqa: PLC0415

    kinds = {"CVSS_V2": CVSS2, "CVSS_V3": CVSS3, "CVSS_V4": CVSS4}
    vector = told.get("score") if isinstance(told, Mapping) else None
    kind = kinds.get(str(told.get("type"))) if isinstance(told, Mapping) else None
    if kind is None or not isinstance(vector, str):
        return None
    try:
        word = str(kind(vector).severities()[0]).lower()
    except (CVSSError, ValueError, ArithmeticError, LookupError):
        return None
    return word if word in LEVELS else _NONE
