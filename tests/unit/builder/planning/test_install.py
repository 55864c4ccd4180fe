"""What the installer of the build stages hands to uv."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from ops0_builder.resources import resource


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The installer, with an environment that is a folder of the test."""
    spec = importlib.util.spec_from_file_location("install", resource("templates") / "install.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path)
    monkeypatch.setattr(module, "SITE_PACKAGES", tmp_path)
    return module


@pytest.fixture
def asked(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Mapping[str, str]]:
    """Installs nothing, and gives the environment that uv was started with."""
    environments: list[Mapping[str, str]] = []

    def call(argv: Sequence[str], *, env: Mapping[str, str]) -> int:
        environments.append(env)
        return 0

    monkeypatch.setattr(install.subprocess, "call", call)

    def run() -> Mapping[str, str]:
        install.install_packages()
        return environments[-1]

    return run


def test_a_base_may_say_by_a_variable_where_its_pythons_library_is(
    asked: Callable[[], Mapping[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    assert "LD_LIBRARY_PATH" not in asked()
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/py/lib")
    assert asked()["LD_LIBRARY_PATH"] == "/opt/py/lib"


def test_no_other_variable_of_the_base_reaches_uv(
    asked: Callable[[], Mapping[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX_URL", "https://base.example/simple")
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    assert not asked().keys() & {"UV_INDEX_URL", "PYTHONHOME"}


def test_what_is_listed_is_left_out_and_nothing_else(install: ModuleType, tmp_path: Path) -> None:
    for name in ("flow/include/a.h", "flow/includes/b.h", "flow/core.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    listing = tmp_path / "left-out.txt"
    install.leave_out(listing)  # most layers have none
    listing.write_text("flow/include\nflow/gone\n")
    install.leave_out(listing)
    assert sorted(one.name for one in (tmp_path / "flow").iterdir()) == ["core.py", "includes"]
