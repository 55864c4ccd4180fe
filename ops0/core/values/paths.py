"""Paths: the files themselves are handed on. Runs in images: Python 3.8."""

from __future__ import annotations

import os
import pathlib
import stat

from ops0.core.values.digest import side_by_side
from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.files import checked_path, is_inside
from ops0.core.values.writer import FileWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, NoReturn, Tuple

_MOST_FILES = 50_000
_TOUCHED = "did a step change what it was given? in processes nothing keeps it from that: let it work on a copy"


def is_path(value: Any) -> bool:
    """Whether it is a path object. A path as text is text."""
    return isinstance(value, pathlib.PurePath)


def save_path(value: Any, folder: str, name: str) -> Dict[str, Any]:
    """Copy a file, or a folder with all that is in it, under its own name; gives format, files and folders.

    Links to files inside the folder are followed; modes and times are not kept.
    raises: ValueFault for what is neither, and for links that lead out
    """
    path = os.path.abspath(str(value))
    base = os.path.basename(path) or "root"
    if not os.path.exists(path):
        raise ValueFault(
            f"result: the path {str(value)!r} has no file",
            "write the file first, or return str(path) to hand on a name",
        )
    if not base.isprintable():
        raise ValueFault(f"result: {base!r:.80} has characters that cannot be shown", "rename it")
    if os.path.isfile(path):
        return {"format": "file", "files": [_copy(path, folder, f"{name}/{base}")]}
    if not os.path.isdir(path):
        raise ValueFault(
            f"result: {path!r} is neither a file nor a folder", "return what a step can read whole"
        )
    if os.path.join(os.path.realpath(folder), "").startswith(
        os.path.join(os.path.realpath(path), "")
    ):
        raise ValueFault(
            f"result: the folder {path!r} is where results are written", "return a folder in it"
        )
    return _save_folder(path, base, folder, name)


def _save_folder(path: str, base: str, folder: str, name: str) -> Dict[str, Any]:
    files: List[Dict[str, Any]] = []
    folders = [base]
    for inner, full, is_dir in _walk(path, base):
        if not inner.isprintable():
            raise ValueFault(
                f"result: {inner!r:.80} has characters that cannot be shown", "rename it"
            )
        if len(files) >= _MOST_FILES:
            raise ValueFault(f"result: more than {_MOST_FILES} files", "return an archive of them")
        if is_dir:
            folders.append(inner)
        else:
            files.append(_copy(full, folder, f"{name}/{inner}"))
    for inner in folders:
        os.makedirs(os.path.join(folder, name, inner), exist_ok=True)
    return {"format": "folder", "files": files, "folders": [f"{name}/{inner}" for inner in folders]}


def load_path(value: Any, folder: str) -> Any:
    """Check all files and give the path. Nothing is copied. Raises InputFault."""
    try:
        return _checked(value, folder)
    except InputFault as fault:
        raise InputFault(str(fault), _TOUCHED, fault.name) from None


def _checked(value: Any, folder: str) -> Any:
    if value["format"] == "file":
        return pathlib.Path(checked_path(folder, value["files"][0]))
    folders = value.get("folders")
    if not isinstance(folders, list) or not folders or not all(is_inside(name) for name in folders):
        raise InputFault(
            "the manifest names no folder", "the producer's manifest is broken: run again"
        )
    for name in folders:
        if not os.path.isdir(os.path.join(folder, name)):
            raise InputFault(f"{name}: no such folder", "run again", name)
    side_by_side(lambda entry: checked_path(folder, entry), value["files"])
    return pathlib.Path(folder) / folders[0]


def _walk(path: str, base: str) -> Iterator[Tuple[str, str, bool]]:
    """List a folder in a fixed order: (name below its parent, full path, is it a folder)."""
    top = os.path.realpath(path) + os.sep
    for where, names, files in os.walk(path, onerror=_raise):
        names.sort()
        inside = os.path.normpath(os.path.join(base, os.path.relpath(where, path)))
        for name in names + sorted(files):
            full = os.path.join(where, name)
            if name in names and not os.path.islink(full):
                yield f"{inside}/{name}", full, True
                continue
            real = os.path.realpath(full)
            if not real.startswith(top) or not os.path.isfile(real):
                raise ValueFault(
                    f"result: {inside}/{name} is neither a file nor a link to a file in the same folder",
                    "return a folder of files and folders only",
                )
            yield f"{inside}/{name}", real, False


def _raise(fault: OSError) -> NoReturn:
    """Of a folder that cannot be listed ``os.walk`` would leave out what is in it, without a word."""
    raise ValueFault(
        f"result: {fault.filename}: {fault.strerror}",
        "return what the step may read",
    ) from fault


def _copy(path: str, folder: str, name: str) -> Dict[str, Any]:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except PermissionError as fault:
        _raise(fault)
    with open(fd, "rb", buffering=0) as source, FileWriter(folder, name) as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise ValueFault(f"result: {path} is not a regular file")
        file.copy(source)
    return file.entry
