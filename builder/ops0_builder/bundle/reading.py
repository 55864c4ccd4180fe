"""A bundle's file, believed in nothing: what is opened here is whole, or refused before any of it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from ops0_builder.bundle.archive import (
    END,
    FIRST,
    SUMS,
    BadArchive,
    Member,
    NoArchive,
    chunks_of,
    digest_of_member,
    read_members,
    written,
)
from ops0_builder.bundle.document import read_bundle
from ops0_builder.bundle.errors import BundleDamaged, NoBundle
from ops0_builder.bundle.limits import BUNDLE, Budget
from ops0_builder.bundle.values import Bundle, BundledImage
from ops0_builder.bundle.writing import engine_manifest, sums
from ops0_builder.documents import BadDocument
from ops0_builder.oci.layout import ENGINE_NAME, MARKER, NAME, index_of
from ops0_builder.oci.values import (
    INDEXES,
    LARGEST_DOCUMENT,
    MANIFESTS,
    Descriptor,
    Image,
    Manifest,
    NotOci,
    read_index,
    read_manifest,
)

OnBytes = Callable[[int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenBundle:
    """A bundle that has been read and checked; its file stays open. ``images``: by tag;  ``size``: bytes."""

    path: Path
    file: IO[bytes]
    bundle: Bundle
    images: Mapping[str, Image]
    members: tuple[Member, ...]
    size: int

    @property
    def tools(self) -> tuple[str, ...]:
        """The file names of the wheels of ops0 itself and what it needs; () where it was made without."""
        return tuple(one.name.rpartition("/")[2] for one in self.members if one.is_tool)

    def image_archive(self) -> Iterator[bytes]:
        """The part that an engine reads: the image layout, as a tar. Raises BundleDamaged where it has changed."""
        try:
            for member in self.members:
                if not member.name.startswith("ops0/"):
                    yield from written(member.name, member.size, chunks_of(self.file, member))
        except BadArchive as fault:
            raise BundleDamaged(str(self.path), str(fault)) from None
        yield END


@contextmanager
def opened(
    path: Path,
    on_bytes: OnBytes = lambda _: None,
    *,
    first: Callable[[IO[bytes]], None] = lambda _: None,
) -> Iterator[OpenBundle]:
    """Open a bundle, with every byte of it checked. It is the same open file that is checked and then used.

    on_bytes: told how many bytes have been checked
    first:    looks at the file before anything of it is believed, as for its signature, and raises what forbids it
    raises:   NoBundle, BundleDamaged
    """
    try:
        file = path.open("rb")
    except OSError as fault:
        raise NoBundle(str(path), (fault.strerror or str(fault)).lower()) from None
    with file:
        first(file)
        try:
            checked = _checked(path, file, on_bytes)
        except NoArchive as fault:
            hint = "name a file that `ops0 bundle create` has written"
            raise BundleDamaged(str(path), str(fault), hint) from None
        except BadDocument as fault:
            raise BundleDamaged(str(path), str(fault), fault.hint) from None
        except (BadArchive, NotOci) as fault:
            raise BundleDamaged(str(path), str(fault)) from None
        yield checked


def _checked(path: Path, file: IO[bytes], on_bytes: OnBytes) -> OpenBundle:
    members = read_members(file)
    by_name = {one.name: one for one in members}
    missing = [name for name in (*FIRST, SUMS) if name not in by_name]
    if missing:
        raise BadArchive(f"it has no {missing[0]}")
    budget = Budget()
    documents = {name: _document(file, by_name[name], budget) for name in (*FIRST, SUMS)}
    hashed = [one for one in members if one.is_lock or one.is_tool]
    others = {one.name: digest_of_member(file, one, on_bytes) for one in hashed}
    told = documents.pop(SUMS)
    if told != sums(documents, others):
        raise BadArchive(f"its documents and tools are not those that its {SUMS} names")
    if documents["oci-layout"] != MARKER:
        raise NotOci("its image layout is of another version")
    bundle = read_bundle(documents[BUNDLE])
    _check_blobs(file, members, on_bytes)
    images = _images(bundle, documents, _Blobs(file, by_name, budget))
    named = {f"blobs/sha256/{one.digest[7:]}" for image in images.values() for one in image.blobs}
    if named != {one.name for one in members if one.is_blob}:
        raise NotOci("it holds blobs that none of its images names")
    last = members[-1]
    size = last.offset + last.size + -last.size % 512 + len(END)
    return OpenBundle(
        path=path, file=file, bundle=bundle, images=images, members=members, size=size
    )


def _document(file: IO[bytes], member: Member, budget: Budget) -> bytes:
    budget.take(member.name, member.size)
    return b"".join(chunks_of(file, member))


def _check_blobs(file: IO[bytes], members: tuple[Member, ...], on_bytes: OnBytes) -> None:
    for member in members:
        if member.is_blob:
            found = digest_of_member(file, member, on_bytes)
            if found != member.name.rpartition("/")[2]:
                raise BadArchive(f"{member.name} has the digest {found}")


@dataclass(frozen=True, slots=True)
class _Blobs:
    file: IO[bytes]
    by_name: Mapping[str, Member]
    budget: Budget

    def check(self, one: Descriptor) -> Member:
        member = self.by_name.get(f"blobs/sha256/{one.digest[7:]}")
        if member is None or member.size != one.size:
            raise NotOci(f"blob {one.digest} is not there with the {one.size} bytes that it has")
        return member

    def read(self, one: Descriptor) -> bytes:
        member = self.check(one)
        if member.size > LARGEST_DOCUMENT:
            raise NotOci(f"document {one.digest} has {one.size} bytes")
        return _document(self.file, member, self.budget)


def _images(bundle: Bundle, documents: Mapping[str, bytes], blobs: _Blobs) -> Mapping[str, Image]:
    """The images by tag; index.json and manifest.json must say of them what ops0 writes, byte for byte."""
    entries = read_index(documents["index.json"])
    images = {}
    for one in bundle.images:
        root = next((entry for entry in entries if _is_of(entry, one)), None)
        if root is None:
            raise NotOci(f"the image of step {one.step} is not there")
        images[one.tag] = _image(one.tag, root, blobs)
    if documents["index.json"] != index_of(images.values()):
        raise NotOci("its index.json does not fit its images")
    if documents["manifest.json"] != engine_manifest(images):
        raise NotOci("its manifest.json does not fit its images")
    return images


def _is_of(entry: Descriptor, image: BundledImage) -> bool:
    full_name = entry.annotations.get(ENGINE_NAME, f"/{entry.annotations.get(NAME, '')}")
    return entry.digest == image.digest and full_name.partition("/")[2] == image.tag


def _image(tag: str, root: Descriptor, blobs: _Blobs) -> Image:
    data = blobs.read(root)
    plain = replace(root, annotations={})
    if root.media_type in MANIFESTS:
        manifests: tuple[Manifest, ...] = (read_manifest(plain, data),)
    elif root.media_type in INDEXES:
        manifests = tuple(read_manifest(one, blobs.read(one)) for one in read_index(data))
    else:
        raise NotOci(f"{root.digest} is no image but {root.media_type}")
    full_name = root.annotations.get(ENGINE_NAME, "")
    image = Image(reference=tag, root=plain, manifests=manifests, full_name=full_name)
    for one in image.blobs:
        blobs.check(one)
    return image
