"""A bundle's file from an image layout on disk: streamed, written aside and renamed. Same content, same bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from ops0.core.digest import sha256
from ops0_builder.bundle.archive import CHUNK, END, FIRST, LARGEST, SUMS, BadArchive, written
from ops0_builder.bundle.document import bundle_json
from ops0_builder.bundle.errors import BundleUnfit
from ops0_builder.bundle.limits import Budget
from ops0_builder.bundle.values import Bundle
from ops0_builder.lock.wheelhouse import file_sha256
from ops0_builder.oci.layout import MARKER, blob_path, index_of
from ops0_builder.oci.values import Image, canonical


def write_bundle(
    path: Path,
    bundle: Bundle,
    images: Mapping[str, Image],
    locks: Mapping[str, bytes],
    folder: Path,
    on_bytes: Callable[[int], None] = lambda _: None,
    *,
    tools: Mapping[str, Path] = MappingProxyType({}),
) -> str:
    """Write a bundle; gives the sha256 of the file.

    images:  by tag;  locks: ``pylock.*.toml`` by file name;  folder: an image layout with all their blobs
    tools:   wheels by file name, in the order of their names
    raises:  BundleUnfit where a layer or a document does not fit into the format; OSError
    """
    blobs = {one.digest: one.size for image in images.values() for one in image.blobs}
    for name, size in blobs.items():
        if size > LARGEST:
            raise BundleUnfit(
                str(path),
                f"the blob {name} has {size} bytes, and one of a bundle at most {LARGEST}",
                "let the step need less: `ops0 plan` shows the layers with their sizes",
            )
    documents = _documents(bundle, images, locks, tools)
    _check_documents(path, documents, images)
    digest = hashlib.sha256()
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        aside.unlink(missing_ok=True)
        with aside.open("xb") as file:  # never into what somebody else has put there
            for data in _stream(documents, blobs, folder, tools):
                digest.update(data)
                on_bytes(file.write(data))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return digest.hexdigest()


def _check_documents(
    path: Path, documents: Mapping[str, bytes], images: Mapping[str, Image]
) -> None:
    """Whether whoever reads the bundle would hold all these. Raises BundleUnfit."""
    budget = Budget()
    try:
        for name in (*FIRST, SUMS):
            budget.take(name, len(documents[name]))
        for image in images.values():
            held = (image.root, *(manifest.descriptor for manifest in image.manifests))
            for digest, size in {one.digest: one.size for one in held}.items():
                budget.take(_name(digest), size)
    except BadArchive as fault:
        hint = "make bundles of parts of the pipeline"
        raise BundleUnfit(str(path), str(fault), hint) from None


def _documents(
    bundle: Bundle,
    images: Mapping[str, Image],
    locks: Mapping[str, bytes],
    tools: Mapping[str, Path],
) -> dict[str, bytes]:
    values = (MARKER, index_of(images.values()), engine_manifest(images), bundle_json(bundle))
    found = dict(zip(FIRST, values, strict=True))
    found.update({f"ops0/locks/{name}": locks[name] for name in sorted(locks)})
    told = {_tool_member(name): file_sha256(tools[name]) for name in sorted(tools)}
    return {**found, SUMS: sums(found, told)}


def _tool_member(name: str) -> str:
    """Where a wheel stands in a bundle."""
    return f"ops0/tools/{name}"


def sums(documents: Mapping[str, bytes], tools: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Checksums as ``sha256sum -c`` reads them. ``tools``: hex sha256 by member. Pure."""
    told = {**{name: sha256(data) for name, data in documents.items()}, **tools}
    return "".join(f"{digest}  {name}\n" for name, digest in told.items()).encode()


def engine_manifest(images: Mapping[str, Image]) -> bytes:
    """``manifest.json``, by which engines with the older image store load. Pure. An index stands there by its first."""
    listed = []
    for tag in sorted(images):
        first = images[tag].manifests[0]
        listed.append(
            {
                "Config": _name(first.config.digest),
                "RepoTags": [tag],
                "Layers": [_name(layer.digest) for layer in first.layers],
            }
        )
    return canonical(listed)


def _stream(
    documents: Mapping[str, bytes],
    blobs: Mapping[str, int],
    folder: Path,
    tools: Mapping[str, Path],
) -> Iterator[bytes]:
    for name, data in documents.items():
        yield from written(name, len(data), [data])
    for digest in sorted(blobs):
        yield from written(_name(digest), blobs[digest], _read(blob_path(folder, digest)))
    for name in sorted(tools):
        yield from written(_tool_member(name), tools[name].stat().st_size, _read(tools[name]))
    yield END


def _read(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            yield data


def _name(digest: str) -> str:
    return f"blobs/sha256/{digest.partition(':')[2]}"
