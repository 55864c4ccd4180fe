"""Durations and sizes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.quantities import QuantityError, seconds, size_bytes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10m", 600.0), ("1h30m", 5400.0), ("1h 30m 5s", 5405.0), ("1.5 h", 5400.0), ("250ms", 0.25),
        ("2d", 172800.0), (" 3S ", 3.0), (7, 7.0), (0.5, 0.5), ("0s", 0.0),
        ("36500d", 3_153_600_000.0),
    ],
)  # fmt: skip
def test_durations(text: str | float, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4GiB", 4 * 1024**3), ("500 MB", 500_000_000), ("1.5kib", 1536), ("12b", 12), ("1TiB", 1024**4), (9, 9),
    ],
)  # fmt: skip
def test_sizes(text: str | int, value: int) -> None:
    assert size_bytes(text) == value


@pytest.mark.parametrize(
    "wrong",
    ["", " ", "10", "m", "-1s", "1m-", "1s x", "1e3s", "\u0661s", "inf", "1..5s", "s1", True, None, -1, float("nan"),
     float("inf"), [], 10**400, "9" * 400 + "s",
     "999999999999999d", "36501d", 2**62, "36500d 1ms"],
)  # fmt: skip
def test_what_is_no_duration(wrong: object) -> None:
    with pytest.raises(QuantityError) as caught:
        seconds(wrong)  # type: ignore[arg-type]
    assert caught.value.given is wrong
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "4",
        "4g",
        "4Gi",
        "-1MB",
        "1 M B",
        "1.5",
        1.5,
        True,
        None,
        -1,
        2**70,
        "9999999999999TiB",
        {},
    ],
)
def test_what_is_no_size(wrong: object) -> None:
    with pytest.raises(QuantityError):
        size_bytes(wrong)  # type: ignore[arg-type]


@given(st.one_of(st.text(), st.floats(), st.integers()))
def test_only_its_own_error_leaves(anything: str | float) -> None:
    with suppress(QuantityError):
        assert 0 <= seconds(anything) < float("inf")
    with suppress(QuantityError):
        assert 0 <= size_bytes(anything) < float("inf")  # type: ignore[arg-type]
