"""Images taken out of the engine into a folder that stays where making a bundle is broken off: the next try goes on.

A blob has its name only once it is whole, and ``kept.json`` names the images that are; each is hashed again before it
counts. An engine gives images as a whole, so a large bundle is taken in groups: a break costs one group.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import write_aside
from ops0_builder.bundle.errors import BundleUnfit
from ops0_builder.engine.engine_images import EngineImage
from ops0_builder.lock.wheelhouse import file_sha256
from ops0_builder.oci.export import OnBytes, export_images
from ops0_builder.oci.layout import blob_path, read_image
from ops0_builder.oci.values import Descriptor, Image, NotOci, canonical, read_descriptor

GROUP = 4 << 30
"""Bytes of images that are asked for at once, as the engine tells them. Layers that two groups share are read twice."""
_INDEX = "kept.json"


def own_folder(folder: Path) -> None:
    """Make the folder for this user alone. Raises BundleUnfit where one is there that somebody else may write into.

    Beside a bundle in a folder of all, as /tmp, somebody else may have made it first, and what is in it is believed.
    """
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        fact = "it is no folder"
    elif found.st_uid != os.geteuid():
        fact = "it is another user's"
    elif found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        fact = "others can write into it"
    else:
        return
    hint = "remove it, or write the bundle where nobody else can: -o FOLDER/FILE.ops0"
    raise BundleUnfit(str(folder), fact, hint)


def take_images(
    engine: EngineSocket, found: Mapping[str, EngineImage], folder: Path, on_bytes: OnBytes
) -> Mapping[str, Image]:
    """The images of these tags, all their blobs in ``folder``; what is there from before is not taken again.

    found:  what the engine has under each tag now
    raises: ImagesUnreadable, EngineError and its kinds; OSError
    """
    kept = _read(folder)
    images = {
        tag: image
        for tag, one in found.items()
        if (image := _whole(folder, tag, one, kept.get(tag))) is not None
    }
    missing = {tag: one for tag, one in found.items() if tag not in images}
    for group in groups({tag: one.size for tag, one in missing.items()}):
        images |= export_images(engine, group, folder, on_bytes)
        told = {tag: _row(found[tag], image) for tag, image in images.items()}
        write_aside(folder / _INDEX, canonical(told))
    return {tag: images[tag] for tag in found}


def groups(sizes: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """Tags in their order, as many together as have no more than GROUP bytes, at least one. Pure."""
    group: list[str] = []
    total = 0
    for tag, size in sizes.items():
        if group and total + size > GROUP:
            yield tuple(group)
            group, total = [], 0
        group.append(tag)
        total += size
    if group:
        yield tuple(group)


def _row(one: EngineImage, image: Image) -> dict[str, Any]:
    return {"id": one.digest, "root": image.root.json(), "name": image.full_name}


def _read(folder: Path) -> Mapping[str, Any]:
    try:
        told = json.loads((folder / _INDEX).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _whole(folder: Path, tag: str, one: EngineImage, told: Any) -> Image | None:
    """An image that was kept, hashed again; None where it is another one now, or not whole."""
    try:
        if told["id"] != one.digest:
            return None
        image = read_image(folder, tag, read_descriptor(told["root"]), full_name=str(told["name"]))
        damaged = [blob for blob in image.blobs if not _is_sound(folder, blob)]
    except (NotOci, KeyError, TypeError, OSError):
        return None
    return None if damaged else image


def _is_sound(folder: Path, blob: Descriptor) -> bool:
    return f"sha256:{file_sha256(blob_path(folder, blob.digest))}" == blob.digest
