from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from ops0.core.errors import SettingsError
from ops0_builder.lock.uv_configuration import configuration, documents


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path / "home"), "XDG_CONFIG_DIRS": str(tmp_path / "system")}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(root, environment):
    return [document for document in documents(root, environment) if document]


def test_uvs_files_are_read_nearest_first(tmp_path, environment):
    root = tmp_path / "a" / "b"
    write(root / "pyproject.toml", "[project]\nname = 'x'\n")
    write(tmp_path / "a" / "pyproject.toml", "[tool.uv]\nno-index = true\n")
    write(tmp_path / "uv.toml", "index-url = 'too far'\n")
    write(tmp_path / "home" / "uv" / "uv.toml", "index-url = 'https://home'\n")
    write(tmp_path / "system" / "uv" / "uv.toml", "index-url = 'https://system'\n")
    assert found(root, environment)[:3] == [
        {"no-index": True},
        {"index-url": "https://home"},
        {"index-url": "https://system"},
    ]


def test_uv_toml_beats_pyproject_in_one_folder(tmp_path, environment):
    write(tmp_path / "pyproject.toml", "[tool.uv]\nno-index = true\n")
    write(tmp_path / "uv.toml", "index-url = 'https://own'\n")
    assert found(tmp_path, environment)[0] == {"index-url": "https://own"}


def test_a_named_file_is_the_only_one_and_none_is_none(tmp_path, environment):
    write(tmp_path / "uv.toml", "index-url = 'https://own'\n")
    write(tmp_path / "other.toml", "index-url = 'https://other'\n")
    named = {**environment, "UV_CONFIG_FILE": "other.toml"}
    assert found(tmp_path, named) == [{"index-url": "https://other"}]
    assert found(tmp_path, {**named, "UV_NO_CONFIG": "1"}) == []


def test_a_file_that_cannot_be_read_is_named(tmp_path, environment):
    path = write(tmp_path / "uv.toml", "index-url = ")
    with pytest.raises(SettingsError, match=str(path)):
        found(tmp_path, environment)


def test_a_named_file_that_is_not_there_is_told(tmp_path, environment):
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        found(tmp_path, {**environment, "UV_CONFIG_FILE": "nowhere.toml"})


def test_a_project_file_that_may_not_be_read_is_told_and_one_of_the_system_is_passed_over(
    tmp_path, environment, monkeypatch
):
    mine = write(tmp_path / "uv.toml", "no-index = true\n")
    system = write(tmp_path / "system" / "uv" / "uv.toml", "no-index = true\n")
    read = Path.read_bytes

    def closed(path, **options):
        if path in forbidden:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path, **options)

    monkeypatch.setattr(Path, "read_bytes", closed)
    forbidden = {system}
    assert found(tmp_path, environment)[0] == {"no-index": True}
    forbidden = {mine}
    with pytest.raises(SettingsError, match="Permission denied"):
        found(tmp_path, environment)


def test_a_relative_place_is_meant_from_the_file_that_names_it(tmp_path, environment):
    write(
        tmp_path / "uv.toml",
        'find-links = ["wheels", "https://x.example/links"]\nindex = [{ url = "./own" }]\n'
        '[pip]\nindex-url = "https://y.example"\nextra-index-url = ["file:///z"]\n',
    )
    assert found(tmp_path / "a" / "b", environment)[0] == {
        "find-links": [str(tmp_path / "wheels"), "https://x.example/links"],
        "index": [{"url": str(tmp_path / "own")}],
        "pip": {"index-url": "https://y.example", "extra-index-url": ["file:///z"]},
    }


def test_a_member_of_a_workspace_has_the_settings_of_its_root(tmp_path, environment):
    root = (
        '[tool.uv]\nno-index = true\n[tool.uv.workspace]\nmembers = ["pk/*"]\nexclude = ["pk/no"]\n'
    )
    write(tmp_path / "pyproject.toml", root)
    for name in ("yes", "no"):
        write(tmp_path / "pk" / name / "pyproject.toml", "[tool.uv]\nindex-url = 'https://own'\n")
    assert found(tmp_path / "pk" / "yes", environment)[0]["no-index"] is True
    assert found(tmp_path / "pk" / "no", environment)[0] == {"index-url": "https://own"}


def test_a_broken_file_above_the_settings_that_count_is_not_in_the_way(tmp_path, environment):
    write(tmp_path / "pyproject.toml", "[tool.uv\n")
    write(tmp_path / "a" / "pyproject.toml", "[tool.uv]\nno-index = true\n")
    assert found(tmp_path / "a", environment)[0] == {"no-index": True}
    with pytest.raises(SettingsError):
        found(tmp_path / "b", environment)


def test_only_what_says_where_distributions_come_from_goes_to_uv():
    near = {
        "index": [{"name": "a", "url": "https://u:p@a.example", "explicit": True}],
        "prerelease": "allow",
        "required-version": "<0.1",
        "workspace": {"members": []},
        "pip": {
            "output-file": "requirements.txt",
            "no-deps": True,
            "universal": True,
            "extra": ["dev"],
            "only-binary": [":all:"],
        },
    }
    far = {
        "index": [{"url": 'https://b.example/"\x7f'}],
        "prerelease": "disallow",
        "exclude-newer-package": {"b.c": "2020-01-01"},
        "pip": {"only-binary": ["x"], "no-emit-package": ["y"], "python-version": "3.8"},
    }
    text = configuration([near, far])
    assert tomli.loads(text) == {
        "index": [near["index"][0], far["index"][0]],
        "prerelease": "allow",
        "exclude-newer-package": {"b.c": "2020-01-01"},
        "pip": {"only-binary": [":all:", "x"]},
    }
    assert configuration([{"pip": {"no-deps": True}}, {}]) == ""
