"""Blobs of an image layout on their way to a registry: only those that it lacks, several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from threading import Event
from typing import TypeVar

from ops0_builder.oci.layout import blob_path
from ops0_builder.oci.values import Descriptor
from ops0_builder.registry.client import Repository
from ops0_builder.registry.patience import Stopped
from ops0_builder.registry.transport import Body

AT_ONCE = 4
A = TypeVar("A")
B = TypeVar("B")


def missing_blobs(repository: Repository, blobs: Iterable[Descriptor]) -> tuple[Descriptor, ...]:
    """Those that the repository lacks, each once, the largest first so that none is left for the end alone."""
    every = {one.digest: one for one in blobs}
    held = side_by_side(repository.has_blob, every, repository.transport.stop)
    lacking = [every[digest] for digest, there in held.items() if not there]
    return tuple(sorted(lacking, key=lambda one: (-one.size, one.digest)))


def send_blobs(
    repository: Repository,
    blobs: Iterable[Descriptor],
    folder: Path,
    on_sent: Callable[[Descriptor], None],
) -> None:
    """Upload blobs of the layout in ``folder``. Raises RegistryError's kinds, the first that comes."""
    every = {one.digest: one for one in blobs}
    stop = repository.transport.stop

    def send(digest: str) -> None:
        descriptor = every[digest]
        path = blob_path(folder, digest)
        body = Body(open=partial(Sending, path, stop), length=descriptor.size)
        repository.put_blob(digest, body)
        on_sent(descriptor)

    side_by_side(send, every, stop)


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


def side_by_side(work: Callable[[A], B], items: Iterable[A], stop: Event) -> Mapping[A, B]:
    """``work`` for each item on a few threads, in the items' order. The first fault, or Ctrl-C, stops the others.

    raises: what ``work`` raises; Stopped only where nothing else is to be told
    """
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        futures = {item: pool.submit(work, item) for item in items}
        try:
            wait(futures.values(), return_when=FIRST_EXCEPTION)
            _raise_first(futures.values())
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return {item: future.result() for item, future in futures.items()}


def _raise_first(futures: Iterable[Future[B]]) -> None:
    faults = [fault for one in futures if one.done() and (fault := one.exception()) is not None]
    for fault in sorted(faults, key=lambda one: isinstance(one, Stopped)):
        raise fault
