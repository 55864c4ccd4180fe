"""A program that somebody else waits for ends when it is no longer wanted, and its children with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ops0.host import process
from ops0.host.folders import file_lock, lock_if_free
from ops0.host.process import ProgramStopped, ProgramTimeout, run, start

SLEEP = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"


def ends(pid: int) -> bool:
    """Whether a process that was killed is gone, or a zombie of somebody else's, within five seconds."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def test_stop_ends_the_program_and_its_children(tmp_path):
    told = tmp_path / "pid"
    parent = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEP!r}, {str(told)!r}])"
    )
    stop = threading.Event()

    def stop_once_it_runs() -> None:
        while not (told.exists() and told.read_text()):
            time.sleep(0.01)
        stop.set()

    watcher = threading.Thread(target=stop_once_it_runs, daemon=True)
    watcher.start()
    begin = time.monotonic()
    with pytest.raises(ProgramStopped):
        run((sys.executable, "-c", parent), stop=stop, timeout=60)
    assert time.monotonic() - begin < 30
    assert ends(int(told.read_text()))


def test_a_program_that_ends_in_time_is_not_touched():
    done = run((sys.executable, "-c", "print('x')"), stop=threading.Event(), timeout=60)
    assert (done.code, done.out) == (0, "x")


def test_the_timeout_holds_beside_a_stop():
    with pytest.raises(ProgramTimeout):
        run(
            (sys.executable, "-c", "import time; time.sleep(60)"),
            stop=threading.Event(),
            timeout=0.3,
        )


def test_a_program_holds_the_lock_that_it_was_handed(tmp_path):
    path = tmp_path / "lock"
    with file_lock(path) as held:
        program = start((sys.executable, "-c", "import time; time.sleep(60)"), held=(held,))
    with lock_if_free(path) as free:
        assert not free
    program.close()
    with lock_if_free(path) as free:
        assert free


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_program_is_not_forgotten_that_is_just_being_started(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Struck between its fork and its end, Popen gives nobody the process that it has made."""
    made: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def struck(*given: Any, **more: Any) -> subprocess.Popen[bytes]:
        made.append(real(*given, **more))
        os.kill(os.getpid(), number)
        return made[0]

    monkeypatch.setattr(process.subprocess, "Popen", struck)
    before = signal.signal(number, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            start(("sleep", "60"))
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, before)
    assert ends(made[0].pid)
