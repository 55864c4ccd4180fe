"""What a session uses, by /proc."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ops0.host.usage import Memory, memory, session_usage


def test_this_session_has_used_time_and_memory() -> None:
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass
    found = session_usage(os.getsid(0))
    assert found is not None
    assert found.cpu > 0
    assert found.memory > 5 * 2**20


def test_a_session_of_nobody_is_unknown() -> None:
    assert session_usage(2**22 + 1) is None


def test_some_of_the_memory_of_this_machine_is_free() -> None:
    found = memory()
    assert found.total is not None
    assert found.free is not None
    assert 0 < found.free <= found.total


def test_where_there_is_no_proc_nothing_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops0.host.usage._PROC", tmp_path)
    assert memory() == Memory(None, None)
