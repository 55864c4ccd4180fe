"""What ops0 asks of a Docker Engine, and nothing more. Every call has a time limit, and may be made twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any, Literal, Protocol

from ops0.host.engine_frames import Channel
from ops0.host.usage import Usage
from ops0.host.walls import Rule


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """The engine's host: ``memory`` in bytes;  ``runtimes``: the names of what can run containers.

    unheld: of the limits of a container those that it cannot hold
    """

    memory: int
    processors: int
    runtimes: tuple[str, ...] = ()
    unheld: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerState:
    """One container as ``inspect`` tells it.

    started: whether it ever started;  code: its exit code, once it does not run;  memory: its limit in bytes
    """

    running: bool
    started: bool
    code: int
    out_of_memory: bool
    memory: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Owned:
    """A container or volume with its labels. ``created``: seconds since 1970."""

    kind: str
    name: str
    labels: Mapping[str, str]
    created: float


Streams = Literal["all", "input"]


class Attached(Protocol):
    """The standard streams of one container."""

    def read(self) -> bytes:
        """Some bytes of the multiplexed output; b"" at its end. Blocks without limit: the container may be silent."""

    def write(self, data: bytes) -> None:
        """Write to standard input. No error when nobody reads any more."""

    def close(self) -> None:
        """Let go; a ``read`` on another thread ends."""


class DockerApi(Protocol):
    """One engine. Threads may share it. Errors are those of ops0.host.engine_errors."""

    address: str

    def host(self) -> Host:
        """What the engine's host has."""

    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Make a volume; no error where it is there."""

    def create_container(self, name: str, config: Mapping[str, Any]) -> None:
        """Make a container; where the name is taken by the same attempt, that one is it."""

    def inspect(self, name: str) -> Mapping[str, Any]:
        """All that the engine says of a container."""

    def attach(self, name: str, which: Streams = "all") -> Attached:
        """Its standard streams, before it is started or while it runs.

        which: "all", or only its "input"

        Of one that has ended nothing ever comes: the engine waits for it to be started again.
        """

    def said(self, name: str) -> bytes:
        """All that one has said so far, as it would have come from ``attach``; b"" of one that is being removed.

        The Engine's log is bounded: of very much only the end is there.
        """

    def follow(self, name: str, channel: Channel) -> Iterator[bytes]:
        """All that one has said on a channel, and what it says until it ends; nothing of one that is gone.

        As ``said``, of very much only the end is there. A connection that breaks off raises EngineError.
        """

    def start(self, name: str) -> bool:
        """Start it once: a lost answer never starts it again after it has ended.

        Gives whether the engine answered at once: if not, it may have died, and with it the streams attached before.
        """

    def state(self, name: str) -> ContainerState | None:
        """Its state; None where there is no such container."""

    def wait(self, name: str, timeout: float) -> bool:
        """Wait until it does not run any more, at most ``timeout`` seconds. Gives whether it has ended."""

    def usage(self, name: str) -> Usage | None:
        """What its processes use now; None where it does not run."""

    def vanished(self, name: str) -> bool:
        """Whether the engine says that it runs, and has no process of it."""

    def stop(self, name: str, grace: float) -> None:
        """SIGTERM, then SIGKILL. No error where it is gone or does not run."""

    def remove_container(self, name: str) -> None:
        """Remove it, running or not. No error where it is gone."""

    def remove_volume(self, name: str) -> None:
        """Remove it. No error where it is gone."""

    def archive(self, name: str, path: str) -> AbstractContextManager[Iterator[bytes] | None]:
        """A file or folder inside it as the bytes of a tar; None where there is nothing at that path."""

    def put(self, name: str, path: str, archive: IO[bytes]) -> None:
        """Unpack a tar into a folder of a container, running or not."""

    def owned(self, label: str, value: str | None = None) -> tuple[Owned, ...]:
        """The containers, then the volumes, that carry a label (with that value)."""
