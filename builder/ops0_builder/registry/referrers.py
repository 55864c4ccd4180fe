"""Documents that a registry keeps about an image: artifacts whose ``subject`` it is, listed by its digest.

Where a registry does not keep that list itself, as OCI 1.1 has it, it is an index under the tag ``sha256-HEX``, kept by
whoever adds something.
source: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ops0_builder.oci.values import OCI_INDEX
from ops0_builder.registry.answers import read_json
from ops0_builder.registry.artifacts import artifact_manifest, put_blobs
from ops0_builder.registry.client import Manifest, Repository
from ops0_builder.registry.errors import NotInRegistry, RegistryRefused

_DIGEST = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+", re.ASCII)
"""Of any algorithm: lists have those of others too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A document about an image. ``media_type``: its own, and so the artifact's type."""

    media_type: str
    data: bytes
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Referrer:
    """One artifact about an image, as the list has it. ``digest``: of its manifest."""

    digest: str
    artifact_type: str
    annotations: Mapping[str, str] = field(default_factory=dict)


def upload(repository: Repository, documents: Sequence[Attachment]) -> None:
    """Send the bytes of documents ahead, whether their image is there or not. Raises RegistryError's kinds."""
    for one in documents:
        put_blobs(repository, one.data)


def attach(
    repository: Repository,
    subject: str,
    documents: Sequence[Attachment],
    image: Manifest | None = None,
) -> tuple[str, ...]:
    """Store documents about the image ``subject``, a digest, each once however often asked; gives their digests.

    Where the registry keeps no list itself, two that add to the same image's at once may lose one of the two.

    image:  the image's manifest, where it has been read just now
    raises: NotInRegistry for an image that is not there, DigestMismatch, RegistryError's other kinds
    """
    image = image or repository.manifest(subject)
    if image is None:
        raise NotInRegistry(repository.reference.pinned(subject))
    about = {"mediaType": image.media_type, "digest": subject, "size": len(image.data)}
    manifests = [
        artifact_manifest(one.media_type, one.data, one.annotations, subject=about)
        for one in documents
    ]
    there = {one.digest for one in referrers(repository, subject)}
    unlisted = []
    for one, manifest in zip(documents, manifests, strict=True):
        if manifest.digest not in there:
            put_blobs(repository, one.data)
            headers = repository.put_manifest(manifest.digest, manifest)
            if "oci-subject" not in headers:  # then the registry has not listed it
                unlisted.append(_row(manifest, one))
    if unlisted:
        _list(repository, subject, unlisted)
    return tuple(one.digest for one in manifests)


def referrers(repository: Repository, subject: str) -> tuple[Referrer, ...]:
    """All artifacts about an image, by its digest; () for none. Raises RegistryError's kinds."""
    pages = repository.referrers(subject)
    if pages is None:
        index = repository.manifest(fallback_tag(subject))
        pages = () if index is None else (index,)
    return tuple(
        Referrer(
            digest=str(row["digest"]),
            artifact_type=str(row.get("artifactType") or ""),
            annotations=row.get("annotations", {}),
        )
        for page in pages
        for row in _rows(repository, subject, page)
    )


def fallback_tag(subject: str) -> str:
    """``sha256:1a2b…`` as a tag: ``sha256-1a2b…``."""
    return subject.replace(":", "-")


def _list(repository: Repository, subject: str, added: Sequence[Mapping[str, Any]]) -> None:
    tag = fallback_tag(subject)
    index = repository.manifest(tag)
    rows = [] if index is None else _rows(repository, subject, index)
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [*rows, *added]}
    data = json.dumps(document, separators=(",", ":")).encode()
    repository.put_manifest(tag, Manifest(media_type=OCI_INDEX, data=data))


def _row(manifest: Manifest, one: Attachment) -> Mapping[str, Any]:
    """A document as the list has it."""
    return {
        "mediaType": manifest.media_type,
        "digest": manifest.digest,
        "size": len(manifest.data),
        "artifactType": one.media_type,
        **({"annotations": dict(sorted(one.annotations.items()))} if one.annotations else {}),
    }


def _rows(repository: Repository, subject: str, index: Manifest) -> list[dict[str, Any]]:
    try:
        return [
            {**row, "digest": _digest(row["digest"]), **_annotated(row)}
            for row in read_json(index.data)["manifests"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _unreadable(repository, subject, "its list of referrers cannot be read") from None


def _digest(told: str) -> str:
    if not _DIGEST.fullmatch(told):
        raise ValueError(told)
    return told


def _annotated(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"annotations": dict(row["annotations"])} if row.get("annotations") else {}


def _unreadable(repository: Repository, digest: str, fact: str) -> RegistryRefused:
    return RegistryRefused(repository.reference.host, f"GET {digest[:19]}", 200, fact)
