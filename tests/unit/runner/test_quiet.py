"""Whether anything of a step is left in its container: threads, processes, children that were killed."""

from __future__ import annotations

import _thread
import os
import threading
from pathlib import Path

import pytest

from ops0_runner import quiet


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A container with its init, this process and a kernel that counts; gives the kernel's file."""
    told = tmp_path / "memory.events"
    told.write_text("low 0\noom 0\noom_kill 0\n")
    monkeypatch.setattr(quiet, "_OOM_KILLS", (str(tmp_path / "missing"), str(told)))
    monkeypatch.setattr(os, "listdir", lambda _: ["1", str(os.getpid()), "self", "meminfo"])
    return told


def count_threads() -> int:
    """Those of whatever runs the tests, which ``threading`` may not know."""
    return _thread._count()


def test_with_nothing_left_it_is_quiet(alone: Path) -> None:
    assert quiet.is_quiet(own_threads=count_threads())


def test_a_thread_may_still_write(alone: Path) -> None:
    over = threading.Event()
    before = count_threads()
    thread = threading.Thread(target=over.wait, daemon=True)
    thread.start()
    assert not quiet.is_quiet(own_threads=before)
    over.set()
    thread.join()


def test_a_child_may_still_write(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "listdir", lambda _: ["1", str(os.getpid()), "17"])
    assert not quiet.is_quiet(own_threads=count_threads())


@pytest.mark.parametrize("text", ["oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", "low 0\n", ""])
def test_the_host_must_hear_of_a_child_that_was_killed_or_may_have_been(
    alone: Path, text: str
) -> None:
    alone.write_text(text)
    assert not quiet.is_quiet(own_threads=count_threads())
