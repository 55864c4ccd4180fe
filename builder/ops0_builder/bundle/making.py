"""Plan + images of the engine -> a bundle's file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import ops0
from ops0.core.digest import sha256
from ops0.core.locked import Lock, Target
from ops0.core.plan import Plan
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import cache_dir, file_lock
from ops0_builder.bundle.keeping import own_folder, take_images
from ops0_builder.bundle.tools import make_tools
from ops0_builder.bundle.values import Bundle, BundledImage
from ops0_builder.bundle.writing import write_bundle
from ops0_builder.documents import without_source
from ops0_builder.engine.engine_images import read_images
from ops0_builder.engine.names import bundled_name
from ops0_builder.lock.files import Tools
from ops0_builder.oci.errors import ImagesUnreadable
from ops0_builder.oci.values import Image

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """ops0's own wheels in a bundle: for which machines, and what gets them."""

    targets: tuple[Target, ...]
    tools: Tools


@dataclass(frozen=True, kw_only=True, slots=True)
class Packing:
    """What goes into a bundle.

    plan:    its images are on the engine;  lock: what they were built from;  lock_texts: the lock's files by name
    carried: what of ops0 itself goes along; None: nothing
    """

    plan: Plan
    lock: Lock
    lock_texts: Mapping[str, bytes]
    carried: Carried | None = None


def make_bundle(path: Path, packing: Packing, *, engine: EngineSocket, say: Say) -> str:
    """Write a bundle, and the folder it goes into; gives the file's sha256.

    While it is made, the images' blobs lie in a folder beside it: it takes twice its room. Where it is broken off the
    folder stays, and the next try goes on from what is in it.
    raises: BundleUnfit, NoTools, ImagesUnreadable, EngineError and its kinds, OSError
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = path.with_name(f".{path.name}.parts")
    with file_lock(cache_dir() / "locks" / f"bundle-{sha256(os.fsencode(path.resolve()))}"):
        own_folder(folder)
        try:
            digest = _made(path, packing, folder, engine, say)
        except BaseException:
            if (folder / "blobs").exists():
                say(f"{folder} keeps what is there: the same command goes on from it")
            raise
        shutil.rmtree(folder)
        return digest


def _made(path: Path, packing: Packing, folder: Path, engine: EngineSocket, say: Say) -> str:
    tags = [one.tag for one in packing.plan.images]
    found = read_images(engine).found(tags)
    gone = [tag for tag in tags if tag not in found]
    if gone:
        raise ImagesUnreadable(gone[0], "it is no longer on the engine")
    done = _Counted("MB out of the engine so far", say)
    images = _bundled_images(take_images(engine, found, folder, done.count))
    tools = _tools(packing.carried, folder / "tools", say)
    bundle = describe(packing.plan, packing.lock, images)
    sizes = {blob.digest: blob.size for image in images.values() for blob in image.blobs}
    total = (sum(sizes.values()) + sum(one.stat().st_size for one in tools.values())) // 10**6
    count = _Counted(f"of {total} MB in {path}", say).count
    return write_bundle(path, bundle, images, packing.lock_texts, folder, count, tools=tools)


def _tools(carried: Carried | None, folder: Path, say: Say) -> Mapping[str, Path]:
    """The wheels of ops0 itself by name, made anew in the folder."""
    if carried is None:
        return {}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return make_tools(folder, carried.targets, carried.tools, say)


def _bundled_images(images: Mapping[str, Image]) -> Mapping[str, Image]:
    """Images under the names that they have in a bundle. Pure."""
    return {
        bundled_name(tag): replace(
            image, reference=bundled_name(tag), full_name=bundled_name(image.full_name)
        )
        for tag, image in images.items()
    }


def describe(plan: Plan, lock: Lock, images: Mapping[str, Image]) -> Bundle:
    """What a bundle says of a plan. Pure. ``images``: by their names in the bundle."""
    bundled = tuple(
        BundledImage(
            step=one.step,
            tag=bundled_name(one.tag),
            digest=images[bundled_name(one.tag)].root.digest,
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
            self._say(f"{self._bytes // 10**6} {self._what}")
