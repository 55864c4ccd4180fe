"""Where the ``ops0`` program begins: with streams that are open, and quiet on Ctrl-C while ops0 itself is imported."""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would take a third of the time that is left to be struck in
    from typing import NoReturn


def main() -> NoReturn:
    """Import the command line and run it. Ctrl-C meanwhile ends the process by its signal: there is nothing to undo."""
    _open_what_is_closed()
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not ignored, as by nohup
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ops0.cli.main import main as run  # noqa: PLC0415 - this is what takes long

    if ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


def _open_what_is_closed() -> None:
    """Let what is printed to a closed stream go nowhere, as ``ops0 run 2>&-`` asks.

    Python has None for such a stream, and the next file that is opened gets its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)  # the lowest that is free
            os.set_inheritable(number, True)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))
