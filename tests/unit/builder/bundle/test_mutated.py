"""Bundles that were changed: all refused before any of them is used, or the same in every value."""

from __future__ import annotations

import io
import json
import random
import tarfile
from pathlib import Path

import pytest

from ops0_builder.bundle.archive import BLOCK, END, BadArchive, header, padding, read_members
from ops0_builder.bundle.errors import BundleDamaged
from ops0_builder.bundle.reading import opened
from ops0_builder.bundle.writing import sums
from ops0_builder.oci.values import canonical

from .conftest import Made


def refused(path: Path, raw: bytes) -> str:
    path.write_bytes(raw)
    with pytest.raises(BundleDamaged) as caught, opened(path):
        pass
    return caught.value.fact


def with_sums(members: dict[str, bytes]) -> bytes:
    """A bundle of these, with sums that fit them."""
    told = {name: one for name, one in members.items() if name != "ops0/SHA256SUMS"}
    documents = {name: one for name, one in told.items() if not name.startswith("blobs/")}
    blobs = [(name, one) for name, one in told.items() if name.startswith("blobs/")]
    return joined([*documents.items(), ("ops0/SHA256SUMS", sums(documents)), *blobs])


@pytest.mark.parametrize("seed", range(300))
def test_a_random_change_is_refused(made: Made, tmp_path: Path, seed: int) -> None:
    """One of: a bit turned, bytes written over, cut out, put in or moved, the end cut off, something added."""
    chance = random.Random(seed)
    raw = bytearray(made.path.read_bytes())
    at, size = chance.randrange(len(raw)), chance.choice([1, 8, BLOCK, 2 * BLOCK])
    kind = seed % 6
    if kind == 0:
        raw[at] ^= 1 << chance.randrange(8)
    elif kind == 1:
        raw[at : at + size] = chance.randbytes(len(raw[at : at + size]))
    elif kind == 2:
        del raw[at : at + size]
    elif kind == 3:
        raw[at:at] = chance.randbytes(size)
    elif kind == 4:
        del raw[at:]
    else:
        raw += bytes(size)
    assert bytes(raw) != made.path.read_bytes()
    refused(tmp_path / "x.ops0", bytes(raw))


def parts(made: Made) -> list[tuple[str, bytes]]:
    raw = made.path.read_bytes()
    with made.path.open("rb") as file:
        return [(one.name, raw[one.offset : one.offset + one.size]) for one in read_members(file)]


def joined(members: list[tuple[str, bytes]]) -> bytes:
    pieces = [header(name, len(data)) + data + padding(len(data)) for name, data in members]
    return b"".join(pieces) + END


def test_the_parts_joined_are_the_bundle(made: Made) -> None:
    assert joined(parts(made)) == made.path.read_bytes()


@pytest.mark.parametrize("which", range(14))
def test_a_member_left_out_twice_moved_or_changed(made: Made, tmp_path: Path, which: int) -> None:
    members, path = parts(made), tmp_path / "x.ops0"
    assert len(members) == 14
    refused(path, joined(members[:which] + members[which + 1 :]))
    refused(path, joined([*members[: which + 1], *members[which:]]))
    refused(path, joined([members[which], *members[:which], *members[which + 1 :], ("x", b"")]))
    name, data = members[which]
    members[which] = (name, data[:-1] + bytes([data[-1] ^ 1]))
    refused(path, joined(members))


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "ops0/locks/../../x", "blobs/sha256/..", "setup.py", "ops0/x"]
)
def test_other_names_are_refused(made: Made, tmp_path: Path, name: str) -> None:
    assert "no member" in refused(tmp_path / "x.ops0", joined([*parts(made), (name, b"x")]))


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"x", b"g", b"L", b"S"])
def test_links_devices_and_extended_members_are_refused(
    made: Made, tmp_path: Path, kind: bytes
) -> None:
    member = tarfile.TarInfo("index.json")
    member.type, member.linkname, member.mode, member.mtime = kind, "oci-layout", 0o644, 0
    raw = member.tobuf(tarfile.USTAR_FORMAT)
    assert "no" in refused(tmp_path / "x.ops0", raw + made.path.read_bytes())


def test_pax_headers_that_rename_are_refused(made: Made, tmp_path: Path) -> None:
    member = tarfile.TarInfo("oci-layout")
    member.pax_headers, member.size = {"path": "../x", "GNU.sparse.major": "1"}, 2
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(member, io.BytesIO(b"{}"))
    refused(tmp_path / "x.ops0", raw.getvalue())


def test_a_size_beyond_the_end_is_refused_before_anything_is_read(
    made: Made, tmp_path: Path
) -> None:
    raw = header("oci-layout", 8**11 - 1) + bytes(BLOCK)
    assert "breaks off" in refused(tmp_path / "x.ops0", raw)


def test_a_size_that_eleven_octal_digits_cannot_say_is_refused() -> None:
    assert len(header("oci-layout", 8**11 - 1)) == BLOCK
    with pytest.raises(BadArchive, match="8589934592 bytes"):
        header("oci-layout", 8**11)


def test_a_blob_that_no_image_names_is_refused(made: Made, tmp_path: Path) -> None:
    import hashlib

    stray = (f"blobs/sha256/{hashlib.sha256(b'stray').hexdigest()}", b"stray")
    members = parts(made)
    blobs = sorted([*members[7:], stray])
    assert "none of its images" in refused(tmp_path / "x.ops0", joined([*members[:7], *blobs]))


@pytest.mark.parametrize("name", ["index.json", "manifest.json", "oci-layout", "ops0/bundle.json"])
@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"format":2,"rows":[[]]}']
)
def test_documents_of_another_sense_are_refused_though_their_sums_fit(
    made: Made, tmp_path: Path, name: str, data: bytes
) -> None:
    members = dict(parts(made))
    members[name] = data
    refused(tmp_path / "x.ops0", with_sums(members))


@pytest.mark.parametrize("what", ["another name", "another image", "a name more"])
def test_an_index_that_names_what_the_bundle_does_not_is_refused(
    made: Made, tmp_path: Path, what: str
) -> None:
    """An engine would load it under that name, as over somebody's own image."""
    members = dict(parts(made))
    index = json.loads(members["index.json"])
    first = index["manifests"][0]
    if what == "another image":
        index["manifests"].append({**first, "annotations": {}})
    elif what == "another name":
        name = {"io.containerd.image.name": "docker.io/library/python:3.11"}
        index["manifests"].append({**first, "annotations": {**first["annotations"], **name}})
    else:
        first["annotations"]["org.opencontainers.image.title"] = "python"
    members["index.json"] = canonical(index)
    assert "index.json does not fit" in refused(tmp_path / "x.ops0", with_sums(members))


def test_a_file_that_never_was_a_bundle_is_told_as_such(tmp_path: Path) -> None:
    assert "not an ops0 bundle" in refused(tmp_path / "x.ops0", b"def f(): ...\n" * 100)
