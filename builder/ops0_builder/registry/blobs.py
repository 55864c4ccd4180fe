"""Blobs of an image layout on their way to a registry: only those that it lacks, several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

from ops0_builder.oci.layout import blob_path
from ops0_builder.oci.values import Descriptor
from ops0_builder.registry.client import Repository
from ops0_builder.registry.patience import Stopped
from ops0_builder.registry.transport import Body

AT_ONCE = 4
_GRACE = 0.3
"""Seconds that a thread gets to end by itself after a fault."""
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

    The threads are daemons: one that waits for a silent registry must not keep Ctrl-C waiting.

    raises: what ``work`` raises, the first that comes
    """
    every = tuple(dict.fromkeys(items))
    ahead: SimpleQueue[A] = SimpleQueue()
    told: SimpleQueue[tuple[A, B] | BaseException] = SimpleQueue()
    for item in every:
        ahead.put(item)
    threads = [
        Thread(target=_work, args=(work, ahead, told, stop), daemon=True)
        for _ in range(min(AT_ONCE, len(every)))
    ]
    for thread in threads:
        thread.start()
    try:
        found = dict(_value(told.get()) for _ in every)
    except BaseException:
        stop.set()
        raise
    finally:
        for thread in threads:
            thread.join(_GRACE)
    return {item: found[item] for item in every}


def _work(
    work: Callable[[A], B],
    ahead: SimpleQueue[A],
    told: SimpleQueue[tuple[A, B] | BaseException],
    stop: Event,
) -> None:
    with suppress(Empty):
        while True:
            item = ahead.get_nowait()
            try:
                if stop.is_set():
                    raise Stopped  # noqa: TRY301 - told as any other end
                told.put((item, work(item)))
            except BaseException as fault:  # noqa: BLE001 - raised again by whoever waits
                told.put(fault)


def _value(told: tuple[A, B] | BaseException) -> tuple[A, B]:
    if isinstance(told, BaseException):
        raise told
    return told
