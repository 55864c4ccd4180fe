"""A manifest that nobody would read is not written, and none is read that is not the one that was meant."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ops0.core.values import manifest
from ops0.core.values.bounds import MANIFEST_NAME
from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.manifest import read_manifest, write_manifest


def test_what_is_written_can_be_read_and_what_cannot_be_read_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "LARGEST_MANIFEST", 20)
    write_manifest(str(tmp_path), {"v": 1, "a": "12345"})
    assert (tmp_path / MANIFEST_NAME).stat().st_size == 19
    write_manifest(str(tmp_path), {"v": 1, "a": "123456"})
    assert read_manifest(str(tmp_path))["a"] == "123456"
    with pytest.raises(ValueFault, match="more than"):
        write_manifest(str(tmp_path), {"v": 1, "a": "1234567"})
    assert read_manifest(str(tmp_path))["a"] == "123456"


def put(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def link(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b'{"v": 1, "nonce": "n"}')
    path.symlink_to(other)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda _: None, "No such file"),
        (link, "Too many levels of symbolic links"),
        (os.mkfifo, "not a manifest"),  # and nobody waits for who writes it
        (put(b""), "not a manifest"),
        (put(b'{"v": 1, "nonce": "n"'), "not a manifest"),
        (put(b"[" * 100_000), "not a manifest"),
        (put(b'["v"]'), "not a manifest"),
        (put(b'{"v": 2, "nonce": "n"}'), "not a manifest"),
        (put(b'{"nonce": "n"}'), "not a manifest"),
        (put(b'{"v": 1, "nonce": "other"}'), "another attempt's"),
        (put(b'{"v": 1}'), "another attempt's"),
    ],
)
def test_none_but_the_one_of_this_attempt_is_read(
    tmp_path: Path, make: Callable[[Path], object], says: str
) -> None:
    make(tmp_path / MANIFEST_NAME)
    with pytest.raises(InputFault, match=says):
        read_manifest(str(tmp_path), nonce="n")


def test_it_is_read_by_its_bytes_or_not_at_all(tmp_path: Path) -> None:
    """Whoever knows them by their digest takes no others, though they say the same."""
    digest = write_manifest(str(tmp_path), {"v": 1, "nonce": "n"}, "other.json", synced=False)
    data = (tmp_path / "other.json").read_bytes()
    assert digest == hashlib.sha256(data).hexdigest()
    for nonce in (None, "n"):
        found = read_manifest(str(tmp_path), nonce, digest, "other.json")
        assert found == {"v": 1, "nonce": "n"}
    (tmp_path / "other.json").write_bytes(data + b" ")
    with pytest.raises(InputFault, match="not the bytes that its producer wrote"):
        read_manifest(str(tmp_path), "n", digest, "other.json")
    assert [path.name for path in tmp_path.iterdir()] == ["other.json"], "nothing is left aside"


@pytest.mark.parametrize("synced", [True, False])
def test_its_bytes_are_on_the_disk_before_its_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synced: bool
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def note(fd: int) -> None:
        whole = os.fstat(fd).st_size > 2
        done.append("folder" if Path(f"/proc/self/fd/{fd}").is_dir() else f"file {whole}")
        fsync(fd)

    def rename(source: str, target: str) -> None:
        done.append("name")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(os, "replace", rename)
    write_manifest(str(tmp_path), {"v": 1}, synced=synced)
    assert done == (["file True", "name", "folder"] if synced else ["name"])
