"""A user without a home, as a container's that runs as a number."""

from __future__ import annotations

import pwd
from collections.abc import Mapping
from pathlib import Path

import pytest

from ops0.core.folders import cache_dir, home_dir, state_dir
from ops0.host.project import find_project
from ops0_builder.lock.tools import offline_uv, uv_cache


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


@pytest.mark.usefixtures("homeless")
def test_everything_has_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home_dir() == Path("/")
    for name in ("OPS0_STATE_DIR", "OPS0_CACHE_DIR", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert (cache_dir(), state_dir()) == (Path("/.cache/ops0"), Path("/.local/state/ops0"))
    assert offline_uv(tmp_path).environment["HOME"] == "/", "pip and uv do not start without"
    (tmp_path / "flow.py").write_text("import ops0\n")
    assert find_project(tmp_path / "flow.py", None).root == tmp_path


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"UV_CACHE_DIR": "/u"}, None),
        ({"UV_NO_CACHE": "1"}, None),
        ({"XDG_CACHE_HOME": "{own}"}, None),
        ({"XDG_CACHE_HOME": "{closed}"}, "{cache}/uv"),
    ],
)
def test_uv_gets_a_cache_where_it_can_have_none(
    given: Mapping[str, str], told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "closed").write_text("a file, in which even root makes no folder")
    places = {"own": tmp_path / "own", "closed": tmp_path / "closed", "cache": tmp_path / "cache"}
    found = uv_cache({name: text.format(**places) for name, text in given.items()})
    assert found == ({} if told is None else {"UV_CACHE_DIR": told.format(**places)})
