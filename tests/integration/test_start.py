"""The first moments of the program, before it can say anything itself: Ctrl-C, and streams that are closed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

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


BESIDE_A_THREAD = """
import atexit, sys, threading
import ops0.cli.main

class Told:
    def __del__(self):
        print("Python takes itself apart", flush=True)

def main():
    global kept
    kept = Told()
    atexit.register(print, "cleaned up")
    {begin}
    print("said", end=" ")
    sys.exit({code})

ops0.cli.main.main = main
from ops0.cli.start import main as start
start()
"""
WAITING = "threading.Thread(target=threading.Event().wait, daemon=True).start()"


@pytest.mark.parametrize(("code", "ends"), [("7", 7), ("None", 0), ("'a word'", 1)])
def test_a_thread_that_waits_still_is_not_taken_apart(code: str, ends: int) -> None:
    """Python crashed one time in fifty while it did so: exit -11 after the right words."""

    def run(begin: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-c", BESIDE_A_THREAD.format(begin=begin, code=code)]
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)

    done = run(WAITING)
    assert (done.returncode, done.stdout) == (ends, "said cleaned up\n")
    alone = run("")
    assert alone.returncode == ends
    assert alone.stdout == "said cleaned up\nPython takes itself apart\n"


AT_THE_END = """
import os, signal, sys, threading, time
import ops0.cli.main

def strike():
    time.sleep(0.5)
    os.kill(os.getpid(), signal.{number})
    time.sleep(30)

def main():
    threading.Thread(target=strike).start()
    print("said", end=" ")
    {end}

ops0.cli.main.main = main
from ops0.cli.start import main as start
start()
"""


@pytest.mark.parametrize(
    ("number", "end", "code"),
    [
        ("SIGINT", "sys.exit(7)", 7),
        ("SIGTERM", "sys.exit(7)", 7),
        ("SIGINT", "time.sleep(30)", 130),
    ],
)
def test_ctrl_c_once_more_is_quiet(number: str, end: str, code: int) -> None:
    """Python printed a traceback of its own, from the place where it waits for threads at its end."""
    argv = [sys.executable, "-c", AT_THE_END.format(number=number, end=end)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=25)
    assert (done.returncode, done.stdout, done.stderr) == (code, "said ", "")


FLOW = """
import sys
import ops0

@ops0.step
def one() -> int:
    print("said")
    print("said", file=sys.stderr)
    return 1

@ops0.pipeline
def flow():
    return one()
"""


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_fault(closed: str, tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(FLOW)
    command = f"{sys.executable} -m ops0 run flow.py {closed}"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=tmp_path,
        env={**os.environ, "OPS0_STATE_DIR": str(tmp_path / "state")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "" if ">&-" in closed.split() else "1\n")
    assert not (tmp_path / "state" / "crashes").exists()
