"""What a source archive or folder says that it is built with: in its ``pyproject.toml``, and when its backend is asked.

source: https://packaging.python.org/en/latest/specifications/pyproject-toml/, ``build-system``; PEP 517
"""

from __future__ import annotations

import json
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import tomli

from ops0_builder.lock.place_errors import SourceBuildFailed
from ops0_builder.lock.uv_program import Uv

_LEGACY_REQUIRES = ("setuptools>=40.8.0", "wheel")
_LEGACY_BACKEND = "setuptools.build_meta:__legacy__"
_MOST_BYTES = 1 << 20
_UNREADABLE = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError),
    *(ValueError, RuntimeError),  # zipfile's for an encrypted member, and for a method it lacks
)
_ASK = """\
import importlib, json, sys
backend, paths, out = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
sys.path[:0] = paths
module, _, name = backend.partition(":")
found = importlib.import_module(module)
for part in filter(None, name.split(".")):
    found = getattr(found, part)
ask = getattr(found, "get_requires_for_build_wheel", None)
answer = [str(one) for one in ask()] if ask is not None else []
with open(out, "w", encoding="utf-8") as stream:
    json.dump(answer, stream)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildSystem:
    """What builds an archive. ``path``: folders in it that the backend is looked for in, before all others."""

    requires: tuple[str, ...] = _LEGACY_REQUIRES
    backend: str = _LEGACY_BACKEND
    path: tuple[str, ...] = ()


def build_system(sdist: Path, title: str) -> BuildSystem:
    """``[build-system]`` of the archive or folder, or what stands for nothing. Raises SourceBuildFailed."""
    try:
        text = _pyproject(sdist)
        table = tomli.loads(text).get("build-system") if text is not None else None
    except _UNREADABLE as fault:
        raise SourceBuildFailed(title, f"the archive cannot be read: {fault}") from None
    if not isinstance(table, dict) or not isinstance(table.get("requires"), list):
        return BuildSystem()
    path = table.get("backend-path")
    return BuildSystem(
        requires=_texts(table["requires"]),
        backend=str(table.get("build-backend") or _LEGACY_BACKEND),
        path=_texts(path) if isinstance(path, list) else (),
    )


def asked_requires(
    sdist: Path, system: BuildSystem, pins: Sequence[str], python: str, uv: Uv, folder: Path
) -> tuple[str, ...]:
    """What its backend asks for beside ``requires`` when it stands ready in an environment of these pins.

    A backend that fails says nothing here: the build fails in the same way, and tells why.

    folder: an empty one of ours
    raises: ResolverFailed
    """
    script, answer = folder / "ask.py", folder / "answer.json"
    try:
        source = sdist if sdist.is_dir() else _unpacked(sdist, folder / "unpacked")
    except _UNREADABLE:
        return ()
    script.write_text(_ASK, encoding="utf-8")
    given = folder / "pins.txt"
    given.write_text("".join(f"{pin}\n" for pin in pins), encoding="utf-8")
    paths = json.dumps([str(source / one) for one in system.path])
    done = uv.call(
        (
            *("run", "--no-project", "--isolated", "--python", python, "--directory", str(source)),
            *(("--with-requirements", str(given)) if pins else ()),
            *("--", "python", str(script), system.backend, paths, str(answer)),
        )
    )
    return _answer(answer) if done.code == 0 else ()


def _answer(file: Path) -> tuple[str, ...]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    return _texts(found) if isinstance(found, list) else ()


def _texts(entries: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(entry) for entry in entries)


def _unpacked(sdist: Path, to: Path) -> Path:
    """The folder in an archive, unpacked."""
    _unpack(sdist, to)
    (source,) = (one for one in to.iterdir() if one.is_dir())
    return source


def _unpack(sdist: Path, to: Path) -> None:
    if sdist.suffix == ".zip":
        with zipfile.ZipFile(sdist) as zipped:
            zipped.extractall(to)  # noqa: S202 - see below; it writes nothing beside the folder
        return
    with tarfile.open(sdist) as archive:
        # Where Python knows no filters this does nothing; building the archive runs its code all the same.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(to)  # noqa: S202 - as above


def _pyproject(sdist: Path) -> str | None:
    if sdist.is_dir():
        file = sdist / "pyproject.toml"
        return file.read_text(encoding="utf-8") if file.is_file() else None
    if sdist.suffix == ".zip":
        with zipfile.ZipFile(sdist) as zipped:
            inside = [name for name in zipped.namelist() if _is_pyproject(name)]
            if not inside:
                return None
            with zipped.open(inside[0]) as stream:
                return stream.read(_MOST_BYTES).decode()
    with tarfile.open(sdist) as archive:
        for member in archive:
            if member.isfile() and _is_pyproject(member.name):
                packed = archive.extractfile(member)
                return packed.read(_MOST_BYTES).decode() if packed is not None else None
    return None


def _is_pyproject(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return len(parts) == 2 and parts[1] == "pyproject.toml"
