"""Large inputs: used at once where nobody has written to them since, and checked before anything counts."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from ops0.core.values import files
from ops0.core.values.digest import PART
from ops0.core.values.faults import InputFault
from ops0.core.values.files import open_checked, to_check_later, write_file
from ops0.core.values.later import Later
from ops0.core.values.store import load_value, save_value

LARGE = b"0123456789abcdef" * (PART // 16 * 2) + b"tail"


def written(folder: Path) -> dict[str, Any]:
    """A value of three parts, the last one short."""
    return save_value(LARGE, str(folder))


def overwrite(folder: Path, offset: int, data: bytes) -> None:
    """As only root, or the producer itself, could."""
    path = folder / "value.bytes"
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the files whose digests were worked out before use."""
    sizes: list[int] = []
    real = files.file_digest

    def digest(fd: int, size: int) -> str:
        sizes.append(size)
        return real(fd, size)

    monkeypatch.setattr(files, "file_digest", digest)
    return sizes


def test_a_large_value_is_there_before_it_is_hashed(tmp_path: Path, hashed: list[int]) -> None:
    value, later = written(tmp_path), Later()
    assert load_value(to_check_later(value, later), str(tmp_path)) == LARGE
    later.finish()
    later.finish()  # nothing is left: no error
    assert hashed == []
    assert load_value(value, str(tmp_path)) == LARGE
    assert hashed == [len(LARGE)]


def test_items_of_a_tuple_too(tmp_path: Path, hashed: list[int]) -> None:
    value, later = save_value((LARGE, 1), str(tmp_path)), Later()
    assert load_value(to_check_later(value, later), str(tmp_path)) == (LARGE, 1)
    assert hashed == [1]
    later.finish()


@pytest.mark.parametrize("offset", [0, PART, len(LARGE) - 1])
def test_what_somebody_has_written_to_is_refused_before_it_is_used(
    tmp_path: Path, offset: int
) -> None:
    value, later = written(tmp_path), Later()
    overwrite(tmp_path, offset, b"!")
    with pytest.raises(InputFault, match="not the bytes that its producer wrote"):
        load_value(to_check_later(value, later), str(tmp_path))
    later.finish()


def test_times_that_are_put_back_hide_nothing(tmp_path: Path) -> None:
    value = written(tmp_path)
    before = (tmp_path / "value.bytes").stat()
    overwrite(tmp_path, 5, b"!")
    os.utime(tmp_path / "value.bytes", ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(InputFault, match="not the bytes"):
        load_value(to_check_later(value, Later()), str(tmp_path))


def test_a_file_that_was_only_moved_or_linked_is_hashed_and_taken(
    tmp_path: Path, hashed: list[int]
) -> None:
    value = written(tmp_path)
    (tmp_path / "value.bytes").rename(tmp_path / "aside")
    (tmp_path / "value.bytes").write_bytes((tmp_path / "aside").read_bytes())
    assert load_value(to_check_later(value, Later()), str(tmp_path)) == LARGE
    assert hashed == [len(LARGE)]


@pytest.mark.parametrize("part", range(3))
def test_a_producer_that_lies_is_found_out_before_anything_counts(
    tmp_path: Path, part: int
) -> None:
    """Its stamp is true and its digest is not."""
    entry, later = written(tmp_path)["files"][0], Later()
    overwrite(tmp_path, part * PART, b"!")
    fd = os.open(tmp_path / "value.bytes", os.O_RDONLY)
    told = os.fstat(fd)
    os.close(fd)
    lying = {**entry, "stamp": f"{told.st_ino}-{told.st_ctime_ns}", "later": later}
    os.close(open_checked(str(tmp_path), lying))
    with pytest.raises(InputFault, match=r"value\.bytes: not the bytes"):
        later.finish()


def test_a_file_that_is_cut_short_meanwhile_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    value, later = written(tmp_path), Later()
    later._work = lambda: None  # type: ignore[method-assign] - the thread comes too late
    os.close(open_checked(str(tmp_path), to_check_later(value, later)["files"][0]))
    del later._work
    (tmp_path / "value.bytes").chmod(0o644)
    os.truncate(tmp_path / "value.bytes", PART)
    with pytest.raises(InputFault, match="not the bytes"):
        later.finish()


def test_no_descriptor_and_no_thread_is_left(tmp_path: Path) -> None:
    value, later = written(tmp_path), Later()
    before, threads = set(Path("/proc/self/fd").iterdir()), threading.active_count()
    for _ in range(5):
        load_value(to_check_later(value, later), str(tmp_path))
        later.finish()
    assert set(Path("/proc/self/fd").iterdir()) == before
    assert threading.active_count() == threads


@pytest.mark.parametrize("claim", [True, {"takes": True}, "later"])
def test_a_manifest_cannot_say_that_it_is_checked_later(tmp_path: Path, claim: Any) -> None:
    entry = write_file(str(tmp_path), "value.bytes", LARGE)
    overwrite(tmp_path, 0, b"!")
    with pytest.raises(InputFault, match="not the bytes"):
        open_checked(str(tmp_path), {**entry, "later": claim})


@pytest.mark.parametrize("stamp", [None, 3, [], "", "1-2"])
def test_a_stamp_that_makes_no_sense_vouches_for_nothing(
    tmp_path: Path, stamp: Any, hashed: list[int]
) -> None:
    value = written(tmp_path)
    value["files"][0]["stamp"] = stamp
    assert load_value(to_check_later(value, Later()), str(tmp_path)) == LARGE
    assert hashed == [len(LARGE)]


def test_a_path_that_a_step_gets_is_checked_before(tmp_path: Path, hashed: list[int]) -> None:
    (tmp_path / "made").write_bytes(LARGE)
    value, later = save_value(tmp_path / "made", str(tmp_path / "out")), Later()
    path = load_value(to_check_later(value, later), str(tmp_path / "out"))
    assert hashed == [len(LARGE)]
    path.chmod(0o644)
    path.write_bytes(b"its own")
    later.finish()
