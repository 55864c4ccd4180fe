"""Finds the project of a pipeline file on disk: its root, its settings, and its files as a Source."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shlex import quote

from ops0.core.configuration.settings import Settings, parse_settings
from ops0.core.errors import AnalysisError, SettingsError
from ops0.core.few import few
from ops0.core.folders import home_dir
from ops0.core.pipeline import Where
from ops0.core.toml_text import BadSetting, tables_of
from ops0.host.pipelines_here import pipelines_in
from ops0.host.settings_owners import ForeignSettings, Trusted, trusted_for
from ops0.host.stated_top import stated_top

BUNDLE_SUFFIX = ".ops0"
_OWN_FILE = "ops0.toml"
_PYPROJECT = "pyproject.toml"
_USUAL = "pipeline.py"
_SOURCES = ("", ".py", ".pyw", ".ipynb")
_MARKS = (
    ".git",
    "requirements.txt",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "environment.yml",
    "environment.yaml",
)
"""What stands at the top of a project that has no settings of ops0's, besides a ``pyproject.toml`` that can be read."""


class NoPipelineNamed(SettingsError):
    """A command without a pipeline, in a project whose settings name none."""

    exit_code = 9

    def __init__(self, folder: Path, files: tuple[str, ...] = ()) -> None:
        """``files``: those there that look like pipelines."""
        here = f"name the file behind the command: {few(files, 3)}"
        super().__init__(
            f"{folder}: no pipeline here: the settings name none, and there is no {_USUAL}",
            here if files else "run `ops0 init` to start one, or name a file: `ops0 run flow.py`",
        )
        self.folder = folder


class BundleGiven(SettingsError):
    """A bundle where a pipeline's source is wanted: it holds images and documents, no code."""

    exit_code = 9

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: a bundle holds images, not the pipeline's source",
            f"run it: `ops0 run {quote(str(path))}`; what else is done with one: `ops0 bundle --help`",
        )
        self.path = path


class NotSource(AnalysisError):
    """A file that is neither Python nor a notebook, by its name."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: not a Python file or notebook",
            "name the file that has the functions, as flow.py or flow.ipynb",
        )
        self.path = path


class OutsideProject(AnalysisError):
    """A path that leads out of the project's root, by ``..`` or through a link."""

    def __init__(self, path: str, root: Path) -> None:
        super().__init__(
            f"{path}: leads out of the project",
            hint=f"keep it under {root}, or put {_OWN_FILE} in a folder above",
        )
        self.path, self.root = path, root


class UnreadableFile(AnalysisError):
    """A file that is there and cannot be read."""

    def __init__(self, path: str, fact: str) -> None:
        super().__init__(f"{path}: cannot be read: {fact}", hint="check the file's permissions")
        self.path = path


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """Where things are.

    root:     absolute, links resolved;   entry: the pipeline file, POSIX, relative to root
    roots:    import roots, relative to root: the entry's folder, those above it up to the root, ``src``; ``""`` is the
              root itself
    selected: the pipeline's name where one was given after a colon
    """

    root: Path
    entry: str
    settings: Settings
    roots: tuple[str, ...]
    selected: str | None = None

    @property
    def is_main(self) -> bool:
        """Whether the entry is the file that is meant where a command names none."""
        return self.entry == (self.settings.pipeline or _USUAL).partition(":")[0]

    @property
    def source(self) -> DiskSource:
        """Its files."""
        return DiskSource(self.root)


def find_project(path: Path, selected: str | None = None) -> Project:
    """Find the project that a pipeline file belongs to. The file itself may be missing: reading it tells.

    path:   a pipeline file; or a folder, where the settings name the file or ``pipeline.py`` stands
    root:   the nearest folder, from the file upwards, with ``ops0.toml`` or ``[tool.ops0]``; else the nearest that
            looks like the top of a project (``_MARKS``), below the user's home; else what the file itself puts on
            ``sys.path``, its own, or the first above that is no package
    raises: SettingsError and its kinds, NoPipelineNamed, BundleGiven, NotSource, ForeignSettings
    """
    place = path.absolute()
    if path.suffix == BUNDLE_SUFFIX and place.is_file():
        raise BundleGiven(path)
    if path.suffix not in _SOURCES and place.is_file():
        raise NotSource(path)
    is_folder = place.is_dir()
    folder = (place if is_folder else place.parent).resolve()
    root, settings = _nearest_settings(folder, trusted_for(place), folder / place.name)
    if is_folder:
        entry, _, name = _named(settings, folder, root, path).partition(":")
        selected = selected or name or None
    else:
        entry = (folder / place.name).relative_to(root).as_posix()
    above = PurePosixPath(entry).parents
    roots = ["" if one == PurePosixPath() else one.as_posix() for one in above]
    if (root / "src").is_dir():
        roots.append("src")
    return Project(
        root=root,
        entry=entry,
        settings=settings,
        roots=tuple(dict.fromkeys(roots)),
        selected=selected,
    )


def settings_of(folder: Path) -> tuple[Path, Settings]:
    """The project that a folder is in, whether or not it names a pipeline: root and settings.

    raises: SettingsError and its kinds, ForeignSettings
    """
    return _nearest_settings(folder.resolve(), trusted_for(folder), folder)


def _named(settings: Settings, folder: Path, root: Path, path: Path) -> str:
    """The file that is meant when only a folder is named: the settings', else the folder's own ``pipeline.py``."""
    if settings.pipeline is not None:
        return settings.pipeline
    if (folder / _USUAL).is_file():
        return (folder / _USUAL).relative_to(root).as_posix()
    raise NoPipelineNamed(path, pipelines_in(folder))


@dataclass(frozen=True, slots=True)
class DiskSource:
    """A folder as a Source: read when asked, nothing outside ``root`` (absolute, links resolved) is ever given."""

    root: Path

    def read(self, path: str) -> bytes | None:
        """See Source. Raises OutsideProject, UnreadableFile."""
        real = self._real(path)
        if real is None or not _kind(real, stat.S_IFREG):
            return None
        if not real.is_relative_to(self.root):
            raise OutsideProject(path, self.root)
        try:
            return real.read_bytes()
        except OSError as fault:
            raise UnreadableFile(path, fault.strerror or str(fault)) from None

    def is_dir(self, path: str) -> bool:
        """See Source."""
        real = self._real(path)
        return real is not None and real.is_relative_to(self.root) and _kind(real, stat.S_IFDIR)

    def list(self, path: str) -> tuple[str, ...]:
        """See Source."""
        real = self._real(path)
        if real is None or not real.is_relative_to(self.root):
            return ()
        try:
            return tuple(sorted(os.listdir(real)))  # noqa: PTH208 - names are wanted, not paths
        except PermissionError as fault:
            raise UnreadableFile(path, fault.strerror or str(fault)) from None
        except OSError:
            return ()

    def _real(self, path: str) -> Path | None:
        """The place with all links followed, or None where no such name can be."""
        try:
            return (self.root / path).resolve()
        except (OSError, ValueError, RuntimeError):
            return None


def _kind(path: Path, kind: int) -> bool:
    try:
        return stat.S_IFMT(path.stat().st_mode) == kind
    except (OSError, ValueError):
        return False


def _nearest_settings(folder: Path, trusted: Trusted, file: Path) -> tuple[Path, Settings]:
    for place in (folder, *folder.parents):
        own = _own(place / _OWN_FILE, trusted)
        shared = _shared(place / _PYPROJECT, trusted)
        if own is not None:
            if shared is not None:
                fact, hint = (
                    f"is also set by {_OWN_FILE}",
                    "keep the settings in one of the two files",
                )
                raise BadSetting(Where(_PYPROJECT, 1), "tool.ops0", fact, hint)
            return place, parse_settings(own, _OWN_FILE) or Settings()
        if shared is not None:
            return place, shared
    return _top_without_settings(folder, trusted, file), Settings()


def _own(path: Path, trusted: Trusted) -> bytes | None:
    """What ops0's own file holds. Raises ForeignSettings."""
    stranger = trusted.stranger(path)
    if stranger is not None:
        raise ForeignSettings(path, stranger)
    return _read(path)


def _shared(path: Path, trusted: Trusted) -> Settings | None:
    """What a ``pyproject.toml`` says to ops0. Files that say nothing to it are none of our business, however broken."""
    data = _read(path)
    if data is None or b"ops0" not in data:
        return None
    stranger = trusted.stranger(path)
    try:
        found = parse_settings(data, _PYPROJECT)
    except SettingsError:
        if stranger is None:
            raise
        raise ForeignSettings(path, stranger) from None
    if found is not None and stranger is not None:
        raise ForeignSettings(path, stranger)
    return found


def _top_without_settings(folder: Path, trusted: Trusted, file: Path) -> Path:
    """Where a project begins that has never heard of ops0: its files import each other from there."""
    home = home_dir()
    for place in (folder, *folder.parents):
        if place in (home, *home.parents):
            break
        marks = [place / mark for mark in _MARKS if (place / mark).exists()]
        if _is_toml(place / _PYPROJECT):
            marks.append(place / _PYPROJECT)
        if any(trusted.stranger(mark) is None for mark in marks):
            return place
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent  # a module of a package is imported from above the package
    return stated_top(DiskSource(folder), file, folder, trusted)


def _is_toml(path: Path) -> bool:
    try:
        return tables_of(_read(path)) is not None
    except UnreadableFile:
        return False


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as fault:
        raise UnreadableFile(path.name, fault.strerror or str(fault)) from None
