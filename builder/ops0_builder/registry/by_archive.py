"""Images that leave the engine as one archive: each blob that a registry lacks is sent as soon as it is there.

For what the engine cannot send itself: see ``by_engine.py``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event

from ops0.host.engine_socket import EngineSocket
from ops0_builder.oci.errors import ImagesUnreadable
from ops0_builder.oci.export import Export
from ops0_builder.oci.layout import Blob, blob_path, may_be_document
from ops0_builder.oci.values import INDEXES, MANIFESTS, Descriptor, Image
from ops0_builder.registry.blobs import Uploads
from ops0_builder.registry.client import Manifest
from ops0_builder.registry.images import LocalImage
from ops0_builder.registry.patience import Stopped
from ops0_builder.registry.side_by_side import side_by_side


def export_layers(
    engine: EngineSocket, images: Sequence[LocalImage], uploads: Uploads, *, at_once: bool
) -> Mapping[LocalImage, Image]:
    """Take images out of the engine. ``at_once``: send each layer as soon as it is there.

    raises: ImagesUnreadable, EngineError and RegistryError's kinds
    """
    export = Export(engine, [one.tag for one in images], uploads.folder)
    stop = uploads.repository.transport.stop
    with closing(export.blobs(partial(_go_on, stop), uploads.lacks)) as blobs:
        if at_once:
            layers = (one for one in blobs if not may_be_document(uploads.folder, one))
            side_by_side(uploads.send, layers, stop)
        else:
            deque(blobs, maxlen=0)
    found = export.images()
    for one in images:
        image = found[one.tag]
        # The older image store knows an image by its configuration, the containerd store by its manifest or index.
        ids = {image.root.digest, *(manifest.config.digest for manifest in image.manifests)}
        if one.digest not in ids:
            raise ImagesUnreadable(one.tag, "another build has moved this tag meanwhile")
    return {one: found[one.tag] for one in images}


def _go_on(stop: Event) -> None:
    if stop.is_set():
        raise Stopped


def send_images(uploads: Uploads, images: Iterable[Image]) -> Mapping[str, Manifest]:
    """Send what has not been sent yet: blobs, then manifests, then the indexes that name them. Gives both by digest."""
    every = {one.digest: one for image in images for one in image.blobs}
    documents = [one for one in every.values() if one.media_type in MANIFESTS | INDEXES]
    known = {one.digest for one in documents}
    stop = uploads.repository.transport.stop
    # The largest first, so that none is left for the end alone.
    waiting = sorted(every.values(), key=lambda one: (-one.size, one.digest))
    blobs = [Blob(one.digest, one.size) for one in waiting if one.digest not in known]
    side_by_side(uploads.send, (one for one in blobs if not uploads.is_done(one)), stop)
    uploads.tell()
    manifests = {one.digest: _manifest(uploads.folder, one) for one in documents}

    def put(digest: str) -> None:
        uploads.repository.put_manifest(digest, manifests[digest])

    for kinds in (MANIFESTS, INDEXES):
        side_by_side(put, [one.digest for one in documents if one.media_type in kinds], stop)
    return manifests


def _manifest(folder: Path, one: Descriptor) -> Manifest:
    data = blob_path(folder, one.digest).read_bytes()
    return Manifest(media_type=one.media_type, data=data)
