"""Images as the engine gives them out: one tar with a ``manifest.json``, configurations and layers."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ops0.core.digest import stream_sha256
from ops0.host.process import ProgramTimeout
from ops0_builder.build_errors import CheckUnreadable
from ops0_builder.check.compare import Entry, LayerFiles
from ops0_builder.engine.docker_command import run_docker

SECONDS = 1800.0
_KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.DIRTYPE: "folder",
    tarfile.SYMTYPE: "symbolic link",
    tarfile.LNKTYPE: "hard link",
}
_ATTRIBUTE = "SCHILY.xattr."


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedImage:
    """One image of the archive. ``blobs``: where its layers lie in it, lowest first, as the engine packs them."""

    configuration: Mapping[str, Any]
    blobs: tuple[str, ...]

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """The digests of its layers' tars, lowest first."""
        return tuple(self.configuration["rootfs"]["diff_ids"])


class SavedImages:
    """An archive of images, open for reading.

    source: https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format
    """

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._listed = {
            tag: one for one in self._json("manifest.json") for tag in one.get("RepoTags") or ()
        }

    def image(self, tag: str) -> SavedImage:
        """The image of a tag. Raises KeyError."""
        listed = self._listed[tag]
        return SavedImage(configuration=self._json(listed["Config"]), blobs=tuple(listed["Layers"]))

    def layer(self, image: SavedImage, at: int) -> LayerFiles:
        """The files of one of its layers, each read and hashed."""
        with (
            self._open(image.blobs[at]) as blob,
            tarfile.open(fileobj=blob, mode="r:*") as archive,
        ):
            entries = {member.name.strip("/"): _entry(archive, member) for member in archive}
        return LayerFiles(diff_id=image.diff_ids[at], entries=entries)

    def _json(self, name: str) -> Any:
        with self._open(name) as stream:
            return json.load(stream)

    def _open(self, name: str) -> IO[bytes]:
        stream = self._archive.extractfile(name)
        if stream is None:
            raise KeyError(name)
        return stream


@contextmanager
def saved_images(tags: tuple[str, ...], folder: Path) -> Iterator[SavedImages]:
    """Have the engine write images into a file in ``folder``, and read it.

    raises: CheckUnreadable, BuildxUnusable where there is no ``docker`` command
    """
    file = folder / "images.tar"
    try:
        done = run_docker("save", "--output", str(file), *tags, timeout=SECONDS)
    except ProgramTimeout as fault:
        raise CheckUnreadable(str(fault)) from None
    if done.code != 0:
        raise CheckUnreadable(done.tail)
    try:
        with tarfile.open(file) as archive:
            yield SavedImages(archive)
    except (tarfile.TarError, KeyError, ValueError) as fault:
        raise CheckUnreadable(f"what `docker save` wrote cannot be read: {fault}") from None
    finally:
        file.unlink()


def _entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    data = archive.extractfile(member) if member.isreg() else None
    return Entry(
        kind=_KINDS.get(member.type, f"type {member.type.decode('ascii', 'replace')}"),
        content=member.linkname if data is None else stream_sha256(data),
        size=member.size,
        mode=member.mode,
        owner=f"{member.uid}:{member.gid}",
        mtime=int(member.mtime),
        attributes=tuple(
            sorted(
                (name.removeprefix(_ATTRIBUTE), value)
                for name, value in member.pax_headers.items()
                if name.startswith(_ATTRIBUTE)
            )
        ),
    )
