"""Waits for a registry are told on stderr: one line for all that wait for the same."""

from __future__ import annotations

import pytest

from ops0.cli.progress.retries import told_patience
from ops0_builder.registry.patience import Waiting


def a_wait(cause: str, seconds: float = 60.0) -> Waiting:
    return Waiting(host="registry.example", request="GET x", cause=cause, seconds=seconds)


def test_a_wait_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    told_patience().on_wait(a_wait("HTTP 503", 4.21))
    assert capsys.readouterr() == ("", "registry registry.example: retrying in 4.2 s: HTTP 503\n")


def test_what_a_registry_says_does_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told_patience().on_wait(a_wait("bad status \x1b]0;owned\x07 line"))
    assert capsys.readouterr().err.endswith("bad status   line\n")


def test_threads_that_wait_for_the_same_are_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    tell = told_patience().on_wait
    for cause in ("HTTP 503", "HTTP 503", "reset"):
        tell(a_wait(cause))
    assert [line.rpartition(": ")[2] for line in capsys.readouterr().err.splitlines()] == [
        "HTTP 503",
        "reset",
    ]


def test_the_next_wait_is_told_again(capsys: pytest.CaptureFixture[str]) -> None:
    tell = told_patience().on_wait
    tell(a_wait("HTTP 503", 0.0))
    tell(a_wait("HTTP 503", 300.0))
    assert "in 3e+02 s" not in (told := capsys.readouterr().err)
    assert told.splitlines()[1] == "registry registry.example: retrying in 300 s: HTTP 503"
