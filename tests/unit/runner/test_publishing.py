"""The manifest, where it cannot be written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ops0_runner import __main__ as runner
from ops0_runner.job import Go


def test_a_disk_that_fills_with_the_manifest_says_how_to_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("ops0.core.values.manifest.write_manifest", full)
    told = {"run": "r", "call": "a", "nonce": "0f", "attempt": 1, "inputs": {}}
    with pytest.raises(runner.Failed) as failed:
        runner._publish({}, Go({**told, "output": str(tmp_path)}))
    assert failed.value.failure["kind"] == "value"
    assert "ops0 gc" in failed.value.failure["hint"]
