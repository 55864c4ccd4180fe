"""Where the ``ops0`` program begins and ends: with streams that are open, quiet on Ctrl-C while ops0 is imported."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would take a third of the time that is left to be struck in
    from typing import NoReturn

_STOPPED = 130


def main() -> NoReturn:
    """Import the command line and run it. Ctrl-C meanwhile ends the process by its signal: there is nothing to undo."""
    _open_what_is_closed()
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not ignored, as by nohup
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ops0.cli.main import main as run  # noqa: PLC0415 - this is what takes long

    if ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    codes: list[object] = []
    atexit.register(_end_beside_threads, codes)
    try:
        run()
    except SystemExit as end:
        codes.append(end.code)
        _leave_on_signals(end.code)
        raise
    except KeyboardInterrupt:  # once more, while it was told what the first one had stopped
        _leave(_STOPPED)


def _end_beside_threads(codes: list[object]) -> None:
    """End here and now where a thread is still waiting for an answer that nobody needs any more.

    While Python up to 3.13 takes itself apart, it unwinds such a thread wherever that stands, and crashes one time in
    fifty on a busy machine (python/cpython#87135). Registered first, this runs last, when other threads have ended.
    """
    threading = sys.modules.get("threading")
    if not codes or threading is None or threading.active_count() == 1:
        return
    _leave(codes[0])


def _leave_on_signals(code: object) -> None:
    """All is done and told: one more Ctrl-C ends the program where it stands. Python would print a traceback."""
    from ops0.host.stops import stop_signals  # noqa: PLC0415 - the command line has it by now

    for number in stop_signals():
        signal.signal(number, lambda *_: _leave(code))


def _leave(code: object) -> NoReturn:
    """End at once, as ``sys.exit`` would."""
    for stream in (sys.stdout, sys.stderr):
        # closed, told already; or just being written to
        with suppress(OSError, ValueError, RuntimeError):
            stream.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _open_what_is_closed() -> None:
    """Let what is printed to a closed stream go nowhere, as ``ops0 run 2>&-`` asks.

    Python has None for such a stream, and the next file that is opened gets its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)  # the lowest that is free
            os.set_inheritable(number, True)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))
