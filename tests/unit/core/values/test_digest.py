"""Digests of large files: by parts, the same however the bytes were written, and refused when one of them differs."""

from __future__ import annotations

import hashlib
import os
import threading
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops0.core.values import digest, writer
from ops0.core.values.digest import FileDigest, file_digest, is_digest
from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.files import checked_path
from ops0.core.values.store import load_value, save_value
from ops0.core.values.writer import FileWriter

MIB = 1 << 20


def composite(data: bytes, part: int) -> str:
    """What S3 calls a composite sha256, in hex."""
    parts = [hashlib.sha256(data[at : at + part]).digest() for at in range(0, len(data), part)] or [
        hashlib.sha256(b"").digest()
    ]
    if len(parts) == 1:
        return parts[0].hex()
    return f"{hashlib.sha256(b''.join(parts)).hexdigest()}-{len(parts)}"


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "PART", 1000)
    monkeypatch.setattr(digest, "_PIECE", 300)
    monkeypatch.setattr(writer, "PART", 1000)
    monkeypatch.setattr(writer, "_WIDE", 4000)
    monkeypatch.setattr(writer, "_SMALL", 200)


@pytest.mark.usefixtures("small_parts")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sizes=st.lists(
        st.integers(0, 50) | st.sampled_from([999, 1000, 1001, 2000, 4000, 9000])
        | st.integers(0, 9000),
        max_size=6,
    )
)  # fmt: skip
def test_a_digest_is_that_of_the_bytes_however_they_were_written(
    sizes: list[int], tmp_path: Path
) -> None:
    chunks = [bytes([at + 1]) * size for at, size in enumerate(sizes)]
    whole, name = b"".join(chunks), str(uuid.uuid4())
    with FileWriter(str(tmp_path), name) as file:
        for chunk in chunks:
            file.write(chunk)
    assert (tmp_path / name).read_bytes() == whole
    told = {key: value for key, value in file.entry.items() if key != "stamp"}
    assert told == {"name": name, "size": len(whole), "sha256": composite(whole, 1000)}
    assert ("stamp" in file.entry) == (len(whole) > 1000)
    one_by_one = FileDigest()
    for chunk in chunks:
        one_by_one.update(chunk)
    assert one_by_one.text() == file.entry["sha256"]
    assert is_digest(file.entry["sha256"], len(whole))
    checked_path(str(tmp_path), file.entry)


def test_a_small_file_has_its_plain_sha256_and_a_large_one_has_none(tmp_path: Path) -> None:
    data = os.urandom(MIB) * 16
    for more in (b"", b"x"):
        with FileWriter(str(tmp_path), "a") as file:
            file.write(data + more)
        plain = hashlib.sha256(data + more).hexdigest()
        assert (file.entry["sha256"] == plain) is (more == b"")
        assert is_digest(plain, len(data + more)) is (more == b"")
        assert file.entry["sha256"] == composite(data + more, 16 * MIB)


def test_each_part_of_a_large_array_is_checked(tmp_path: Path) -> None:
    array = np.arange(
        12 * MIB, dtype="i8"
    )  # 96 MiB: written by parts, with a head before and a rest behind
    saved = save_value(array, str(tmp_path))
    assert (load_value(saved, str(tmp_path)) == array).all()
    path = tmp_path / "value.npy"
    path.chmod(0o644)
    with path.open("r+b") as file:
        for at in (0, 16 * MIB - 1, 16 * MIB, 50 * MIB, saved["size"] - 1):
            good = os.pread(file.fileno(), 1, at)
            os.pwrite(file.fileno(), bytes([good[0] ^ 1]), at)
            with pytest.raises(InputFault, match="not the bytes that its producer wrote"):
                load_value(saved, str(tmp_path))
            os.pwrite(file.fileno(), good, at)
        load_value(saved, str(tmp_path))
        file.truncate(saved["size"] - 1)
    with pytest.raises(InputFault, match=f"its producer wrote {saved['size']}"):
        load_value(saved, str(tmp_path))


def test_a_file_that_shrinks_while_it_is_read_has_another_digest(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1000)
    fd = os.open(tmp_path / "a", os.O_RDONLY)
    assert file_digest(fd, 2000) != hashlib.sha256(b"x" * 2000).hexdigest()
    os.close(fd)


@pytest.mark.usefixtures("small_parts")
def test_a_disk_that_fills_up_under_a_large_value_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    before = threading.active_count()
    with pytest.raises(ValueFault, match="No space left on device"):
        save_value(b"x" * 50_000, str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("text", "size", "holds"),
    [
        ("a" * 64, 0, True),
        ("a" * 64, 16 * MIB, True),
        ("a" * 64, 16 * MIB + 1, False),
        ("a" * 64 + "-2", 16 * MIB + 1, True),
        ("a" * 64 + "-2", 32 * MIB, True),
        ("a" * 64 + "-3", 32 * MIB, False),
        ("a" * 64 + "-1", 5, False),
        ("a" * 64 + "-", 5, False),
        ("a" * 64 + "-02", 32 * MIB, False),
        ("A" * 64, 5, False),
        ("a" * 63, 5, False),
        (None, 5, False),
    ],
)
def test_what_a_digest_may_be(text: Any, size: int, holds: bool) -> None:
    assert is_digest(text, size) is holds
