"""What making a bundle says of its progress."""

from __future__ import annotations

from ops0_builder.bundle.making import _Counted


def test_each_hundred_million_bytes_are_told_once() -> None:
    told: list[str] = []
    counted = _Counted("of 235 MB in x.ops0", told.append)
    for size in (50_000_000, 60_000_000, 20_000_000, 105_000_000):
        counted.count(size)
    assert told == ["110 of 235 MB in x.ops0", "235 of 235 MB in x.ops0"]
