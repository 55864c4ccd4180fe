"""Images out of the engine, as an OCI image layout.

With the containerd image store the blobs are those that were built or pulled, so digests are the registry's. The older
store (``overlay2``) keeps no packed layers: it gives them as plain tars, and the manifest is made for these, so its
digest is another one than a push of the same image by the engine itself would give.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

from ops0.host.engine_socket import EngineSocket
from ops0.host.engine_streams import Body, download
from ops0_builder.oci.errors import ExportFault
from ops0_builder.oci.layout import ENGINE_NAME, MARKER, index_of, read_image, write_blob
from ops0_builder.oci.values import LARGEST_DOCUMENT, Descriptor, Image, NotOci, read_index

_BLOB = re.compile(r"blobs/sha256/([0-9a-f]{64})", re.ASCII)
OnBytes = Callable[[int], None]


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
    raises:     ExportFault, EngineError and its kinds; OSError where the folder cannot be written
    """
    wanted = tuple(dict.fromkeys(references))
    if not wanted:
        raise ValueError("no image is named")
    what = ", ".join(wanted[:3]) + (f" and {len(wanted) - 3} more" if len(wanted) > 3 else "")
    with download(engine, "/images/get", [("names", one) for one in wanted]) as body:
        try:
            documents = _unpack(body, folder, on_bytes)
        except (tarfile.TarError, NotOci) as fault:
            raise ExportFault(what, f"the engine's archive cannot be used: {fault}") from None
    images = {one: _image(folder, one, documents) for one in wanted}
    (folder / "oci-layout").write_bytes(MARKER)
    (folder / "index.json").write_bytes(index_of(images.values()))
    return images


def _image(folder: Path, reference: str, documents: Mapping[str, bytes]) -> Image:
    try:
        return read_image(folder, reference, _root(reference, documents))
    except NotOci as fault:
        raise ExportFault(reference, str(fault)) from None


def _unpack(body: Body, folder: Path, on_bytes: OnBytes) -> Mapping[str, bytes]:
    """Write the blobs of an archive; gives its small documents by name."""
    documents: dict[str, bytes] = {}
    with tarfile.open(fileobj=cast("IO[bytes]", body), mode="r|") as archive:
        for member, data in _files(archive):
            blob = _BLOB.fullmatch(member.name)
            if blob is not None:
                on_bytes(write_blob(folder, f"sha256:{blob[1]}", data))
            elif member.name in ("index.json", "manifest.json"):
                if member.size > LARGEST_DOCUMENT:
                    raise NotOci(f"{member.name} has {member.size} bytes")
                documents[member.name] = data.read()
    return documents


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
    name = one.annotations.get(
        ENGINE_NAME, ""
    )  # with a registry's host before a name that has none
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
