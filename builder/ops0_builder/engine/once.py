"""One container, run once to its end, over the engine's socket: hardened, without network, removed always."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

from ops0.core.errors import EngineError
from ops0.host.engine_errors import EngineTimeout
from ops0.host.engine_frames import CHANNELS, Channel, Frames
from ops0.host.engine_socket import EngineSocket
from ops0.host.hardened import Limits, hardened_body
from ops0.host.owner import owner_labels, take_lease

TMP_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Once:
    """A container that has ended. ``code`` as the engine gives it: 128 + signal for a killed one."""

    code: int
    out: str
    err: str


class Together:
    """Containers that several threads run, so that all can be ended from another one."""

    def __init__(self, engine: EngineSocket) -> None:
        self._engine = engine
        self._lock = Lock()
        self._running: set[str] = set()
        self._is_over = False

    @contextmanager
    def running(self, container: str) -> Iterator[None]:
        """While it runs. Raises CancelledError where all have been ended."""
        with self._lock:
            if self._is_over:
                raise CancelledError
            self._running.add(container)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(container)

    def end(self) -> None:
        """Remove what runs, which ends whoever waits for it, and start no more."""
        with self._lock:
            self._is_over = True
            running = tuple(self._running)
        for container in running:
            remove_container(self._engine, container)


def once_body(
    image: str, argv: Sequence[str], labels: Mapping[str, str], *, native_code: bool = False
) -> Mapping[str, Any]:
    """What the engine is asked to create: the profile of a run, without its limits of memory. Pure."""
    limits = Limits(memory=None, cpu=None, tmp=TMP_BYTES)
    return {
        **hardened_body(image, labels, network=False, limits=limits, native_code=native_code),
        "Entrypoint": list(argv),
        "Cmd": [],
        "WorkingDir": "/",
    }


def run_once(
    engine: EngineSocket,
    image: str,
    argv: Sequence[str],
    *,
    labels: Mapping[str, str],
    timeout: float,
    together: Together | None = None,
    native_code: bool = False,
) -> Once:
    """Create, start, wait, read, remove.

    labels:   what it is for; whose it is, is added, so that what a killed ops0 leaves can be told
    timeout:  seconds that the container may take
    together: with what else it may be ended
    raises:   EngineError; EngineTimeout where it did not end in time; CancelledError where it was not to start
    """
    owned = {**labels, **owner_labels(take_lease())}
    created = engine.call(
        "POST", "/containers/create", body=once_body(image, argv, owned, native_code=native_code)
    )
    container = str(created.json()["Id"])
    path = f"/containers/{container}"
    try:
        with nullcontext() if together is None else together.running(container):
            engine.call("POST", f"{path}/start", accept=(304,))
            waited = engine.call("POST", f"{path}/wait", timeout=timeout).json()
        said = engine.call("GET", f"{path}/logs", query={"stdout": "1", "stderr": "1"}).body
        out, err = split_streams(said)
        return Once(code=int(waited["StatusCode"]), out=out, err=err)
    except EngineTimeout:
        raise EngineTimeout(engine.address.text, f"a container of {image}", timeout) from None
    finally:
        remove_container(engine, container)


def remove_container(engine: EngineSocket, container: str) -> None:
    """Take a container away, running or not, with its anonymous volumes; what the engine refuses is left."""
    query = {"force": "1", "v": "1"}
    with suppress(EngineError):  # the first error tells more; the label lets `ops0 gc` find it
        engine.call("DELETE", f"/containers/{container}", query=query, accept=(404, 409))


def split_streams(data: bytes) -> tuple[str, str]:
    """The engine's log frames as (stdout, stderr); a torn last frame counts as far as it goes."""
    parts: dict[Channel, list[bytes]] = {"out": [], "err": []}
    for channel, part in Frames().feed(data):
        parts[channel].append(part)
    out, err = (b"".join(parts[one]).decode("utf-8", "replace") for one in CHANNELS.values())
    return out, err
