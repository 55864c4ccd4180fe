"""Small results on disk: bounded, and only this user's own are believed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ops0.host.sealed_cache import PrivateFolder as Folder

KEYS = tuple(f"{number:064x}" for number in range(9))


def PrivateFolder(folder: Path, **more: int) -> Folder:
    return Folder(folder=folder, secret=folder.parent / "state" / "key", **more)


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def test_what_is_put_is_given_back(tmp_path: Path) -> None:
    kept = PrivateFolder(folder=tmp_path / "deep" / "kept")
    assert kept.get(KEYS[0]) is None
    kept.put(KEYS[0], b"one")
    kept.put(KEYS[0], b"two\n")
    assert (kept.get(KEYS[0]), kept.get(KEYS[1])) == (b"two\n", None)
    assert names(kept.folder) == {KEYS[0]}
    assert (kept.folder.stat().st_mode & 0o777, (kept.folder / KEYS[0]).stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


@pytest.mark.parametrize("data", [b"", b"x", b"0" * 64, b"0" * 64 + b"\nrows"])
def test_a_damaged_entry_is_none(tmp_path: Path, data: bytes) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept")
    kept.folder.mkdir()
    (kept.folder / KEYS[0]).write_bytes(data)
    assert kept.get(KEYS[0]) is None
    kept.put(KEYS[0], b"whole")
    assert kept.get(KEYS[0]) == b"whole"


def test_a_cut_entry_is_none(tmp_path: Path) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept")
    kept.put(KEYS[0], b"x" * 1000)
    file = kept.folder / KEYS[0]
    file.write_bytes(file.read_bytes()[:-1])
    assert kept.get(KEYS[0]) is None


@pytest.mark.parametrize("mode", [0o660, 0o606, 0o666])
def test_what_others_may_write_is_none(tmp_path: Path, mode: int) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept")
    kept.put(KEYS[0], b"x")
    (kept.folder / KEYS[0]).chmod(mode)
    assert kept.get(KEYS[0]) is None


def test_what_others_own_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept")
    kept.put(KEYS[0], b"x")
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    assert kept.get(KEYS[0]) is None


def test_a_link_or_a_folder_is_none(tmp_path: Path) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept")
    kept.put(KEYS[0], b"x")
    (kept.folder / KEYS[1]).symlink_to(kept.folder / KEYS[0])
    (kept.folder / KEYS[2]).mkdir()
    os.mkfifo(kept.folder / KEYS[3], 0o600)
    assert [kept.get(key) for key in KEYS[:4]] == [b"x", None, None, None]


def test_nothing_is_put_into_a_folder_that_others_may_write(tmp_path: Path) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept")
    kept.folder.mkdir()
    kept.folder.chmod(0o777)
    kept.put(KEYS[0], b"x")
    assert names(kept.folder) == set()


def test_a_folder_that_cannot_be_made_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = PrivateFolder(folder=tmp_path / "file" / "kept")
    kept.put(KEYS[0], b"x")
    assert kept.get(KEYS[0]) is None


def test_the_one_that_was_asked_for_longest_ago_goes(tmp_path: Path) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept", most=3)
    for number in range(3):
        kept.put(KEYS[number], b"x")
        os.utime(kept.folder / KEYS[number], (number, number))
    assert kept.get(KEYS[0]) == b"x"  # now the youngest
    kept.put(KEYS[3], b"x")
    assert names(kept.folder) == {KEYS[0], KEYS[2], KEYS[3]}


def test_room_is_bounded_in_bytes_too(tmp_path: Path) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept", room=1000)
    for number in range(6):
        kept.put(KEYS[number], b"x" * 230)
        os.utime(kept.folder / KEYS[number], (number, number))
    assert names(kept.folder) == {KEYS[3], KEYS[4], KEYS[5]}
    kept.put(KEYS[6], b"x" * 251)
    assert kept.get(KEYS[6]) is None


def test_a_key_is_64_hex_digits(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no key"):
        PrivateFolder(folder=tmp_path / "kept").get("../x")


def test_an_entry_of_another_machine_is_none(tmp_path: Path) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept")
    kept.put(KEYS[0], b"x")
    elsewhere = Folder(folder=kept.folder, secret=tmp_path / "other" / "key")
    assert elsewhere.get(KEYS[0]) is None
    elsewhere.put(KEYS[0], b"y")
    assert (elsewhere.get(KEYS[0]), kept.get(KEYS[0])) == (b"y", None)


def test_an_entry_under_another_name_is_none(tmp_path: Path) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept")
    kept.put(KEYS[0], b"x")
    (kept.folder / KEYS[0]).rename(kept.folder / KEYS[1])
    assert kept.get(KEYS[1]) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key.chmod(0o644),
        lambda key: key.chmod(0o620),
        lambda key: key.write_bytes(b"short"),
    ],
)
def test_a_secret_that_others_may_read_or_write_seals_nothing(
    tmp_path: Path, spoil: object
) -> None:
    kept = PrivateFolder(folder=tmp_path / "kept")
    kept.put(KEYS[0], b"x")
    assert kept.secret.stat().st_mode & 0o777 == 0o600
    spoil(kept.secret)  # type: ignore[operator]
    assert kept.get(KEYS[0]) is None
    kept.put(KEYS[1], b"x")
    assert names(kept.folder) == {KEYS[0]}
