"""An upgrade where `UV_OFFLINE` says that no index is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0_builder.lock.making import _options
from ops0_builder.lock.settings import LockSettings
from ops0_builder.lock.uv_program import Uv


@pytest.mark.parametrize(
    ("value", "offline"), [(None, False), ("", False), ("0", False), ("1", True), ("True", True)]
)
def test_uv_is_offline_where_its_variable_says_so(value: str | None, offline: bool) -> None:
    environment = {} if value is None else {"UV_OFFLINE": value}
    assert Uv(program="uv", folder=Path(), environment=environment).is_offline == offline


@pytest.mark.parametrize("upgrade", ["all", frozenset({"numpy"})])
def test_nothing_is_asked_for_anew_there(upgrade: frozenset[str]) -> None:
    """`ops0 lock --upgrade` failed: uv takes no --refresh beside the variable."""
    settings = LockSettings(upgrade=upgrade)
    assert _options(settings, offline=True) == ()
    assert "--refresh" in _options(settings, offline=False)[0]
