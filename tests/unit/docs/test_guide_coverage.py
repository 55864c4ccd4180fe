"""The table of the contributor guide's promises names only what is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "guide-coverage.md"
PLACE = re.compile(
    r"`((?:\.github|ops0|tests|e2e|examples|scripts|builder|docs)/[\w./-]*)(?:::(\w+))?`"
)
PLACES = sorted(set(PLACE.findall(PAGE.read_text()))) if PAGE.exists() else []


@pytest.mark.skipif(not PAGE.exists(), reason="docs/ is not beside tests/: no checkout")
def test_every_place_and_test_exists() -> None:
    missing = []
    for path, test in PLACES:
        file = ROOT / path
        absent = f"| `{path}` | *not there yet* |" in PAGE.read_text()
        if file.exists() == absent:
            missing.append(path)
        elif test and f"\ndef {test}(" not in file.read_text():
            missing.append(f"{path}::{test}")
    assert PLACES
    assert missing == []


@pytest.mark.skipif(not PAGE.exists(), reason="docs/ is not beside tests/: no checkout")
def test_the_bug_form_s_test_runs() -> None:
    form = (ROOT / ".github" / "ISSUE_TEMPLATE" / "bug_report.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", form, re.DOTALL)
    names: dict[str, Callable[[], None]] = {}
    exec(compile(code, "bug_report.md", "exec"), names)
    names["test_bug_reproduction"]()
