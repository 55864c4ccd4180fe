"""Outputs as tar streams: members by kind, nothing unpacked by name."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops0.runtime.engines.archives import packed, tar_members
from ops0.runtime.outputs.results import BadOutput, Stored, keep_output, load_result


def tar(*entries: tuple[str, bytes | str, bytes]) -> Iterator[bytes]:
    """(name, data or kind, type)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for name, data, kind in entries:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname = str(data)
            elif isinstance(data, bytes):
                info.size = len(data)
            out.addfile(info, io.BytesIO(data) if isinstance(data, bytes) else None)
    whole = buffer.getvalue()
    return iter([whole[at : at + 700] for at in range(0, len(whole), 700)])


def manifest(files: dict[str, bytes], **value: Any) -> bytes:
    entries = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
    ]
    size = sum(len(data) for data in files.values())
    whole = {
        "format": "json",
        "type": "t",
        "size": size,
        "files": entries,
        "preview": "p",
        "items": None,
        **value,
    }
    return json.dumps(
        {"v": 1, "run": "r", "call": "c", "attempt": 1, "nonce": "n", "python": "3", "value": whole}
    ).encode()


FILE = tarfile.REGTYPE


def test_regular_files_are_kept_and_read_back(tmp_path: Path) -> None:
    data = b'{"rows": 3}'
    stream = tar(
        ("1", b"", tarfile.DIRTYPE), ("1/value.json", data, FILE), ("1/manifest.json", b"{}", FILE)
    )
    keep_output(tar_members(stream, "1"), manifest({"value.json": data}), tmp_path / "c")
    assert load_result(tmp_path / "c") == {"rows": 3}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c"]


def test_large_files_come_in_pieces_and_folders_with_them(tmp_path: Path) -> None:
    data = bytes(range(256)) * 20_000
    stream = tar(("2/deep/er/blob", data, FILE))
    keep_output(
        tar_members(stream, "2"), manifest({"deep/er/blob": data}, format="folder"), tmp_path / "c"
    )
    result = load_result(tmp_path / "c")
    assert isinstance(result, Stored)
    assert (result.path / "deep/er/blob").read_bytes() == data


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (("1/value.json", "/etc/shadow", tarfile.SYMTYPE), "symlink"),
        (("1/value.json", "1/other", tarfile.LNKTYPE), "hard link"),
        (("1/value.json", "", tarfile.FIFOTYPE), "fifo"),
        (("1/value.json", "", tarfile.CHRTYPE), "device"),
        (("1/value.json", "", tarfile.BLKTYPE), "device"),
        (("1/value.json", b"4", FILE), "sha256"),
        (("1/value.json", b"33", FILE), "2 bytes"),
        (("1/other.json", b"3", FILE), "not in the manifest"),
        (("1/../../value.json", b"3", FILE), "not in the manifest"),
        (("/etc/value.json", b"3", FILE), "not in the output folder"),
        (("2/value.json", b"3", FILE), "not in the output folder"),
        (("1/manifest.json", b"3", FILE), "missing"),
    ],
)
def test_everything_else_is_refused_and_nothing_stays(
    tmp_path: Path, entry: tuple[str, bytes | str, bytes], says: str
) -> None:
    with pytest.raises(BadOutput, match=says):
        keep_output(tar_members(tar(entry), "1"), manifest({"value.json": b"3"}), tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


def test_a_file_given_twice_is_refused(tmp_path: Path) -> None:
    stream = tar(("1/value.json", b"3", FILE), ("1/value.json", b"3", FILE))
    with pytest.raises(BadOutput):
        keep_output(tar_members(stream, "1"), manifest({"value.json": b"3"}), tmp_path / "c")


def test_bytes_that_are_no_tar_are_refused() -> None:
    with pytest.raises(BadOutput):
        list(tar_members(iter([b"x" * 2000]), "1"))


def test_json_that_is_none_stays_a_file(tmp_path: Path) -> None:
    keep_output(
        tar_members(tar(("1/value.json", b"{", FILE)), "1"),
        manifest({"value.json": b"{"}),
        tmp_path / "c",
    )
    assert isinstance(load_result(tmp_path / "c"), Stored)


def test_a_folder_is_packed_for_everybody_to_read_and_without_links(tmp_path: Path) -> None:
    (tmp_path / "value").mkdir()
    (tmp_path / "value" / "a.npy").write_bytes(b"12")
    (tmp_path / "manifest.json").write_bytes(b"{}")
    (tmp_path / "manifest.json").chmod(0o600)
    (tmp_path / "link").symlink_to("/etc/passwd")
    with packed(tmp_path) as archive:
        archive.seek(0)
        with tarfile.open(fileobj=archive) as found:
            members = [(one.name, one.mode, one.uid, one.size) for one in found]
    assert members == [
        ("manifest.json", 0o644, 0, 2),
        ("value", 0o755, 0, 0),
        ("value/a.npy", 0o644, 0, 2),
    ]
