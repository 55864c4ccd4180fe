"""A folder in the form of an OCI image layout: blobs by digest, each once, and an index that names images.

source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ops0_builder.oci.values import (
    INDEXES,
    LARGEST_DOCUMENT,
    MANIFESTS,
    OCI_INDEX,
    Descriptor,
    Image,
    Manifest,
    NotOci,
    canonical,
    read_index,
    read_manifest,
)

_CHUNK = 1 << 20
ENGINE_NAME = "io.containerd.image.name"
NAME = "org.opencontainers.image.ref.name"
MARKER = b'{"imageLayoutVersion":"1.0.0"}'


class Readable(Protocol):
    """What gives bytes, a part at a time."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes; b"" at the end."""


@dataclass(frozen=True, slots=True)
class Blob:
    """What a layout holds of a blob. ``digest``: ``sha256:…``;  ``size``: bytes."""

    digest: str
    size: int


def blob_path(folder: Path, digest: str) -> Path:
    """Where the blob of a digest is or would be."""
    algorithm, _, name = digest.partition(":")
    return folder / "blobs" / algorithm / name


def write_blob(folder: Path, digest: str, data: Readable) -> int:
    """Write what ``data`` gives, aside and renamed, in constant memory. Gives its size in bytes.

    raises: NotOci where its digest is another; then nothing is left
    """
    path = blob_path(folder, digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    found, size = hashlib.sha256(), 0
    try:
        with aside.open("wb") as file:
            while chunk := data.read(_CHUNK):
                found.update(chunk)
                size += file.write(chunk)
        if f"sha256:{found.hexdigest()}" != digest:
            raise NotOci(f"blob {digest} has the digest sha256:{found.hexdigest()}")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return size


def may_be_document(folder: Path, blob: Blob) -> bool:
    """Whether a blob of the layout could be JSON. A packed layer never could, and a plain one hardly."""
    if blob.size > LARGEST_DOCUMENT:
        return False
    with blob_path(folder, blob.digest).open("rb") as file:
        return file.read(1) == b"{"


def _read_blob(folder: Path, descriptor: Descriptor) -> bytes:
    """The bytes of a document. Raises NotOci where it is not there, not as large as said, or too large."""
    _check_blob(folder, descriptor)
    if descriptor.size > LARGEST_DOCUMENT:
        raise NotOci(f"document {descriptor.digest} has {descriptor.size} bytes")
    return blob_path(folder, descriptor.digest).read_bytes()


def _check_blob(folder: Path, descriptor: Descriptor) -> None:
    """Whether a blob is there with the size that its descriptor says. Raises NotOci."""
    try:
        size = os.stat(blob_path(folder, descriptor.digest)).st_size  # noqa: PTH116 - one call
    except FileNotFoundError:
        size = None
    _check_size(descriptor, size)


def _check_size(descriptor: Descriptor, size: int | None) -> None:
    if size is None:
        raise NotOci(f"blob {descriptor.digest} is not there")
    if size != descriptor.size:
        raise NotOci(f"blob {descriptor.digest} has {size} bytes, not {descriptor.size}")


def read_image(
    folder: Path,
    reference: str,
    root: Descriptor,
    sizes: Mapping[str, int] | None = None,
    *,
    full_name: str = "",
) -> Image:
    """An image from its root, with every blob that it names checked to be there.

    sizes:  of the blobs that have been there, by digest, where some may be gone by now; documents are not
    full_name: where the root's annotations do not say it
    raises: NotOci
    """
    plain = replace(root, annotations={})
    data = _read_blob(folder, plain)
    if plain.media_type in MANIFESTS:
        manifests: tuple[Manifest, ...] = (read_manifest(plain, data),)
    elif plain.media_type in INDEXES:
        manifests = tuple(_child(folder, one) for one in read_index(data))
    else:
        raise NotOci(f"{plain.digest} is neither manifest nor index but {plain.media_type}")
    name = root.annotations.get(ENGINE_NAME, full_name)
    image = Image(reference=reference, root=plain, manifests=manifests, full_name=name)
    for one in image.blobs:
        if sizes is None:
            _check_blob(folder, one)
        else:
            _check_size(one, sizes.get(one.digest))
    return image


def _child(folder: Path, descriptor: Descriptor) -> Manifest:
    if descriptor.media_type not in MANIFESTS:
        raise NotOci(f"an index names {descriptor.media_type}")
    return read_manifest(descriptor, _read_blob(folder, descriptor))


def index_of(images: Iterable[Image]) -> bytes:
    """The bytes of ``index.json`` for images, by reference. Pure.

    The full name is what engines read; beside it the other annotation holds the tag alone, as engines write it.
    """
    named = [
        replace(one.root, annotations=_names(one)).json()
        for one in sorted(images, key=lambda one: one.reference)
    ]
    return canonical({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": named})


def _names(image: Image) -> dict[str, str]:
    names = {NAME: image.reference.rpartition(":")[2] if image.full_name else image.reference}
    return {**names, ENGINE_NAME: image.full_name} if image.full_name else names
