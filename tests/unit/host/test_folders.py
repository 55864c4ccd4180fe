"""A lock on a file, and whoever waits for it."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

from ops0.host.folders import file_lock


def test_whoever_waits_for_a_lock_can_say_so(tmp_path: Path) -> None:
    waits, told = Event(), list[str]()

    def second() -> None:
        with file_lock(tmp_path / "a.lock", on_wait=waits.set):
            told.append("second")

    thread = Thread(target=second)
    with file_lock(tmp_path / "a.lock", on_wait=lambda: told.append("waited for nobody")):
        thread.start()
        assert waits.wait(30)
        told.append("first")
    thread.join(30)
    assert told == ["first", "second"]
