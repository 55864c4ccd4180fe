"""The signals that end ops0 in good order: what is half made is removed, and nothing goes on by itself."""

from __future__ import annotations

import os
import signal
import stat
import sys

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_signals() -> tuple[signal.Signals, ...]:
    """Those of them that whoever started ops0 lets come through: ``nohup`` does not let SIGHUP."""
    return tuple(one for one in _SIGNALS if signal.getsignal(one) is not signal.SIG_IGN)


def leave_lost_terminal() -> None:
    """Write no more to a terminal that is gone, as after SIGHUP: each write would fail, and cut the clean-up short."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is None:
            continue
        number = stream.fileno()
        if stat.S_ISCHR(os.fstat(number).st_mode) and not os.isatty(number):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, number)
            os.close(nothing)
