"""What `ops0 doctor` finds on the machine itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ops0.cli.commands import doctor


def test_a_cache_that_cannot_be_made_is_no_disk_with_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "a" / "b"))
    assert doctor._disk().fact.endswith(f"free for {tmp_path / 'a' / 'b'}")
    monkeypatch.setattr(os, "access", lambda *_: False)  # the tests may run as root
    found = doctor._disk()
    assert not found.well
    assert found.fact.startswith(f"{tmp_path / 'a' / 'b'} cannot be made")
