"""Whether a wheel is what it says, and stays where it belongs, before anything of it is installed.

What is looked at is the archive's list of members and two of its documents. An installer finds less, and later: uv
passes over members that lead outside without a word. RECORD's hashes do not count: the lock's covers all of the file.

source: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

_DOCUMENTS = ("METADATA", "WHEEL", "RECORD")
_SCHEMES = frozenset(("purelib", "platlib", "headers", "scripts", "data"))
_LARGEST = 4 << 20
"""Bytes of a document that are read: the headers come first, and a long description after them."""
_LONGEST = 255
"""Bytes of one part of a path that file systems take."""
_RATIO, _SMALL = 200, 1 << 30
"""Code packs to a fifth, the emptiest of real files to a fiftieth. Up to a GiB nobody minds."""
_UNREADABLE = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


def wheel_fault(path: Path) -> str | None:
    """What is wrong with a wheel, which has its own file name; None for nothing. Reads little of it."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            return _of_members(members, path) or _of_documents(archive, members, path.name)
    except _UNREADABLE as fault:
        return f"it cannot be read: {fault}"


def wheel_requires(path: Path) -> tuple[str, ...]:
    """What a whole wheel says that it needs, as its METADATA has it."""
    with zipfile.ZipFile(path) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        with archive.open(name) as stream:
            told = HeaderParser().parsestr(stream.read(_LARGEST).decode("utf-8", "replace"))
    return tuple(told.get_all("requires-dist", []))


def _of_members(members: list[zipfile.ZipInfo], path: Path) -> str | None:
    seen: dict[str, tuple[int, int]] = {}
    for one in members:
        fault = _of_name(one.orig_filename)
        if fault is not None:
            return f"{one.orig_filename!r}: {fault}"
        if one.flag_bits & 1:
            return f"{one.filename!r}: it is encrypted"
        content = (one.CRC, one.file_size)
        if not one.is_dir() and seen.setdefault(one.filename, content) != content:
            return f"{one.filename!r}: it is there twice, with different contents"
    for name in seen:
        folder = next((str(up) for up in PurePosixPath(name).parents if str(up) in seen), None)
        if folder is not None:
            return f"{folder!r}: it is a file and a folder"
    return _of_size(sum(one.file_size for one in members), path.stat().st_size)


def _of_name(name: str) -> str | None:
    parts = name.split("/")
    if name.startswith("/") or ".." in parts:
        return "it leads out of the folder that a wheel is unpacked into"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        return "it has a control character in its name"
    if any(len(part.encode(errors="surrogatepass")) > _LONGEST for part in parts):
        return f"a part of its name has more than {_LONGEST} bytes"
    if parts[0].endswith(".data") and len(parts) > 2 and parts[1] not in _SCHEMES:
        return f"{parts[1]!r} is no kind of data that a wheel may hold"
    return None


def _of_size(unpacked: int, packed: int) -> str | None:
    if unpacked <= max(_SMALL, packed * _RATIO):
        return None
    return f"it unpacks to {unpacked / 1e9:.1f} GB, {unpacked // packed} times its own size"


def _of_documents(
    archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo], filename: str
) -> str | None:
    names = {one.filename for one in members}
    tops = sorted({name.split("/")[0] for name in names if ".dist-info/" in name})
    folders = [top for top in tops if top.endswith(".dist-info")]
    if len(folders) != 1:
        return f"it has {len(folders)} .dist-info folders, not one"
    lost = [one for one in _DOCUMENTS if f"{folders[0]}/{one}" not in names]
    if lost:
        return f"it has no {folders[0]}/{lost[0]}"
    said = _headers(archive, f"{folders[0]}/METADATA")
    return _of_title(said, filename) or _of_format(_headers(archive, f"{folders[0]}/WHEEL"))


def _of_title(said: dict[str, str], filename: str) -> str | None:
    try:
        name, version, _, _ = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return "its name is not that of a wheel"
    if canonicalize_name(said.get("name", "")) != name:
        return f"its METADATA names {said.get('name')!r}, not {name!r}"
    if not _is_version(said.get("version", ""), version):
        return f"its METADATA has version {said.get('version')!r}, not {str(version)!r}"
    return None


def _is_version(text: str, version: Version) -> bool:
    try:
        return Version(text) == version
    except InvalidVersion:
        return False


def _of_format(said: dict[str, str]) -> str | None:
    version = said.get("wheel-version", "")
    if version.partition(".")[0].strip() != "1":
        return f"its Wheel-Version is {version!r}, and installers know 1"
    return None


def _headers(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    with archive.open(name) as stream:
        text = stream.read(_LARGEST).decode("utf-8", "replace")
    return {key.lower(): str(value) for key, value in HeaderParser().parsestr(text).items()}
