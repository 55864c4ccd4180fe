"""The ways in which a program is ended by somebody else."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from typing import Literal

Death = Literal["kill", "ctrl-c", "ctrl-c twice", "SIGTERM"]
BY_SIGNAL = (-signal.SIGKILL, 130, -signal.SIGINT, -signal.SIGTERM)
"""Codes of one that was ended. The last two: Python without handlers, as it begins or ends."""
_SIGNALS = {"kill": signal.SIGKILL, "SIGTERM": signal.SIGTERM}


def end_by(program: subprocess.Popen[str], how: Death, chance: random.Random) -> None:
    """Send what ends it; Ctrl-C a second time within a second."""
    program.send_signal(_SIGNALS.get(how, signal.SIGINT))
    if how == "ctrl-c twice":
        time.sleep(chance.uniform(0, 1))
        program.send_signal(signal.SIGINT)
