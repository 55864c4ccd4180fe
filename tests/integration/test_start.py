"""Ctrl-C in the first moments of the program, before it can say anything itself."""

from __future__ import annotations

import signal
import subprocess
import sys

STRUCK = """
import os, signal, sys
{before}
class Striker:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Striker())
sys.argv = ["ops0", "--version"]
from ops0.cli.start import main
main()
"""


def struck(before: str = "") -> subprocess.CompletedProcess[str]:
    code = STRUCK.format(before=before)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


def test_ctrl_c_in_the_imports_is_quiet() -> None:
    done = struck()
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")


def test_what_is_to_be_ignored_stays_ignored() -> None:
    done = struck("signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ops0, version")
