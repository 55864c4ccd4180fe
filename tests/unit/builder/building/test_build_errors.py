"""Hints name a command that can work."""

from __future__ import annotations

import pytest

from ops0_builder.build_errors import NoBase


@pytest.mark.parametrize(
    ("python", "hint"),
    [
        ("3.13", "make one from Debian's packages: `ops0 base --python 3.13`"),
        (
            "3.9",
            (
                "make one from an image that has it: `ops0 base --python 3.9 --from IMAGE`; "
                "or ask for one that Debian has: 3.11, 3.13, 3.14"
            ),
        ),
    ],
)
def test_a_missing_base_is_not_asked_of_debian_where_debian_has_none(
    python: str, hint: str
) -> None:
    assert NoBase("pipeline.py:4", python, "no registry answers").hint == hint
