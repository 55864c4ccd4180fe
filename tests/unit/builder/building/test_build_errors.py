"""Hints name a command that can work."""

from __future__ import annotations

import pytest

from ops0.core.pipeline import StepName
from ops0_builder.build_errors import NoBase, StepBuildFailed


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


def test_of_a_hundred_steps_that_could_not_be_built_a_few_are_named() -> None:
    steps = tuple(StepName(f"s{number}") for number in range(100))
    fault = StepBuildFailed(steps, "docker buildx bake", "it failed", "")
    assert str(fault) == "image of s0, s1, s2, s3, s4 and 95 more: docker buildx bake: it failed"
    assert fault.steps == steps
