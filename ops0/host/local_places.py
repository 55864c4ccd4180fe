"""Distributions in folders and files beside a project, from the disk. Nothing of them is imported, built or started."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ops0.core.requirements.installed import record_prefixes
from ops0.core.requirements.local import LocalDistribution, NoDistribution
from ops0.core.requirements.names import canonicalize_name
from ops0.core.requirements.places import NAMED
from ops0.core.requirements.sources import Sourced
from ops0.host.stated_names import file_bytes, name_in
from ops0.host.workspaces import folder_sources, workspace_top

_ROOTS = ("src", "lib", "python", "")
"""Where a folder's modules may stand, the first that has some counts."""
_DEPTH = 4
_MOST_FILES = 20_000


@dataclass(frozen=True, slots=True)
class LocalPlaces:
    """What stands beside the project with this root (absolute, links resolved). See ops0.core's Places."""

    folder: Path

    @property
    def root(self) -> str:
        """See Places."""
        return self.folder.as_posix()

    def at(self, path: str) -> LocalDistribution:
        """See Places."""
        place = self.folder / path
        if place.is_dir():
            name = name_in(place)
            if name is None:
                raise NoDistribution(
                    "has no name that can be read without running it",
                    f"{NAMED}, or give it a [project] name",
                )
            return LocalDistribution(name=name, path=path, provides=_provided_in(place))
        if place.is_file() and path.endswith((".whl", ".tar.gz", ".zip")):
            name = canonicalize_name(
                place.name.partition("-")[0]
                if path.endswith(".whl")
                else place.name.rpartition("-")[0]
            )
            return LocalDistribution(name=name, path=path, provides=_in_wheel(place))
        there = place.exists()
        raise NoDistribution(
            "is neither a folder nor a wheel or source archive" if there else "is not there",
            "name the folder that has its pyproject.toml"
            if there
            else f"check it out there; or {NAMED}",
        )

    def sources(self, path: str) -> tuple[Sourced, ...]:
        """See Places."""
        found = folder_sources(Path(os.path.normpath(self.folder / path)))
        return tuple(
            one
            if place is None
            else replace(one, path=Path(os.path.relpath(place, self.folder)).as_posix())
            for one, place in sorted(found.items(), key=lambda pair: pair[0])
        )

    def workspace_lock(self) -> tuple[str, bytes] | None:
        """See Places."""
        top = workspace_top(self.folder)
        if top is None or top == self.folder:
            return None
        data = file_bytes(top / "uv.lock")
        return (
            None
            if data is None
            else (Path(os.path.relpath(top / "uv.lock", self.folder)).as_posix(), data)
        )


def _provided_in(folder: Path) -> tuple[str, ...]:
    """The import prefixes of what a folder would install, by where its modules usually stand."""
    for root in _ROOTS:
        found = record_prefixes("\n".join(_modules(folder / root)))
        if found:
            return found
    return ()


def _modules(root: Path) -> Iterator[str]:
    """Python's files below a folder, as paths from it."""
    left = _MOST_FILES
    for here, folders, files in os.walk(root):
        depth = len(Path(here).relative_to(root).parts)
        folders[:] = sorted(one for one in folders if one.isidentifier()) if depth < _DEPTH else []
        for name in sorted(files):
            left -= 1
            if left < 0:
                return
            if name.endswith((".py", ".so", ".pyx")):
                yield Path(here, name.replace(".pyx", ".py")).relative_to(root).as_posix()


def _in_wheel(path: Path) -> tuple[str, ...]:
    if path.suffix != ".whl":
        return ()
    with suppress(zipfile.BadZipFile, OSError), zipfile.ZipFile(path) as archive:
        return record_prefixes("\n".join(sorted(archive.namelist())))
    return ()
