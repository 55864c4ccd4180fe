"""What takes long says so; what does not says nothing."""

from __future__ import annotations

import io
import sys
import time

import pytest
from terminals import Terminal

from ops0.cli.progress.slow import told_if_slow


def shown(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, *, after: float) -> str:
    """What comes of work that waits until something is told, at most a moment."""
    monkeypatch.setattr(sys, "stderr", stream)
    with told_if_slow("reading flow.py", after):
        until = time.monotonic() + (5 if after == 0 and stream.isatty() else 0.05)
        while not stream.getvalue() and time.monotonic() < until:
            time.sleep(0.001)
    return stream.getvalue()


def test_work_that_is_soon_done_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(Terminal(), monkeypatch, after=60) == ""


def test_into_a_pipe_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(io.StringIO(), monkeypatch, after=0) == ""


def test_a_terminal_forgets_it_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert shown(Terminal(), monkeypatch, after=0) == "reading flow.py\r\x1b[2K"


def test_a_terminal_that_erases_nothing_keeps_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert shown(Terminal(), monkeypatch, after=0) == "reading flow.py\n"


def test_it_ends_with_the_work_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    with pytest.raises(ValueError, match="no"), told_if_slow("reading flow.py", 60):
        raise ValueError("no")
    assert stream.getvalue() == ""
