"""What is attached to an image, as a client of the registry gets it."""

from __future__ import annotations

from ops0_builder.registry.artifacts import blob_of
from ops0_builder.registry.client import Repository
from ops0_builder.registry.referrers import Referrer

__all__ = ["attached"]


def attached(repository: Repository, one: Referrer) -> bytes:
    """The document of a referrer that holds one, checked by digest."""
    manifest = repository.manifest(one.digest)
    assert manifest is not None
    return repository.blob(blob_of(manifest))
