"""Rows of what was made to fail and what came of it; ``make faults`` keeps them as a table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.reference import Row

ROWS: list[Row] = []


@pytest.fixture
def row() -> Iterator[Callable[..., Row]]:
    """Begin a row. Its test fails where anything was lost, leaked, wrong, done twice or failed without a word."""
    begun: list[Row] = []

    def begin(kind: str, *, deadly: bool = False) -> Row:
        begun.append(Row(kind=kind, deadly=deadly))
        return begun[-1]

    yield begin
    ROWS.extend(begun)
    assert all(one.clean for one in begun), "\n".join(str(one.told()) for one in begun)


def pytest_sessionfinish() -> None:
    place = os.environ.get("OPS0_FAULTS_TABLE")
    if not place or not ROWS:
        return
    lines = [
        "| fault | runs | right at once | lost | leaked | wrong | twice |",
        "|---|" + "---|" * 6,
    ]
    for one in ROWS:
        bad = (one.lost, one.leaked, one.wrong, one.twice)
        cells = (one.kind, one.runs, one.survived, *(len(found) for found in bad))
        lines.append(f"| {' | '.join(map(str, cells))} |")
    Path(place).parent.mkdir(parents=True, exist_ok=True)
    Path(place).write_text("\n".join(lines) + "\n")
