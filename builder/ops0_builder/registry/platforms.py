"""One name for the images of several platforms: an OCI image index. Pure; the same images give the same bytes.

source: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ops0_builder.oci.values import OCI_INDEX, Descriptor, canonical
from ops0_builder.registry.client import Manifest


def image_index(manifests: Mapping[str, Descriptor]) -> Manifest:
    """The index of one step's images. ``manifests``: by platform, as ``linux/arm64``; their order does not matter."""
    rows = [
        {**replace(one, annotations={}).json(), "platform": platform_fields(name)}
        for name, one in sorted(manifests.items())
    ]
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": rows}
    return Manifest(media_type=OCI_INDEX, data=canonical(document))


def platform_fields(name: str) -> dict[str, str]:
    """``linux/arm/v7`` as an index names it. What nobody says is left out, so that engines take their own default."""
    system, machine, *variant = name.split("/")
    fields = {"os": system, "architecture": machine}
    return {**fields, "variant": variant[0]} if variant else fields
