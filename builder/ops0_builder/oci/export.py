"""Images out of the engine, as an OCI image layout.

With the containerd image store the blobs are those that were built or pulled, so digests are the registry's. The older
store (``overlay2``) keeps no packed layers: it gives them as plain tars, and the manifest is made for these, so its
digest is another one than a push of the same image by the engine itself would give.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

from ops0.core.few import few
from ops0.host.engine_socket import EngineSocket
from ops0.host.engine_streams import AnswerBody, download
from ops0_builder.oci.errors import ImagesUnreadable
from ops0_builder.oci.layout import ENGINE_NAME, MARKER, Blob, index_of, read_image, write_blob
from ops0_builder.oci.values import LARGEST_DOCUMENT, Descriptor, Image, NotOci, read_index

_BLOB = re.compile(r"blobs/sha256/([0-9a-f]{64})", re.ASCII)
_PIECE = 1 << 16
OnBytes = Callable[[int], None]


class Export:
    """Images of the engine on their way into a folder: first all of ``blobs``, then ``images``."""

    def __init__(self, engine: EngineSocket, references: Sequence[str], folder: Path) -> None:
        """``references``: tags as the engine has them, at least one;  ``folder``: made where it is not there."""
        self._wanted = tuple(dict.fromkeys(references))
        if not self._wanted:
            raise ValueError("no image is named")
        self._engine, self._folder = engine, folder
        self._sizes: dict[str, int] = {}
        self._documents: dict[str, bytes] = {}

    def blobs(
        self,
        on_piece: Callable[[], None] = lambda: None,
        wanted: Callable[[Blob], bool] = lambda _: True,
    ) -> Generator[Blob]:
        """Each blob once, as soon as it is in the folder and its digest checked, in constant memory.

        What is no document may be removed from the folder then.
        on_piece: called before each piece is read, which ends with what it raises
        wanted:   whether a blob too large for a document shall be written; what is not is not checked either
        raises:   ImagesUnreadable, EngineError and its kinds; OSError where the folder cannot be written
        """
        names = [("names", one) for one in self._wanted]
        with download(self._engine, "/images/get", names) as body:
            try:
                yield from self._unpack(_Pieces(body, on_piece), wanted)
            except (tarfile.TarError, NotOci) as fault:
                raise ImagesUnreadable(
                    few(self._wanted, 3), f"the engine's archive cannot be used: {fault}"
                ) from None

    def images(self) -> Mapping[str, Image]:
        """An image for each reference, every blob of it seen with the size that it should have.

        raises: ImagesUnreadable
        """
        return {one: self._image(one) for one in self._wanted}

    def _image(self, reference: str) -> Image:
        try:
            root = _root(reference, self._documents)
            return read_image(self._folder, reference, root, self._sizes)
        except NotOci as fault:
            raise ImagesUnreadable(reference, str(fault)) from None

    def _unpack(self, body: _Pieces, wanted: Callable[[Blob], bool]) -> Iterator[Blob]:
        """Write the blobs of an archive; keeps its small documents by name."""
        with tarfile.open(fileobj=cast("IO[bytes]", body), mode="r|", bufsize=_PIECE) as archive:
            for member, data in _files(archive):
                blob = _BLOB.fullmatch(member.name)
                if blob is not None:
                    found = Blob(f"sha256:{blob[1]}", member.size)
                    self._sizes[found.digest] = found.size
                    if found.size <= LARGEST_DOCUMENT or wanted(found):
                        write_blob(self._folder, found.digest, data)
                        yield found
                elif member.name in ("index.json", "manifest.json"):
                    if member.size > LARGEST_DOCUMENT:
                        raise NotOci(f"{member.name} has {member.size} bytes")
                    self._documents[member.name] = data.read()


class _Pieces:
    """The body of an answer, which somebody watches."""

    def __init__(self, body: AnswerBody, on_piece: Callable[[], None]) -> None:
        self._body, self._on_piece = body, on_piece

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes, b"" at the end."""
        self._on_piece()
        return self._body.read(size)


def export_images(
    engine: EngineSocket,
    references: Sequence[str],
    folder: Path,
    on_bytes: OnBytes = lambda _: None,
) -> Mapping[str, Image]:
    """Write images of the engine into a folder as an OCI image layout, in constant memory.

    references: tags as the engine has them, at least one;  folder: made where it is not there
    on_bytes:   told the size of each blob when it is written
    gives:      an image for each reference; every blob of it is in the folder once, its digest and size checked
    raises:     ImagesUnreadable, EngineError and its kinds; OSError where the folder cannot be written
    """
    export = Export(engine, references, folder)
    for blob in export.blobs():
        on_bytes(blob.size)
    images = export.images()
    (folder / "oci-layout").write_bytes(MARKER)
    (folder / "index.json").write_bytes(index_of(images.values()))
    return images


def _files(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    for member in archive:
        data = archive.extractfile(member) if member.isreg() else None
        if data is not None:
            yield member, data


def _root(reference: str, documents: Mapping[str, bytes]) -> Descriptor:
    """What the engine's index says of a reference: by its whole name, else by the config that belongs to the tag."""
    if "index.json" not in documents:
        raise NotOci("the engine gives no OCI layout")
    named = read_index(documents["index.json"])
    config = _config(reference, documents)
    for fits in (
        lambda one: _is_named(one, reference),
        lambda one: config is not None and one.annotations.get("config.digest") == config,
        lambda _: len(named) == 1,
    ):
        found = {one.digest: one for one in named if fits(one)}
        if found:
            break
    if len(found) != 1:
        raise NotOci(f"the engine's index has {len(found)} images of that name")
    return next(iter(found.values()))


def _is_named(one: Descriptor, reference: str) -> bool:
    """Whether the engine means that image: it puts a registry's host before a name that has none."""
    name = one.annotations.get(ENGINE_NAME, "")
    return name == reference or name.endswith(f"/{reference}")


def _config(reference: str, documents: Mapping[str, bytes]) -> str | None:
    try:
        listed: Any = json.loads(documents.get("manifest.json", b"[]"))
        for one in listed:
            if reference in (one.get("RepoTags") or ()):
                return "sha256:" + str(one["Config"]).rpartition("/")[2]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotOci("the engine's manifest.json cannot be read") from None
    return None
