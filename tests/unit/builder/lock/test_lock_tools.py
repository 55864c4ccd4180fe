from __future__ import annotations

from pathlib import Path

import pytest

from ops0.core.errors import SettingsError
from ops0_builder.lock.tools import _located, _uv_documents


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path / "home"), "XDG_CONFIG_DIRS": str(tmp_path / "system")}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(root, environment):
    return [document for document in _uv_documents(root, environment) if document]


def test_uvs_files_are_read_nearest_first(tmp_path, environment):
    root = tmp_path / "a" / "b"
    write(root / "pyproject.toml", "[project]\nname = 'x'\n")
    write(tmp_path / "a" / "pyproject.toml", "[tool.uv]\nno-index = true\n")
    write(tmp_path / "uv.toml", "index-url = 'too far'\n")
    write(tmp_path / "home" / "uv" / "uv.toml", "index-url = 'home'\n")
    write(tmp_path / "system" / "uv" / "uv.toml", "index-url = 'system'\n")
    assert found(root, environment)[:3] == [
        {"no-index": True},
        {"index-url": "home"},
        {"index-url": "system"},
    ]


def test_uv_toml_beats_pyproject_in_one_folder(tmp_path, environment):
    write(tmp_path / "pyproject.toml", "[tool.uv]\nno-index = true\n")
    write(tmp_path / "uv.toml", "index-url = 'own'\n")
    assert found(tmp_path, environment)[0] == {"index-url": "own"}


def test_a_named_file_is_the_only_one_and_none_is_none(tmp_path, environment):
    write(tmp_path / "uv.toml", "index-url = 'own'\n")
    write(tmp_path / "other.toml", "index-url = 'other'\n")
    named = {**environment, "UV_CONFIG_FILE": "other.toml"}
    assert found(tmp_path, named) == [{"index-url": "other"}]
    assert found(tmp_path, {**named, "UV_NO_CONFIG": "1"}) == []


def test_a_file_that_cannot_be_read_is_named(tmp_path, environment):
    path = write(tmp_path / "uv.toml", "index-url = ")
    with pytest.raises(SettingsError, match=str(path)):
        found(tmp_path, environment)


def test_a_relative_place_is_seen_from_where_the_user_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wheels").mkdir()
    assert _located("wheels") == str(tmp_path / "wheels")
    assert _located("gone") is None
