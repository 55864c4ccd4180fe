"""What a name that nobody knows may have meant."""

from __future__ import annotations

from ops0.core.analyzer.errors import SourceMissing
from ops0.core.near import did_you_mean, nearest


def test_the_closest_come_first_and_what_is_far_is_left_out() -> None:
    known = ("load_rows", "load", "summarise")
    assert nearest("lod", known, 3) == ("load",)
    assert nearest("load_row", known, 3) == ("load_rows", "load")
    assert nearest("x", known) == ()


def test_a_hint_names_the_nearest_before_what_there_is_to_say_anyway() -> None:
    assert did_you_mean("lod", ["load"], "the steps are load") == (
        "did you mean 'load'? the steps are load"
    )
    assert did_you_mean("lod", ["load"]) == "did you mean 'load'?"
    assert did_you_mean("x", ["load"], "the steps are load") == "the steps are load"
    assert did_you_mean("x", []) == ""


def test_a_file_that_only_ends_alike_is_not_what_was_meant() -> None:
    assert SourceMissing("pipelin.py", ["pipeline.py", "u.py"]).hint == (
        "did you mean 'pipeline.py'?"
    )
    usual = "give the path of a Python file or a notebook"
    assert SourceMissing("nosuch.py", ["pipeline.py", "u.py"]).hint == usual
