"""Where buildx keeps its own things."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ops0.host.folders import state_dir
from ops0_builder.engine.buildx import buildx_settings


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder below ``/closed`` is this user's; root itself could write to any."""
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: real(path, mode) and Path(path) != Path("/")
    )


def test_it_keeps_its_own_folder_where_it_can(tmp_path: Path) -> None:
    assert buildx_settings({"HOME": str(tmp_path)}) == {}
    assert buildx_settings({"HOME": "/closed", "DOCKER_CONFIG": str(tmp_path / "a/b")}) == {}


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    "environ", [{"HOME": "/closed/home"}, {"HOME": "/tmp", "DOCKER_CONFIG": "/closed/docker"}, {}]
)
def test_a_user_without_a_home_gets_one_of_ops0s(environ: dict[str, str]) -> None:
    assert buildx_settings(environ) == {"BUILDX_CONFIG": str(state_dir() / "buildx")}


@pytest.mark.usefixtures("closed")
def test_a_folder_that_the_user_names_stands() -> None:
    assert buildx_settings({"HOME": "/closed", "BUILDX_CONFIG": "/closed/too"}) == {}
