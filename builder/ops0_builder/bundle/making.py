"""Plan + images of the engine -> a bundle's file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import ops0
from ops0.core.locked import Lock
from ops0.core.plan import Plan
from ops0.host.engine_socket import EngineSocket
from ops0_builder.bundle.values import Bundle, BundledImage
from ops0_builder.bundle.writing import write_bundle
from ops0_builder.documents import without_source
from ops0_builder.oci.export import export_images
from ops0_builder.oci.values import Image

Say = Callable[[str], None]


def make_bundle(
    path: Path,
    plan: Plan,
    lock: Lock,
    lock_texts: Mapping[str, bytes],
    *,
    engine: EngineSocket,
    say: Say,
) -> str:
    """Write a bundle of a plan whose images the engine has; gives the file's sha256.

    While it is made, the images' blobs lie in a folder beside it: it takes twice its room.
    raises: BundleUnfit, ExportFault, EngineError and its kinds, OSError
    """
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
        done = _Counted("taken out of the engine", say)
        images = export_images(engine, [one.tag for one in plan.images], Path(folder), done.count)
        bundle = describe(plan, lock, images)
        written = _Counted(f"written to {path}", say)
        return write_bundle(path, bundle, images, lock_texts, Path(folder), written.count)


def describe(plan: Plan, lock: Lock, images: Mapping[str, Image]) -> Bundle:
    """What a bundle says of a plan. Pure. ``images``: by tag."""
    bundled = tuple(
        BundledImage(
            step=one.step,
            tag=one.tag,
            digest=images[one.tag].root.digest,
            key=one.key,
            base=one.base.digest,
        )
        for one in plan.images
    )
    return Bundle(
        ops0=ops0.__version__,
        pipeline=without_source(plan.pipeline),
        images=bundled,
        lock=lock,
    )


class _Counted:
    """Says how many bytes have gone by, once for each hundred million."""

    def __init__(self, what: str, say: Say) -> None:
        self._what, self._say, self._bytes = what, say, 0

    def count(self, size: int) -> None:
        before, self._bytes = self._bytes, self._bytes + size
        if before // 10**8 != self._bytes // 10**8:
            self._say(f"{self._bytes // 10**6} MB {self._what}")
