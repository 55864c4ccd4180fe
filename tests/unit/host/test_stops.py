"""Which signals end ops0, and what it does about a terminal that is gone."""

from __future__ import annotations

import signal

from ops0.host.stops import stop_signals


def test_a_signal_that_ops0_was_started_to_ignore_is_left_alone() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert stop_signals() == (signal.SIGINT, signal.SIGTERM)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        assert stop_signals() == (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
