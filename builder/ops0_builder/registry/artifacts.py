"""Small documents in a registry: an OCI artifact with one blob, found by its tag or digest.

source: https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial

from ops0.core.digest import sha256
from ops0_builder.oci.values import DIGEST, OCI_MANIFEST
from ops0_builder.registry.answers import read_json
from ops0_builder.registry.body import Body
from ops0_builder.registry.client import Manifest, Repository, open_repository
from ops0_builder.registry.errors import NotInRegistry, RegistryRefused, TagTaken
from ops0_builder.registry.patience import Patience
from ops0_builder.registry.reference import parse_reference, parse_repository

_EMPTY_TYPE = "application/vnd.oci.empty.v1+json"
_EMPTY = b"{}"


def put_artifact(
    reference: str,
    media_type: str,
    data: bytes,
    annotations: Mapping[str, str] | None = None,
    *,
    force: bool = False,
    before: Callable[[str], None] | None = None,
    patience: Patience | None = None,
) -> str:
    """Store ``data`` under ``HOST/PATH:TAG`` and give the manifest's digest; the same again changes nothing.

    media_type: of the data, and the artifact's type
    force:      move a tag that holds something else
    before:     told ``HOST/PATH@DIGEST`` when the artifact is there and before the tag names it
    raises:     BadReference, TagTaken, DigestMismatch, RegistryError's other kinds, and what ``before`` raises
    """
    parsed = parse_reference(reference)
    manifest = artifact_manifest(media_type, data, annotations or {})
    tag = parsed.tagged(parsed.tag or "latest").tag
    repository = open_repository(parsed, write=True, patience=patience)
    holds = repository.digest_of(tag)
    if holds == manifest.digest:
        return manifest.digest
    if holds is not None and not force:
        raise TagTaken(str(parsed), holds, manifest.digest)
    put_blobs(repository, data)
    if before is not None:
        repository.put_manifest(manifest.digest, manifest)
        before(parsed.pinned(manifest.digest))
    repository.put_manifest(tag, manifest)
    return manifest.digest


def get_artifact(reference: str, *, patience: Patience | None = None) -> bytes:
    """The data of an artifact, checked against the digests on the way to it.

    raises: BadReference, NotInRegistry, DigestMismatch, RegistryError's other kinds
    """
    parsed = parse_reference(reference)
    repository = open_repository(parsed, write=False, patience=patience)
    manifest = repository.manifest(parsed.target)
    if manifest is None:
        raise NotInRegistry(str(parsed))
    try:
        digest = blob_of(manifest)
    except ValueError:
        fact = f"{parsed} is no artifact with one blob"
        raise RegistryRefused(parsed.host, "GET manifest", 200, fact) from None
    return repository.blob(digest)


def blob_of(manifest: Manifest) -> str:
    """The digest of an artifact's one blob. Raises ValueError for what is no such artifact. Pure."""
    try:
        (layer,) = read_json(manifest.data)["layers"]
        digest = str(layer["digest"])
    except (KeyError, TypeError):
        raise ValueError("it has no list of blobs") from None
    if not DIGEST.fullmatch(digest):
        raise ValueError("its blob has no digest")
    return digest


def list_tags(repository: str, *, patience: Patience | None = None) -> tuple[str, ...]:
    """All tags of ``HOST/PATH``, sorted; () where it is not there. Raises BadReference, RegistryError's kinds."""
    return open_repository(parse_repository(repository), write=False, patience=patience).tags()


def artifact_manifest(
    media_type: str,
    data: bytes,
    annotations: Mapping[str, str],
    *,
    subject: Mapping[str, object] | None = None,
) -> Manifest:
    """The manifest of an artifact: the same input gives the same bytes. Pure.

    subject: the descriptor of the image that it is about
    """
    document: dict[str, object] = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": media_type,
        "config": _descriptor(_EMPTY_TYPE, _EMPTY),
        "layers": [_descriptor(media_type, data)],
        **({} if subject is None else {"subject": dict(subject)}),
        "annotations": dict(sorted(annotations.items())),
    }
    written = json.dumps(document, separators=(",", ":")).encode()
    return Manifest(media_type=OCI_MANIFEST, data=written)


def _descriptor(media_type: str, data: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "digest": f"sha256:{sha256(data)}", "size": len(data)}


def put_blobs(repository: Repository, data: bytes) -> None:
    """Upload the two blobs of an artifact, each where it is not there yet. Raises RegistryError's kinds."""
    for blob in (_EMPTY, data):
        digest = f"sha256:{sha256(blob)}"
        repository.put_missing_blob(digest, Body(open=partial(bytes, blob), length=len(blob)))
