"""Which manifest an image had when it left the engine as an archive: noted, so that it need not leave it again.

The older image store knows an image by its configuration and makes a manifest at each export. A manifest names the
configuration, so one that a registry has stands for the image whenever it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ops0.host.folders import cache_dir
from ops0_builder.notes import read_note, write_note
from ops0_builder.oci.values import DIGEST, Image
from ops0_builder.registry.images import LocalImage


def noted(one: LocalImage) -> LocalImage:
    """The image with the digest of its manifest, where it was noted."""
    try:
        digest = read_note(_note(one.digest)).decode("ascii")
    except (OSError, ValueError):
        return one
    return replace(one, manifest=digest) if DIGEST.fullmatch(digest) else one


def note(exported: Mapping[LocalImage, Image]) -> None:
    """Note the manifests of exported images that the engine knows by something else."""
    for one, image in exported.items():
        if image.root.digest != one.digest:
            write_note(_note(one.digest), image.root.digest.encode("ascii"))


def _note(digest: str) -> Path:
    return cache_dir() / "manifests" / digest.removeprefix("sha256:")
