"""What the installer of the build stages hands to uv."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from ops0_builder.resources import resource


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Mapping[str, str]]:
    """Installs nothing, and gives the environment that uv was started with."""
    spec = importlib.util.spec_from_file_location("install", resource("templates") / "install.py")
    assert spec is not None
    assert spec.loader is not None
    install: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(install)
    environments: list[Mapping[str, str]] = []

    def call(argv: Sequence[str], *, env: Mapping[str, str]) -> int:
        environments.append(env)
        return 0

    monkeypatch.setattr(install.subprocess, "call", call)
    monkeypatch.setattr(install, "VENV", tmp_path)

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
