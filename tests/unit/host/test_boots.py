"""Only what is certainly an earlier boot of this machine is over: a copy of it, or a node beside it, lives on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops0.host import boots
from ops0.host.boots import hold_boot, is_over

FIRST, SECOND = (f"{one * 8}-1111-2222-3333-444444444444" for one in "ab")


@pytest.fixture(autouse=True)
def holding() -> Iterator[None]:
    """Nothing of another test is held, and nothing stays open."""
    boots._held.clear()
    yield
    for handle in boots._held.values():
        os.close(handle)
    boots._held.clear()


def folder(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setenv("OPS0_STATE_DIR", str(place))


def test_a_boot_is_over_that_was_noted_and_that_nobody_holds() -> None:
    assert not is_over(FIRST)
    hold_boot(FIRST)
    assert not is_over(FIRST)
    hold_boot(SECOND)
    assert is_over(FIRST)
    assert not is_over(SECOND)


def test_each_folder_knows_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container of a CI job, a clone: its machine id is another one's too, its boots are not."""
    folder(monkeypatch, tmp_path / "one")
    hold_boot(FIRST)
    folder(monkeypatch, tmp_path / "two")
    hold_boot(SECOND)
    assert not is_over(FIRST)
    folder(monkeypatch, tmp_path / "one")
    assert is_over(FIRST)


def test_a_node_that_shares_the_folder_is_seen_to_live() -> None:
    hold_boot(FIRST)
    theirs = dict(boots._held)
    boots._held.clear()  # as if this were the other node
    hold_boot(SECOND)
    assert not is_over(FIRST)
    boots._held.update(theirs)


def test_it_is_held_once_and_again_where_the_folder_was_removed() -> None:
    hold_boot(FIRST)
    held = dict(boots._held)
    hold_boot(FIRST)
    assert boots._held == held
    next(iter(held)).unlink()
    assert not is_over(FIRST)
    hold_boot(FIRST)
    hold_boot(SECOND)
    assert is_over(FIRST)


def test_a_folder_that_cannot_be_written_notes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    folder(monkeypatch, tmp_path / "file")
    hold_boot(FIRST)
    assert not is_over(FIRST)
    assert boots._held == {}


def test_where_there_are_no_locks_nobody_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(handle: int, how: int) -> None:
        raise OSError(37, "No locks available")

    hold_boot(FIRST)
    hold_boot(SECOND)
    monkeypatch.setattr(boots.fcntl, "flock", no_locks)
    assert not is_over(FIRST)


@pytest.mark.parametrize("text", ["", "..", "earlier", f"{FIRST}/x", f"{FIRST}\0", f"{FIRST}\n"])
def test_other_text_is_no_boot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    folder(monkeypatch, tmp_path)
    hold_boot(text)
    assert not is_over(text)
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_no_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(monkeypatch, tmp_path)
    (tmp_path / "boots").mkdir()
    (tmp_path / "boots" / FIRST).symlink_to(tmp_path / "elsewhere")
    hold_boot(FIRST)
    assert not is_over(FIRST)
    assert not (tmp_path / "elsewhere").exists()


def test_another_user_s_note_is_held_and_judged_by_reading_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The folder's first user was root: who comes later may not write there."""
    plain = os.open

    def guarded(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied", str(path))
        return plain(path, flags, mode)

    hold_boot(FIRST)
    root = dict(boots._held)
    boots._held.clear()
    monkeypatch.setattr(os, "open", guarded)
    hold_boot(FIRST)
    for handle in root.values():
        os.close(handle)
    assert boots._held
    held = dict(boots._held)
    boots._held.clear()
    assert not is_over(FIRST)
    for handle in held.values():
        os.close(handle)
    assert is_over(FIRST)
