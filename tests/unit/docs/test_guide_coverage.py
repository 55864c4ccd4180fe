"""The table of the contributor guide's promises names only what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "guide-coverage.md"
PLACE = re.compile(r"`((?:ops0|tests|e2e|examples|scripts|builder|docs)/[\w./-]*)(?:::(\w+))?`")
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
