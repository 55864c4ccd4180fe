"""The wheels of this machine, by content: ``<cache>/wheels/<sha256[:2]>/<sha256>/<filename>``.

Each file is checked before it is given.
A file is read-only and appears by rename under the hash of its own bytes, so two ops0 at once at worst fetch
twice. A file whose bytes have changed since is dropped, and fetched again by whoever asked.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ops0.core.digest import stream_sha256
from ops0.core.locked import LockedFile
from ops0.host.folders import cache_dir, file_lock

WORK_PREFIX = ".work-"


def file_sha256(path: Path) -> str:
    """Hex sha256 of a file's bytes. Raises OSError."""
    with path.open("rb") as stream:
        return stream_sha256(stream)


@dataclass(frozen=True, slots=True)
class Wheelhouse:
    """A folder of files by content."""

    folder: Path

    @property
    def lock(self) -> Path:
        """The lock that all workplaces share: where nobody has it, a workplace that is there was left."""
        return self.folder / ".lock"

    def path(self, file: LockedFile) -> Path:
        """Where that file is, or would be."""
        return self.folder / file.sha256[:2] / file.sha256 / file.filename

    def held(self, files: Iterable[LockedFile]) -> dict[str, Path]:
        """sha256 -> path of those files that are here and whole. Damaged ones are removed."""
        wanted = list({file.sha256: file for file in files}.values())
        with ThreadPoolExecutor(4) as pool:
            whole = list(pool.map(self._is_whole, wanted))
        return {file.sha256: self.path(file) for file, ok in zip(wanted, whole, strict=True) if ok}

    def find(self, filename: str, sha256: str) -> LockedFile | None:
        """A file of which only name and hash are known, if it is here and whole."""
        file = LockedFile(filename=filename, sha256=sha256, size=0)
        if not self._is_whole(file):
            return None
        return replace(file, size=self.path(file).stat().st_size)

    def take(self, path: Path, sha256: str | None = None) -> LockedFile:
        """Move a file in under its own hash, ``sha256`` where that is known already: the caller judges it."""
        digest = sha256 or file_sha256(path)
        file = LockedFile(filename=path.name, sha256=digest, size=path.stat().st_size)
        place = self.path(file)
        place.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        path.chmod(0o444)
        path.replace(place)
        return file

    def drop(self, file: LockedFile) -> None:
        """Remove a file that is here but must not be."""
        self.path(file).unlink(missing_ok=True)

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """An empty folder on the same file system, removed at the end."""
        with (
            file_lock(self.lock, shared=True),
            tempfile.TemporaryDirectory(prefix=WORK_PREFIX, dir=self.folder) as folder,
        ):
            yield Path(folder)

    def _is_whole(self, file: LockedFile) -> bool:
        path = self.path(file)
        with suppress(FileNotFoundError):
            self._mark_used(path.parent)
            if path.is_dir():
                shutil.rmtree(path)
            elif file_sha256(path) == file.sha256:
                return True
            else:
                path.unlink()
        return False

    def _mark_used(self, folder: Path) -> None:
        """Note that a file is used now: its folder's time says so. Under the lock that ``ops0 gc`` removes under."""
        if folder.is_dir():
            with file_lock(self.lock, shared=True):
                os.utime(folder)


def user_wheelhouse() -> Wheelhouse:
    """The wheelhouse of the user who runs ops0."""
    return Wheelhouse(cache_dir() / "wheels")
