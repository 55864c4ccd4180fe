"""Blobs of an image layout on their way to a registry: only those that it lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Lock

from ops0_builder.oci.layout import Blob, blob_path
from ops0_builder.registry.body import Body
from ops0_builder.registry.client import Repository
from ops0_builder.registry.patience import Stopped


@dataclass(frozen=True, kw_only=True, slots=True)
class PushEvent:
    """Where a push is. Blobs and bytes count those that the registry lacks, as far as it has been asked yet."""

    blobs: int = 0
    of_blobs: int = 0
    bytes: int = 0
    of_bytes: int = 0


OnPush = Callable[[PushEvent], None]


class Uploads:
    """Sends blobs of the layout in ``folder`` and tells how many. Threads may share it."""

    def __init__(self, repository: Repository, folder: Path, on_event: OnPush) -> None:
        self.repository, self.folder = repository, folder
        self._on_event = on_event
        self._lock = Lock()
        self._done: set[Blob] = set()
        self._lacking: list[int] = []
        self._sent: list[int] = []

    def send(self, blob: Blob) -> None:
        """Upload a blob that the registry lacks, and remove it from the folder. Raises RegistryError's kinds."""
        path = blob_path(self.folder, blob.digest)
        if not self.repository.has_blob(blob.digest):
            self._tell(self._lacking, blob)
            opened = partial(Sending, path, self.repository.transport.stop)
            self.repository.put_blob(blob.digest, Body(open=opened, length=blob.size))
            self._tell(self._sent, blob)
        path.unlink()
        with self._lock:
            self._done.add(blob)

    def lacks(self, blob: Blob) -> bool:
        """Whether the registry has yet to get a blob. Raises RegistryError's kinds."""
        if not self.repository.has_blob(blob.digest):
            return True
        with self._lock:
            self._done.add(blob)
        return False

    def is_done(self, blob: Blob) -> bool:
        """Whether the registry has a blob for sure."""
        with self._lock:
            return blob in self._done

    def tell(self) -> None:
        """Tell where the push is."""
        with self._lock:
            sent, lacking = self._sent, self._lacking
            self._on_event(
                PushEvent(
                    blobs=len(sent), of_blobs=len(lacking), bytes=sum(sent), of_bytes=sum(lacking)
                )
            )

    def _tell(self, sizes: list[int], blob: Blob) -> None:
        with self._lock:
            sizes.append(blob.size)
        self.tell()


class Sending:
    """A file on its way, which ends as soon as nobody wants it to arrive."""

    def __init__(self, path: Path, stop: Event) -> None:
        self._file, self._stop = path.open("rb"), stop

    def read(self, size: int = -1, /) -> bytes:
        """As a file's. Raises Stopped."""
        if self._stop.is_set():
            raise Stopped
        return self._file.read(size)

    def close(self) -> None:
        """As a file's."""
        self._file.close()
