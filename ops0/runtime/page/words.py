"""Numbers as people read them."""

from __future__ import annotations

_UNITS = ("B", "KB", "MB", "GB", "TB")


def size_words(size: float) -> str:
    """``1.2 GB``; decimal units, as disks and networks have."""
    unit = 0
    while size >= 999.5 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    return (
        f"{size:.0f} {_UNITS[unit]}" if unit == 0 or size >= 99.5 else f"{size:.1f} {_UNITS[unit]}"
    )


def time_words(seconds: float) -> str:
    """``0.6 ms``, ``420 ms``, ``3.2 s``, ``2 min 05 s``, ``3 h 07 min``."""
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return _two(whole, 60, "min", 1, "s")
    return _two(whole, 3600, "h", 60, "min")


def _two(whole: int, large: int, name: str, small: int, rest: str) -> str:
    left = whole % large // small
    return f"{whole // large} {name} {left:02d} {rest}" if left else f"{whole // large} {name}"


def number_words(value: float) -> str:
    """At most six significant digits; whole numbers with all of theirs."""
    return f"{value:,.0f}" if abs(value) < 1e15 and float(value).is_integer() else f"{value:.6g}"
