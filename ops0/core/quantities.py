"""Durations and sizes as people write them. Pure; also runs in images: Python 3.8, standard library."""

from __future__ import annotations

import re

from ops0.core.errors import AnalysisError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Union

_DURATIONS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SIZES = {
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "tb": 1000**4,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
    "tib": 1024**4,
}
_NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,9})?"
_DURATION_PART = re.compile(rf"({_NUMBER})\s*(ms|[smhd])\s*")
_SIZE = re.compile(rf"({_NUMBER})\s*([a-z]+)", re.IGNORECASE)
_LARGEST = 2**62
LONGEST = 36500 * 86400.0
"""Seconds: a hundred years. Longer waits overflow timers."""


class QuantityError(AnalysisError):
    """A duration or size that cannot be read. ``given`` is what was written."""

    exit_code = 18

    def __init__(self, kind: str, given: object, hint: str) -> None:
        super().__init__(f"{_shown(given)} is not a {kind}", hint)
        self.kind, self.given = kind, given


def seconds(given: Union[str, float]) -> float:
    """Read a duration: ``"10m"``, ``"1h30m"``, ``"1.5 h"``, ``"250ms"``; a bare number is seconds.

    returns: seconds, >= 0, at most a hundred years
    raises:  QuantityError
    """
    total = _total(given)
    if total is None:
        raise QuantityError("duration", given, 'write "250ms", "30s", "10m", "1h30m" or "2d"')
    if total > LONGEST:
        raise QuantityError("duration of at most a hundred years", given, 'write "30s" or "2d"')
    return total


def _total(given: Union[str, float]) -> Optional[float]:
    if isinstance(given, str):
        total, end = 0.0, 0
        text = given.strip().lower()
        for part in _DURATION_PART.finditer(text):
            if part.start() != end:
                break
            total, end = total + float(part.group(1)) * _DURATIONS[part.group(2)], part.end()
        if text and end == len(text):
            return total
    elif _is_count(given):
        return float(given)
    return None


def duration_text(given: float) -> str:
    """Write a duration for people, in its largest unit: ``45 s``, ``12 min``, ``3.5 h``, ``2 d``."""
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if given >= size:
            shown = f"{given / size:.1f}"
            return f"{shown[:-2] if shown.endswith('.0') else shown} {unit}"
    return f"{given:.0f} s" if given >= 1 or not given else f"{given:.2g} s"


def size_bytes(given: Union[str, int]) -> int:
    """Read a size: ``"4GiB"`` (1024s), ``"500 MB"`` (1000s); a bare whole number is bytes.

    returns: whole bytes, >= 0
    raises:  QuantityError; also for ``"4g"``, which means different things to different tools
    """
    if isinstance(given, str):
        match = _SIZE.fullmatch(given.strip())
        if match is not None and match.group(2).lower() in _SIZES:
            size = float(match.group(1)) * _SIZES[match.group(2).lower()]
            if size <= _LARGEST:
                return int(size)
    elif isinstance(given, int) and _is_count(given):
        return given
    raise QuantityError("size", given, 'write "512MiB", "4GiB" or "500MB"')


def _is_count(given: object) -> bool:
    """Whether it is a number that can count something: no bool, no NaN, not below 0."""
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return False
    return 0 <= given <= _LARGEST


def _shown(given: object) -> str:
    """What was written, short and on one line. Foreign objects are named by type only."""
    if isinstance(given, (str, int, float)):
        text = (
            repr(given) if isinstance(given, (str, bool, float)) or given < _LARGEST else "a number"
        )
        return text if len(text) <= 60 else f"{text[:57]}..."
    return f"an object of type {type(given).__name__}"
