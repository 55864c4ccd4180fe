"""Reads the user's environment: what is installed and which imports it provides. No import, no program is started."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ops0.core.requirements.direct_url import DirectUrl, read_direct_url
from ops0.core.requirements.installed import (
    Installed,
    InstalledDistribution,
    record_prefixes,
    record_scripts,
    shared_prefixes,
)
from ops0.core.requirements.names import canonicalize_name

_INFO = re.compile(
    r"(?P<name>[^-]+(?:-[^-\d][^-]*)*)-(?P<version>[^-]+)(?:-py\d.*)?\.(?:dist|egg)-info"
)
_MOST_BYTES = 50_000_000
_DEPTH = 3
_OWN = "ops0"


@dataclass(frozen=True, slots=True)
class _Found:
    """One distribution before its prefixes are known. ``files`` is one path a line."""

    name: str
    version: str
    files: str
    origin: str | None


@dataclass(frozen=True, slots=True)
class Environment:
    """What is installed, as it was read: sorted by name, one each, the first on the path."""

    found: tuple[_Found, ...] = ()

    @property
    def versions(self) -> Mapping[str, str]:
        """Name -> version of what came from an index."""
        return {one.name: one.version for one in self.found if one.origin is None}

    @property
    def digest(self) -> str:
        """sha256 over all that was read: what follows from it is not worked out, which takes longer."""
        whole = hashlib.sha256()
        for one in self.found:
            whole.update(repr((one.name, one.version, one.origin, len(one.files))).encode())
            whole.update(one.files.encode("utf-8", "surrogatepass"))
        return whole.hexdigest()


def read_environment(path: Sequence[str] | None = None) -> Environment:
    """Read what is installed in the folders of ``path`` (default: the active environment's, see environment_path).

    leaves out: ops0 itself, broken metadata, folders that cannot be read
    """
    found: dict[str, _Found] = {}
    for folder in dict.fromkeys(environment_path() if path is None else path):
        for one in _read_folder(Path(folder)):
            found.setdefault(one.name, one)
    found.pop(_OWN, None)
    return Environment(tuple(found[name] for name in sorted(found)))


def installed_versions(path: Sequence[str] | None = None) -> Mapping[str, str]:
    """Normal name -> version, by the names of folders alone: no file is opened.

    path: default: this Python's own, which processes of it import from
    """
    found: dict[str, str] = {}
    for folder in dict.fromkeys(_own_path() if path is None else path):
        for _, match in _infos(Path(folder)):
            found.setdefault(canonicalize_name(match["name"]), match["version"])
    return found


def read_installed(
    path: Sequence[str] | None = None, namespaces: frozenset[str] = frozenset()
) -> Installed:
    """The same with what each distribution provides: ``installed_in`` of ``read_environment``."""
    return installed_in(read_environment(path), namespaces)


def installed_in(environment: Environment, namespaces: frozenset[str] = frozenset()) -> Installed:
    """Which imports and programs the distributions of an environment provide. Pure.

    namespaces: packages below which each distribution is told apart although they have an ``__init__``
    """
    found = {one.name: one for one in environment.found}
    provided = {name: record_prefixes(one.files, namespaces) for name, one in found.items()}
    for _ in range(_DEPTH):
        shared = shared_prefixes(provided.values()) - namespaces
        if not shared:
            break
        namespaces |= shared
        for name, prefixes in provided.items():
            if not shared.isdisjoint(prefixes):
                provided[name] = record_prefixes(found[name].files, namespaces)
    return Installed(
        tuple(
            InstalledDistribution(
                name=name,
                version=one.version,
                provides=provided[name],
                origin=one.origin,
                scripts=record_scripts(one.files),
            )
            for name, one in found.items()
        )
    )


def environment_path() -> tuple[str, ...]:
    """The folders of the user's packages: the activated virtual environment's, else those named, else this Python's.

    An ops0 that was installed as a tool of its own must see the environment in which the user works; where that is none
    to activate, as in a job of CI, OPS0_SITE_PACKAGES names its folders.
    """
    active = os.environ.get("VIRTUAL_ENV")
    if active and Path(active).resolve() != Path(sys.prefix).resolve():
        folders = sorted(Path(active).glob("lib*/python3.*/site-packages"))
        if folders:
            return tuple(map(str, folders))
    named = os.environ.get("OPS0_SITE_PACKAGES")
    if named:
        return tuple(one for one in named.split(os.pathsep) if one)
    return _own_path()


def _own_path() -> tuple[str, ...]:
    return tuple(
        folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))
    )


def _infos(folder: Path) -> Iterator[tuple[os.DirEntry[str], re.Match[str]]]:
    """The entries of a folder that say something of a distribution, by name."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        match = _INFO.fullmatch(entry.name)
        if match is not None:
            yield entry, match


def _read_folder(folder: Path) -> Iterator[_Found]:
    for entry, match in _infos(folder):
        # Half-removed installations are common: they provide nothing.
        with suppress(OSError, ValueError):
            yield _read_info(folder, entry.path, match["name"], match["version"])


def _read_info(folder: Path, info: str, name: str, version: str) -> _Found:
    told = read_direct_url(_read_text(f"{info}/direct_url.json"))
    files = _read_text(f"{info}/RECORD") or _installed_files(info)
    if files is None:
        files = _from_top_level(folder, info)
    if told is not None and told.source is not None:
        files += "\n" + "\n".join(_editable_files(folder, files, Path(told.source)))
    return _Found(canonicalize_name(name), version, files, _origin(told))


def _origin(told: DirectUrl | None) -> str | None:
    """Where it came from, in words; None for an index."""
    if told is None:
        return None
    if told.source is not None:
        return f"the folder {told.source}"
    return "an address" if told.path is None else f"the file or folder {told.path}"


def _installed_files(info: str) -> str | None:
    """What setuptools wrote before RECORD: paths relative to the info folder."""
    text = _read_text(f"{info}/installed-files.txt")
    if text is None:
        return None
    return "\n".join(line.removeprefix("../") for line in text.splitlines())


def _from_top_level(folder: Path, info: str) -> str:
    """Debian's packages ship no RECORD: what ``top_level.txt`` names and is really there."""
    names = (_read_text(f"{info}/top_level.txt") if Path(info).is_dir() else None) or ""
    found = []
    for name in names.split():
        if (folder / name).is_dir():
            found.append(f"{name}/__init__.py")
        elif (folder / f"{name}.py").is_file():
            found.append(f"{name}.py")
    return "\n".join(found)


def _editable_files(folder: Path, files: str, source: Path) -> Iterator[str]:
    """The modules of an editable installation."""
    for root in editable_roots(folder, files, source):
        yield from _modules_in(root)


def editable_roots(folder: Path, files: str, source: Path) -> list[Path]:
    """Where the modules of an editable installation are: the folders that its ``.pth`` names, else its source folder.

    folder: where it is installed;  files: its RECORD;  source: the folder that it was installed from
    """
    named = []
    for line in files.splitlines():
        pth = line.partition(",")[0]
        if pth.endswith(".pth") and "/" not in pth:
            lines = (_read_text(f"{folder}/{pth}") or "").splitlines()
            named += [
                Path(root) for root in lines if root and not root.startswith(("import ", "#"))
            ]
    return named or [root for root in (source / "src", source) if root.is_dir()][:1]


def _modules_in(root: Path) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(".py"):
            yield entry.name
        elif Path(entry.path, "__init__.py").is_file():
            yield f"{entry.name}/__init__.py"


def _read_text(path: str) -> str | None:
    """A whole file, of which each distribution has two: no Path and no buffer, which take three times as long."""
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
            size = os.fstat(stream.fileno()).st_size
            return stream.read(min(size, _MOST_BYTES)).decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
