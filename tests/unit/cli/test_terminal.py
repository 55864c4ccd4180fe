"""Text fitted to a terminal: no word, item or command is broken."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terminals import Terminal

from ops0.cli.show.reasons import reason_line
from ops0.cli.terminal import columns, filled, listed, short_digest
from ops0.core.pipeline import Reason, Where

DIGEST = f"sha256:{'0123456789abcdef' * 4}"


def test_outside_of_a_terminal_nothing_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert columns(io.StringIO()) is None
    assert columns(Terminal()) == 50
    assert filled("word " * 40, None, 6) == "word " * 40
    assert listed("train: ", ["numpy 2.0"] * 3, None) == "train: numpy 2.0, numpy 2.0, numpy 2.0"
    assert short_digest(DIGEST, io.StringIO()) == DIGEST
    assert short_digest(DIGEST, Terminal()) == "sha256:0123456789ab"


def test_a_narrow_terminal_and_one_without_a_width_are_left_to_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    assert columns(Terminal()) is None
    monkeypatch.delenv("COLUMNS")
    assert columns(Terminal()) is None  # io.StringIO has no file behind it


@given(st.lists(st.text("ab", min_size=1, max_size=9), min_size=1, max_size=40))
def test_lines_are_no_longer_than_the_terminal(words: list[str]) -> None:
    lines = filled(" ".join(words), 40, 6).split("\n")
    assert " ".join(line.strip() for line in lines) == " ".join(words)
    assert all(len(line) <= 40 - (6 if number == 0 else 0) for number, line in enumerate(lines))
    assert all(re.match(r" {6}\S", line) for line in lines[1:])


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            "fix it, then continue: ops0 run a/long/path/flow.py --containers --resume",
            "ops0 run a/long/path/flow.py --containers --resume",
        ),
        (
            "start Docker, or leave out --containers; `ops0 doctor --some --flags --more` shows more",
            "`ops0 doctor --some --flags --more`",
        ),
        ("pip install torch; or run each step with only what it needs", "pip install torch"),
    ],
)
def test_a_command_stays_on_one_line(text: str, command: str) -> None:
    lines = filled(text, 44, 6).split("\n")
    assert any(command in line for line in lines)
    assert " ".join(line.strip() for line in lines) == text


def test_a_list_is_broken_between_its_items() -> None:
    shown = listed("load: ", ["numpy 2.4.6", "pandas 3.1.1", "six 1.17.0"], 40)
    assert shown == "load: numpy 2.4.6, pandas 3.1.1,\n  six 1.17.0"


def test_a_reason_goes_on_below_its_place() -> None:
    reason = Reason(Where("shop/flow.py", 33), "pandas.read_parquet(): pandas leaves Parquet")
    assert reason_line("pyarrow", reason, 60).splitlines() == [
        "  pyarrow                      shop/flow.py:33",
        "                               pandas.read_parquet(): pandas",
        "                               leaves Parquet",
    ]
    assert reason_line("", reason, None) == (
        "                               shop/flow.py:33  pandas.read_parquet(): pandas leaves Parquet"
    )
