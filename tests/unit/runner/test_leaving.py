"""How the runner's process ends."""

from __future__ import annotations

import _thread
import signal

import pytest

from ops0_runner import leaving


def test_the_thread_that_ends_the_process_is_counted_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else one that the step has left would be taken for it, and the step for over."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    before = _thread._count()
    leaving._leave_within(1e6, 0)
    assert _thread._count() == before + 1
