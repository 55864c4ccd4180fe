"""The index of images for several platforms, known and loaded before a registry has any of them.

An engine with the containerd image store takes an index alone, a few hundred bytes, when it has the images that the
index names; then it can push them all under one name. Otherwise each image would leave it as an archive.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping, Sequence

from ops0.core.pipeline import StepName
from ops0.host.engine_socket import EngineSocket, quoted
from ops0_builder.engine.engine_images import load_archive
from ops0_builder.oci.layout import MARKER, index_of
from ops0_builder.oci.values import MANIFESTS, Descriptor, Image, read_descriptor
from ops0_builder.registry.client import Manifest
from ops0_builder.registry.images import LocalImage
from ops0_builder.registry.platforms import image_index

_SAYS_DESCRIPTORS = "1.48"


def known_indexes(
    engine: EngineSocket, images: Sequence[LocalImage]
) -> Mapping[StepName, Manifest]:
    """The index of each step with images for several platforms, where the engine says what their manifests are.

    Engines before 28 do not say it, nor the older image store, whose digests are not the registry's.

    raises: EngineError
    """
    rows: dict[StepName, dict[str, Descriptor]] = {}
    unknown = set()
    for one in (one for one in images if one.joined):
        manifest = _manifest(engine, one.digest)
        if manifest is None:
            unknown.add(one.step)
        else:
            rows.setdefault(one.step, {})[one.platform] = manifest
    return {step: image_index(parts) for step, parts in rows.items() if step not in unknown}


def _manifest(engine: EngineSocket, digest: str) -> Descriptor | None:
    """What names an image's manifest, where that is what the engine knows it by."""
    path = f"/images/{quoted(digest)}/json"
    answer = engine.call("GET", path, accept=(400, 404), api=_SAYS_DESCRIPTORS)
    told = answer.json().get("Descriptor") if answer.status < 300 else None
    if told is None:
        return None
    found = read_descriptor(told)
    return found if found.digest == digest and found.media_type in MANIFESTS else None


def load_index(engine: EngineSocket, index: Manifest, name: str) -> None:
    """Give an index a name in an engine that has its images. ``name``: ``HOST/PATH:TAG``. Raises EngineError."""
    image = Image(reference=name, root=index.descriptor, manifests=(), full_name=name)
    load_archive(engine, [_archive(index, image)])


def _archive(index: Manifest, image: Image) -> bytes:
    """An OCI image layout that holds the index alone."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for path, data in {
            "oci-layout": MARKER,
            "index.json": index_of([image]),
            f"blobs/{index.digest.replace(':', '/')}": index.data,
        }.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()
