"""Which steps ask for another Python than their processes have, in one line."""

from __future__ import annotations

import pytest
from handmade import a_pipeline, a_step

from ops0.cli.other_pythons import other_pythons


@pytest.mark.parametrize(
    ("pythons", "told"),
    [
        (("3.11", None), None),
        (("3.12", "3.12"), "the project asks for 3.12"),
        (("3.11", "3.12", "3.8"), "asked for is 3.8 for s2, 3.12 for s1"),
        (("3.11", *["3.9"] * 5), "asked for is 3.9 for s1, s2, s3 and 2 more"),
    ],
)
def test_steps_are_told_by_what_they_ask_for(
    pythons: tuple[str | None, ...], told: str | None
) -> None:
    steps = [a_step(f"s{number}", python=one) for number, one in enumerate(pythons)]
    found = other_pythons(a_pipeline(steps), "3.11")
    assert (None if found is None else found[0].partition(": ")[2]) == told
