"""A tar in one single form: each member's header follows from its name and size, so one content is one file of bytes.

Whoever reads writes each header again and compares: links, devices, sparse and extended members, other owners, modes
and times, and every changed bit of a header or of padding are refused without a rule for each. Members come in one
order, so none comes twice.

source: POSIX.1-1988, "ustar"; https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

BLOCK = 512
CHUNK = 1 << 20
END = bytes(2 * BLOCK)
LARGEST = 8**11 - 1
"""Bytes of a member: what eleven octal digits hold, 8 GiB."""
_MOST_MEMBERS = 20_000
FIRST = ("oci-layout", "index.json", "manifest.json", "ops0/bundle.json")
SUMS = "ops0/SHA256SUMS"
_LOCK = re.compile(r"ops0/locks/pylock\.[a-z0-9][a-z0-9_-]{0,60}\.toml", re.ASCII)
_TOOL = re.compile(r"ops0/tools/[A-Za-z0-9][A-Za-z0-9._+!-]{0,83}\.whl", re.ASCII)
_SIZE = re.compile(rb"[0-7]{11}")
_BLOB = re.compile(r"blobs/sha256/[0-9a-f]{64}", re.ASCII)


class BadArchive(ValueError):
    """Not the one form that a bundle has. The text is the fact."""


class NoArchive(BadArchive):
    """A file that never was a bundle."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. ``offset``: where its bytes begin;  ``size``: bytes."""

    name: str
    offset: int
    size: int

    @property
    def is_blob(self) -> bool:
        """Whether its name says its digest."""
        return self.name.startswith("blobs/")

    @property
    def is_lock(self) -> bool:
        """Whether it is a file of the lock, which goes along for whoever looks into a bundle."""
        return self.name.startswith("ops0/locks/")

    @property
    def is_tool(self) -> bool:
        """Whether it is a wheel for the machine that runs ops0."""
        return self.name.startswith("ops0/tools/")


def _rank(name: str) -> tuple[int, str]:
    """Where a member stands among the others. Raises BadArchive for a name that no bundle has."""
    if name in FIRST:
        return FIRST.index(name), ""
    if _LOCK.fullmatch(name):
        return 10, name
    if name == SUMS:
        return 11, ""
    if _BLOB.fullmatch(name):
        return 12, name
    if _TOOL.fullmatch(name):
        return 13, name
    raise BadArchive(f"{name[:100]!r} is no member of a bundle")


def header(name: str, size: int) -> bytes:
    """The one header of a regular file: mode 0644, owner 0, time 0.

    raises: BadArchive where the size does not fit
    """
    if not 0 <= size <= LARGEST:
        raise BadArchive(f"{name} has {size} bytes, more than the {LARGEST} that fit")
    fields = (
        name.encode("ascii").ljust(100, b"\0"),
        b"0000644\0" + b"0000000\0" * 2,
        b"%011o\0" % size,
        b"%011o\0" % 0,
        b" " * 8,  # the checksum counts as spaces
        b"0" + bytes(100) + b"ustar\x0000",
        bytes(64) + b"0000000\0" * 2,
    )
    raw = b"".join(fields).ljust(BLOCK, b"\0")
    return raw[:148] + b"%06o\0 " % sum(raw) + raw[156:]


def padding(size: int) -> bytes:
    """The zeros after a member's bytes."""
    return bytes(-size % BLOCK)


def read_members(file: IO[bytes]) -> tuple[Member, ...]:
    """All members of an archive, which ends where the file ends. Reads headers and padding only.

    raises: BadArchive
    """
    end = file.seek(0, 2)
    if _is_text(file):
        raise NoArchive("not an ops0 bundle")
    members: list[Member] = []
    at = 0
    while True:
        if len(members) > _MOST_MEMBERS:
            raise BadArchive(f"it has more than {_MOST_MEMBERS} members")
        raw = _read_at(file, at, BLOCK)
        if raw == bytes(BLOCK):
            if end != at + len(END) or _read_at(file, at, len(END)) != END:
                raise BadArchive("it does not end where its last member says")
            return tuple(members)
        member = _member(raw, at + BLOCK)
        if members and _rank(member.name) <= _rank(members[-1].name):
            raise BadArchive(f"{member.name!r} is not in its place, or comes twice")
        at = member.offset + member.size
        if at > end:
            raise BadArchive(f"it breaks off in {member.name!r}")
        if _read_at(file, at, -member.size % BLOCK) != padding(member.size):
            raise BadArchive(f"something stands after {member.name!r}")
        at += -member.size % BLOCK
        members.append(member)


def chunks_of(file: IO[bytes], member: Member) -> Iterator[bytes]:
    """A member's bytes, a part at a time. Raises BadArchive where the file has become shorter."""
    file.seek(member.offset)
    left = member.size
    while left:
        data = file.read(min(left, CHUNK))
        if not data:
            raise BadArchive(f"it breaks off in {member.name!r}")
        left -= len(data)
        yield data


def digest_of_member(file: IO[bytes], member: Member, on_bytes: Callable[[int], None]) -> str:
    """Hex sha256 of a member's bytes."""
    found = hashlib.sha256()
    for data in chunks_of(file, member):
        found.update(data)
        on_bytes(len(data))
    return found.hexdigest()


def written(name: str, size: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A member as it stands in an archive. Raises BadArchive where the bytes are not as many as said."""
    yield header(name, size)
    found = 0
    for data in chunks:
        found += len(data)
        yield data
    if found != size:
        raise BadArchive(f"{name} has {found} bytes, not {size}")
    yield padding(size)


def _member(raw: bytes, offset: int) -> Member:
    name, size = raw[:100].rstrip(b"\0"), raw[124:135]
    if not _SIZE.fullmatch(size):
        raise BadArchive("it is no archive of a bundle")
    text = name.decode("ascii", "replace")
    _rank(text)
    member = Member(text, offset, int(size, 8))
    if header(member.name, member.size) != raw:
        raise BadArchive(f"{text!r} is not a plain file in the form of a bundle")
    return member


def _is_text(file: IO[bytes]) -> bool:
    """Whether it begins as no archive does, whose first name is filled up with zeros."""
    file.seek(0)
    start = file.read(100)
    return bool(start) and b"\0" not in start


def _read_at(file: IO[bytes], at: int, size: int) -> bytes:
    file.seek(at)
    data = file.read(size)
    if len(data) != size:
        raise BadArchive("it breaks off")
    return data
