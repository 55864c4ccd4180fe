"""What a session uses, by /proc."""

from __future__ import annotations

import os
import time

from ops0.host.usage import session_usage


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
