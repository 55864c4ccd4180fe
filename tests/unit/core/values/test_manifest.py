"""A manifest that nobody would read is not written."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0.core.values import manifest
from ops0.core.values.bounds import MANIFEST_NAME
from ops0.core.values.faults import ValueFault
from ops0.core.values.manifest import read_manifest, write_manifest


def test_what_is_written_can_be_read_and_what_cannot_be_read_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "LARGEST_MANIFEST", 20)
    write_manifest(str(tmp_path), {"v": 1, "a": "12345"})
    assert (tmp_path / MANIFEST_NAME).stat().st_size == 19
    write_manifest(str(tmp_path), {"v": 1, "a": "123456"})
    assert read_manifest(str(tmp_path))["a"] == "123456"
    with pytest.raises(ValueFault, match="more than"):
        write_manifest(str(tmp_path), {"v": 1, "a": "1234567"})
    assert read_manifest(str(tmp_path))["a"] == "123456"
