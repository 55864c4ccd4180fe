"""Answers kept by the object that they are about."""

from __future__ import annotations

import gc

from ops0.core.requirements.by_identity import ByIdentity


def test_an_equal_object_is_another_one_and_what_it_depends_on_counts() -> None:
    kept = ByIdentity[list[int], str]()
    one = [1]
    assert kept.keep("spared", one, True) == "spared"
    assert kept.get(one, True) == "spared"
    assert kept.get([1], True) is None
    assert kept.get(one, False) is None


def test_what_an_answer_is_about_lives_on() -> None:
    """Its identity would else be the next object's, which would get its answer."""
    kept = ByIdentity[list[int], str]()
    for number in range(100):
        kept.keep("first", [number])
        gc.collect(0)
    assert all(kept.get([number]) is None for number in range(100))
