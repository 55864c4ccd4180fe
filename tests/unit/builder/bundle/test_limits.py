"""A bundle that somebody else wrote takes little memory, and none of it before its signature fits."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from ops0.cli import bundles
from ops0_builder.bundle import limits
from ops0_builder.bundle.archive import END, FIRST, SUMS, Member, header, padding
from ops0_builder.bundle.errors import BundleDamaged, BundleUnfit
from ops0_builder.bundle.limits import Budget
from ops0_builder.bundle.reading import _Blobs, opened
from ops0_builder.bundle.signature import BundleNotSigned
from ops0_builder.oci.values import LARGEST_DOCUMENT, Descriptor, NotOci

from .conftest import Made
from .test_mutated import parts

MIB = 1 << 20


def with_large(made: Made, path: Path, large: dict[str, int]) -> Path:
    """The bundle with members of so many zero bytes, which take no room on disk."""
    members = {name: (data, len(data)) for name, data in parts(made)}
    members.update({name: (b"", size) for name, size in large.items()})
    order = [*FIRST, *sorted(one for one in members if "/locks/" in one), SUMS]
    order += [one for one in members if one.startswith("blobs/")]
    with path.open("wb") as file:
        for name in order:
            data, size = members[name]
            file.write(header(name, size) + data)
            file.seek(size - len(data), 1)
            file.write(padding(size))
        file.write(END)
    return path


def test_files_of_the_lock_are_not_held(made: Made, tmp_path: Path) -> None:
    large = {f"ops0/locks/pylock.z{at}.toml": 16 * MIB for at in range(4)}
    path = with_large(made, tmp_path / "x.ops0", large)
    tracemalloc.start()
    with pytest.raises(BundleDamaged, match="not those that its"), opened(path):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MIB


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("oci-layout", 16 * MIB),
        ("index.json", 16 * MIB),
        ("manifest.json", 16 * MIB),
        ("ops0/bundle.json", 32 * MIB),
        (SUMS, 16 * MIB),
    ],
)
def test_a_document_that_is_too_large_is_not_read(
    made: Made, tmp_path: Path, name: str, most: int
) -> None:
    path = with_large(made, tmp_path / "x.ops0", {name: most + 1})
    with pytest.raises(BundleDamaged, match=f"{name} has {most + 1} bytes"), opened(path):
        pass


def test_documents_count_together_as_often_as_they_are_read(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = sum(len(data) for name, data in parts(made) if name in (*FIRST[:3], SUMS))
    manifests = sum(image.root.size for image in made.images.values())
    monkeypatch.setattr(limits, "TOGETHER", documents + manifests)
    with opened(made.path):
        pass
    made.again(tmp_path / "again.ops0", made.bundle)
    monkeypatch.setattr(limits, "TOGETHER", documents + manifests - 1)
    with pytest.raises(BundleDamaged, match="bytes together"), opened(made.path):
        pass
    with pytest.raises(BundleUnfit, match="bytes together"):
        made.again(tmp_path / "more.ops0", made.bundle)
    assert [one.name for one in tmp_path.iterdir()] == ["again.ops0"]


def test_the_signature_comes_before_all_that_the_file_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.ops0"
    path.write_bytes(header("oci-layout", 8**11 - 1))
    monkeypatch.setenv("PUBLIC", "-----BEGIN PUBLIC KEY-----")
    with pytest.raises(BundleNotSigned), bundles.opened(path, "env://PUBLIC"):
        pass
    with pytest.raises(BundleDamaged), bundles.opened(path):
        pass


@pytest.mark.parametrize("size", [2, 4, LARGEST_DOCUMENT + 1])
def test_a_blob_has_the_size_that_its_image_says(size: int) -> None:
    name = f"blobs/sha256/{'a' * 64}"
    told = Descriptor(media_type="layer", digest=f"sha256:{'a' * 64}", size=3)
    blobs = _Blobs(BytesIO(b"abc"), {name: Member(name, 0, 3)}, Budget())
    assert blobs.read(told) == b"abc"
    with pytest.raises(NotOci, match=f"is not there with the {size} bytes"):
        blobs.check(replace(told, size=size))


def test_a_manifest_that_no_engine_would_read_is_not_held() -> None:
    name, size = f"blobs/sha256/{'a' * 64}", LARGEST_DOCUMENT + 1
    told = Descriptor(media_type="manifest", digest=f"sha256:{'a' * 64}", size=size)
    blobs = _Blobs(BytesIO(), {name: Member(name, 0, size)}, Budget())
    with pytest.raises(NotOci, match=f"has {size} bytes"):
        blobs.read(told)
