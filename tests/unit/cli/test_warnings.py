"""What many places have in common is said once."""

from __future__ import annotations

import pytest

from ops0.cli.with_progress import show_warnings
from ops0.core.pipeline import Warn, Where


def guess(path: str, line: int, text: str = "cv2 is a guess") -> Warn:
    return Warn(where=Where(path=path, line=line), text=text, hint="choose")


def shown(capsys: pytest.CaptureFixture[str], *warnings: Warn) -> list[str]:
    show_warnings(warnings)
    return capsys.readouterr().err.splitlines()


def test_one_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, guess("a.py", 3)) == ["warning: a.py:3: cv2 is a guess", "hint: choose"]


def test_the_same_fact_at_several_places_is_one_warning(capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys, guess("b.py", 1), guess("a.py", 20), guess("a.py", 3))
    assert found == ["warning: a.py:3: cv2 is a guess; also at a.py:20, b.py:1", "hint: choose"]


def test_of_many_places_some_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    five, six = ([guess("a.py", line) for line in range(1, most + 1)] for most in (5, 6))
    assert shown(capsys, *five)[0].endswith("; also at a.py:2, a.py:3, a.py:4 and 1 more place")
    assert shown(capsys, *six)[0].endswith("; also at a.py:2, a.py:3, a.py:4 and 2 more places")


def test_other_facts_stay_apart(capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys, guess("a.py", 3), guess("a.py", 3, "so is fitz"), guess("b.py", 1))
    assert [line for line in found if not line.startswith("hint")] == [
        "warning: a.py:3: cv2 is a guess; also at b.py:1",
        "warning: a.py:3: so is fitz",
    ]
