"""What is held is nobody's to remove; what its maker left by dying is."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from ops0.host import temporary
from ops0.host.temporary import temporary_folder, temporary_leftovers


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_one_is_there_for_a_block(place: Path) -> None:
    with temporary_folder("lock") as folder:
        assert folder.parent == place
        assert folder.name.startswith("ops0-held-lock-")
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "x").write_bytes(b"abc")
        assert list(temporary_leftovers()) == []
    assert list(place.iterdir()) == []


def left(place: Path) -> Path:
    """One whose maker is gone."""
    made = place / "ops0-held-lock-left"
    made.mkdir()
    (made / "x").write_bytes(b"abc")
    return made


def test_what_nobody_holds_is_found_and_removed(place: Path) -> None:
    made = left(place)
    with temporary_folder("lock") as folder:
        (found,) = temporary_leftovers()
        assert (found.kind, found.name, found.size) == ("temporary", str(made), 3)
        assert found.remove()
        assert list(place.iterdir()) == [folder]


def test_one_that_came_to_be_used_since_stays(place: Path) -> None:
    made = left(place)
    (found,) = temporary_leftovers()
    handle = temporary._locked(made)
    assert handle is not None
    assert not found.remove()
    os.close(handle)
    assert found.remove()
    assert found.remove()  # somebody else has removed it: gone is gone


def test_others_are_left_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step's own folder, a file, a link to a folder of somebody, and those of another user."""
    (place / "ops0-abc").mkdir()
    (place / "ops0-held-file").touch()
    (place / "aim").mkdir()
    (place / "ops0-held-link").symlink_to(place / "aim")
    assert list(temporary_leftovers()) == []
    left(place)
    monkeypatch.setattr(os, "geteuid", lambda: 12345678)
    assert list(temporary_leftovers()) == []


def test_one_that_is_swept_before_its_lock_is_made_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clean-up may come between its making and its lock."""
    made = []

    def struck(prefix: str) -> str:
        path = place / f"{prefix}{len(made)}"
        path.mkdir()
        made.append(path)
        if len(made) == 1:
            real = os.open

            def swept(*words: object) -> int:
                handle = real(*words)  # type: ignore[arg-type]
                monkeypatch.setattr(os, "open", real)
                path.rmdir()
                return handle

            monkeypatch.setattr(os, "open", swept)
        return str(path)

    monkeypatch.setattr(tempfile, "mkdtemp", struck)
    with temporary_folder("lock") as folder:
        assert folder == made[1]
    assert list(place.iterdir()) == []


def test_no_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", none)
    assert list(temporary_leftovers()) == []
