"""An import of one's own package from outside the project's root."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0.core.errors import ErrorGroup
from ops0.core.pipeline import Where
from ops0.core.requirements.errors import UnknownImport
from ops0.host.packages_above import nearby_top, told_of_nearby


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """``src/shop`` beside a folder of pipelines, as a usual src layout has it."""
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").touch()
    (tmp_path / "flows").mkdir()
    return tmp_path / "flows"


def unknown(module: str) -> UnknownImport:
    return UnknownImport(module, Where("train.py", 1), f"import {module}", step="train")


def test_a_src_layout_without_settings_is_told_to_begin_the_project_above(flows: Path) -> None:
    mine, other = unknown("shop.tables"), unknown("shp")
    with pytest.raises(ErrorGroup), told_of_nearby(flows):
        raise ErrorGroup([mine, other])
    assert f"put an ops0.toml into {flows.parent}" in (mine.hint or "")
    assert "@ops0.requires" in (other.hint or "")


def test_nothing_nearby(flows: Path) -> None:
    assert nearby_top(flows, "pandas") is None


def test_a_home_folder_is_no_project(flows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(flows.parent))
    assert nearby_top(flows, "shop") is None
