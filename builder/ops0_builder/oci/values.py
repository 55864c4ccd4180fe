"""Images as the OCI describes them: descriptors, manifests, indexes. Read from bytes, strictly; pure.

source: https://github.com/opencontainers/image-spec (manifest.md, image-index.md, descriptor.md)
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEXES = frozenset({OCI_INDEX, DOCKER_INDEX})
MANIFESTS = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})
LARGEST_DOCUMENT = 4 << 20
"""Bytes of a manifest or an index: registries take no larger ones."""
_MOST_PARTS = 1_000
"""Layers of a manifest, manifests of an index. An engine mounts 127 layers at most."""


class NotOci(ValueError):
    """A document that is not what the specification says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Descriptor:
    """A blob by its content. ``digest``: ``sha256:`` and 64 hex digits;  ``size``: bytes."""

    media_type: str
    digest: str
    size: int
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)

    def json(self) -> dict[str, Any]:
        """As it stands in documents."""
        plain: dict[str, Any] = {
            "mediaType": self.media_type,
            "digest": self.digest,
            "size": self.size,
        }
        return {**plain, "annotations": dict(self.annotations)} if self.annotations else plain


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """One image for one platform. ``layers``: lowest first."""

    descriptor: Descriptor
    config: Descriptor
    layers: tuple[Descriptor, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """What one name stands for.

    root:      the manifest, or the index, that the name points at;  its digest is what a registry calls the image's
    manifests: the one, or all of the index, in its order; attestations among them
    full_name: the reference as the engine writes it in full, with a registry's host; "" where it does not say
    """

    reference: str
    root: Descriptor
    manifests: tuple[Manifest, ...]
    full_name: str = ""

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """Every blob once: what a manifest names before it, the root last. In this order a registry takes them."""
        found: dict[str, Descriptor] = {}
        for manifest in self.manifests:
            for one in (manifest.config, *manifest.layers, manifest.descriptor):
                found.setdefault(one.digest, one)
        found.setdefault(self.root.digest, self.root)
        return tuple(found.values())


def read_descriptor(value: Any) -> Descriptor:
    """A descriptor out of a document. Raises NotOci."""
    told = value if isinstance(value, dict) else {}
    kind, digest, size = told.get("mediaType"), told.get("digest"), told.get("size")
    notes = told.get("annotations") or {}
    if not isinstance(kind, str) or not kind.isascii() or len(kind) > 255:
        raise NotOci("a descriptor has no media type")
    if not isinstance(digest, str) or DIGEST.fullmatch(digest) is None:
        raise NotOci("a descriptor has no sha256 digest")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise NotOci("a descriptor has no size")
    if not isinstance(notes, dict) or not all(isinstance(one, str) for one in notes.values()):
        raise NotOci("a descriptor's annotations are not texts")
    if told.get("urls"):
        raise NotOci("a descriptor points outside, with urls")
    return Descriptor(media_type=kind, digest=digest, size=size, annotations=notes)


def read_manifest(descriptor: Descriptor, data: bytes) -> Manifest:
    """A manifest from the bytes behind its descriptor, whose digest is checked already. Raises NotOci."""
    told = _document(data)
    if told.get("mediaType", descriptor.media_type) != descriptor.media_type:
        raise NotOci("a manifest and its descriptor differ in media type")
    layers = _parts(told, "layers")
    return Manifest(
        descriptor=descriptor,
        config=read_descriptor(told.get("config")),
        layers=tuple(read_descriptor(one) for one in layers),
    )


def read_index(data: bytes) -> tuple[Descriptor, ...]:
    """The manifests that an index names. Raises NotOci."""
    return tuple(read_descriptor(one) for one in _parts(_document(data), "manifests"))


def canonical(value: Any) -> bytes:
    """JSON in one form, as bytes: same value, same digest."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _document(data: bytes) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        raise NotOci("a document is no JSON") from None
    if not isinstance(told, dict) or told.get("schemaVersion") != 2:
        raise NotOci("a document is not of schema version 2")
    return told


def _parts(told: dict[str, Any], name: str) -> list[Any]:
    parts = told.get(name)
    if not isinstance(parts, list) or len(parts) > _MOST_PARTS:
        raise NotOci(f"a document's {name} are no list of at most {_MOST_PARTS}")
    return parts
