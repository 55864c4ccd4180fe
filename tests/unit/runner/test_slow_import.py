"""An import that takes long is told, and none is harmed by it."""

from __future__ import annotations

import _thread
import os
import time

import pytest

from ops0_runner.slow_import import SlowImport


def work(seconds: float) -> int:
    """Make and leave frames, as an import does."""
    end = time.monotonic() + seconds
    made = 0
    while time.monotonic() < end:
        made += sum(map(deep, range(30)))
    return made


def deep(count: int) -> int:
    return 1 if count == 0 else deep(count - 1)


def test_it_says_once_where_the_import_is(capfd: pytest.CaptureFixture[str]) -> None:
    with SlowImport(0.05):
        work(0.3)
    said = capfd.readouterr().err
    assert said.startswith("still importing after 0.05 s (most recent call first):\n")
    assert f'File "{__file__}", line ' in said
    assert " in work\n" in said
    assert said.count("still importing") == 1


def test_a_quick_one_says_nothing_and_leaves_no_thread(capfd: pytest.CaptureFixture[str]) -> None:
    before = _thread._count()
    for _ in range(50):
        with SlowImport(60.0):
            work(0.0)
    assert _thread._count() == before
    assert capfd.readouterr().err == ""


def test_looking_does_no_harm_while_frames_come_and_go(capfd: pytest.CaptureFixture[str]) -> None:
    """faulthandler's own thread looks without the interpreter's lock, which ended steps by SIGSEGV."""
    for _ in range(100):
        with SlowImport(0.0005):
            work(0.02)
    assert "still importing" in capfd.readouterr().err


def test_what_the_import_raises_goes_on() -> None:
    with pytest.raises(ZeroDivisionError), SlowImport(60.0):
        raise ZeroDivisionError


def test_a_child_that_a_module_forks_waits_for_nobody() -> None:
    """Its thread is not there, so nothing could let it go on."""
    one = SlowImport(60.0)
    one.process = os.getppid()
    one.__exit__()  # a lock that nobody holds cannot be released
