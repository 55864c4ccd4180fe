"""Severities by CVSS vectors: what the specifications' own examples are rated, and what is no vector."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0_builder.about.severity import LEVELS, vector_severity

CRITICAL = {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}
LOW = {"type": "CVSS_V3", "score": "CVSS:3.1/AV:P/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N"}
NONE = {"type": "CVSS_V3", "score": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"}
FOUR = {
    "type": "CVSS_V4",
    "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
}
TWO = {"type": "CVSS_V2", "score": "AV:L/AC:L/Au:M/C:N/I:P/A:C"}


@pytest.mark.parametrize(
    ("severities", "level"),
    [
        ([CRITICAL], "critical"),
        ([FOUR], "critical"),
        ([TWO], "medium"),
        ([LOW], "low"),
        ([NONE], "low"),
        ([LOW, CRITICAL, TWO], "critical"),
        ([], ""),
        ([{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}], ""),
        ([{"type": "CVSS_V3", "score": "9.8"}], ""),
        ([{"type": "Ubuntu", "score": "high"}], ""),
        ([{"type": "CVSS_V9", "score": CRITICAL["score"]}, LOW], "low"),
        ([None, 1, "x", {}, {"type": "CVSS_V4", "score": None}], ""),
    ],
)
def test_the_worst_vector_counts(severities: list[Any], level: str) -> None:
    assert vector_severity(severities) == level


@given(st.text(max_size=60), st.sampled_from(["CVSS_V2", "CVSS_V3", "CVSS_V4"]))
def test_any_text_is_a_rating_or_none(text: str, kind: str) -> None:
    for score in (text, f"CVSS:3.1/{text}", f"CVSS:4.0/{text}"):
        assert vector_severity([{"type": kind, "score": score}]) in ("", *LEVELS)
