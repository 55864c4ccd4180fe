"""Files of a value: hashed while written, checked before use. Runs in images: Python 3.8.

A file is ``{"name": relative POSIX path, "size": bytes, "sha256": its digest (see digest.py)}``; one of more than
16 MiB has a ``"stamp"`` too (see later.py).
"""

from __future__ import annotations

import os
import stat

from ops0.core.values.digest import file_digest, is_digest
from ops0.core.values.faults import InputFault
from ops0.core.values.later import Later, other_bytes
from ops0.core.values.writer import FileWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Tuple, Union

_SYNCED_ABREAST = 32


def write_file(folder: str, name: str, data: bytes) -> Dict[str, Any]:
    """Write a whole file; gives its entry."""
    with FileWriter(folder, name) as file:
        file.write(data)
    return file.entry


def open_checked(folder: str, entry: Any) -> int:
    """Open a file that is, byte for byte, what its entry says. The caller closes the descriptor.

    entry:  with a ``Later`` in it (``to_check_later``) a large file's digest may still have to be worked out
    raises: InputFault
    """
    name, size, digest = _fields(entry)
    try:
        fd = os.open(
            os.path.join(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        )
    except OSError as fault:
        raise InputFault(
            f"{name}: {fault.strerror}", "the producer's files are gone: run again", name
        ) from None
    try:
        _check_kind(fd, name, size)
        later = entry.get("later")
        if isinstance(later, Later) and later.takes(fd, size, entry.get("stamp")):
            later.add(fd, name, size, digest)
        else:
            _check_bytes(fd, name, size, digest)
    except BaseException:
        os.close(fd)
        raise
    return fd


def read_checked(folder: str, entry: Any) -> bytes:
    """Read a whole file that is what its entry says. Raises InputFault."""
    fd = open_checked(folder, entry)
    with open(fd, "rb") as file:
        return file.read()


def checked_path(folder: str, entry: Any) -> str:
    """Give the path of a file that is what its entry says. Raises InputFault."""
    os.close(open_checked(folder, entry))
    return os.path.join(folder, entry["name"])


def to_check_later(value: Any, later: Later) -> Any:
    """Give a VALUE whose large files ``later`` may check. What JSON says can hold no such object.

    Not where the step gets the path: as a process of this user it could write there itself, which is not its producer's
    fault.
    """
    if not isinstance(value, dict) or value.get("format") in ("file", "folder"):
        return value
    told = dict(value)
    for name, with_later in (("files", _entry_with), ("items", to_check_later)):
        if isinstance(value.get(name), list):
            told[name] = [with_later(one, later) for one in value[name]]
    return told


def _entry_with(entry: Any, later: Later) -> Any:
    return {**entry, "later": later} if isinstance(entry, dict) else entry


def files_of(value: Any) -> List[Any]:
    """Give the file entries of a VALUE. Raises InputFault where it has none."""
    files = value.get("files") if isinstance(value, dict) else None
    if not isinstance(files, list) or not files:
        raise InputFault(
            "the manifest names no files", "the producer's manifest is broken: run again"
        )
    return files


def names_in(value: Any) -> Tuple[List[str], List[str]]:
    """Give the names of the files and folders of a VALUE and its items. Raises InputFault for one that leads out."""
    if not isinstance(value, dict):
        raise InputFault("the manifest holds no value", "save it again")
    files: List[str] = [
        str(one.get("name")) for one in value.get("files") or [] if isinstance(one, dict)
    ]
    folders: List[str] = list(value.get("folders") or [])
    for name in [*files, *folders]:
        if not is_inside(name):
            raise InputFault("the manifest names a file that cannot be", "save it again")
    for item in value.get("items") or []:
        inner_files, inner_folders = names_in(item)
        files += inner_files
        folders += inner_folders
    return files, folders


def is_inside(name: object) -> bool:
    """Whether a name stays in its folder: relative, no ``..``, no NUL."""
    if not isinstance(name, str) or not name or "\0" in name or name.startswith("/"):
        return False
    return not {"", ".", ".."} & set(name.split("/"))


def sync_file(path: Union[str, os.PathLike[str]]) -> None:
    """Put a file's bytes on the disk, so that they survive a loss of power. Raises OSError."""
    _sync(path, os.O_RDONLY | os.O_CLOEXEC)


def sync_files(paths: Iterable[Union[str, os.PathLike[str]]]) -> None:
    """Put the bytes of many files on the disk. Raises OSError.

    Side by side: a file system writes in one go what many wait for. 5,000 small files took 32 s one by one, so 1.6 s.
    """
    paths = list(paths)
    if len(paths) < 2:
        for path in paths:
            sync_file(path)
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - few values have many files

    with ThreadPoolExecutor(min(len(paths), _SYNCED_ABREAST)) as pool:
        for _ in pool.map(sync_file, paths):
            pass


def sync_folder(path: str) -> None:
    """Put the names in a folder on the disk. Raises OSError."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _sync(path: Union[str, os.PathLike[str]], flags: int) -> None:
    fd = os.open(path, flags)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _fields(entry: Any) -> Any:
    if isinstance(entry, dict):
        name, size, digest = entry.get("name"), entry.get("size"), entry.get("sha256")
        if is_inside(name) and type(size) is int and size >= 0 and is_digest(digest, size):
            return name, size, digest
    raise InputFault(
        "the manifest names a file that cannot be", "the producer's manifest is broken: run again"
    )


def _check_kind(fd: int, name: str, size: int) -> None:
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode):
        raise InputFault(f"{name}: not a regular file", "run again", name)
    if found.st_size != size:
        raise InputFault(
            f"{name}: {found.st_size} bytes, its producer wrote {size}", "run again", name
        )


def _check_bytes(fd: int, name: str, size: int, digest: str) -> None:
    if file_digest(fd, size) != digest:
        raise other_bytes(name)
