"""Where the ``ops0`` program begins: quiet on Ctrl-C while ops0 itself is still being imported."""

from __future__ import annotations

import signal

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would take a third of the time that is left to be struck in
    from typing import NoReturn


def main() -> NoReturn:
    """Import the command line and run it. Ctrl-C meanwhile ends the process by its signal: there is nothing to undo."""
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not ignored, as by nohup
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ops0.cli.main import main as run  # noqa: PLC0415 - this is what takes long

    if ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
