"""DockerApi over a real engine, by requests of ops0's own: a client of many packages takes 0.15 s to import."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from ops0.host.engine_address import EngineAddress, engine_address
from ops0.host.engine_errors import EngineRefused, EngineTimeout, EngineUnreachable
from ops0.host.engine_socket import Answer, EngineSocket, quoted
from ops0.host.engine_times import seconds_of
from ops0.host.usage import Usage
from ops0.runtime.engines.again import again
from ops0.runtime.engines.docker_answers import host_of, state_of, usage_of
from ops0.runtime.engines.docker_api import Attached, ContainerState, Host, Owned, Streams
from ops0.runtime.engines.docker_errors import gone_is_fine, is_of_ps
from ops0.runtime.engines.docker_streams import SocketStreams
from ops0.runtime.engines.streams import Channel, Frames, frame

if TYPE_CHECKING:
    from ops0.host.engine_elsewhere import KeptConnections
    from ops0.host.engine_streams import Body

SECONDS = 60.0
"""The time limit of an ordinary call: a loaded machine starts a container in seconds, not minutes."""
_CHUNK = 1 << 20


class DockerEngine:
    """DockerApi by the Engine's API."""

    def __init__(self, address: EngineAddress) -> None:
        self.address = address.text
        self._host: Host | None = None
        self._engine = EngineSocket(address, _kept(address))

    @again
    def host(self) -> Host:
        """See DockerApi. Asked once: an engine takes long to tell all that belongs to it."""
        if self._host is None:
            self._host = host_of(self._ask("info", "GET", "/info").json())
        return self._host

    @again
    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """See DockerApi. The Engine itself gives the volume that is there."""
        body = {"Name": name, "Labels": dict(labels)}
        self._ask(f"create volume {name}", "POST", "/volumes/create", body=body)

    @again
    def create_container(self, name: str, config: Mapping[str, Any]) -> None:
        """See DockerApi."""
        request, query = f"create container {name}", {"name": name}
        try:
            self._ask(request, "POST", "/containers/create", query=query, body=dict(config))
        except EngineRefused as fault:
            if fault.status != 409 or not self._is_same(name, config):
                raise
        except (EngineTimeout, EngineUnreachable):
            # The answer was lost, not necessarily the request: the name tells.
            if not self._is_same(name, config):
                raise

    def _is_same(self, name: str, config: Mapping[str, Any]) -> bool:
        with suppress(EngineRefused):
            there = self._told(name)["Config"]["Labels"] or {}
            return all(there.get(key) == value for key, value in config["Labels"].items())
        return False

    def _told(self, name: str) -> Mapping[str, Any]:
        told: Mapping[str, Any] = self._of(f"inspect {name}", "GET", name, "json").json()
        return told

    @again
    def inspect(self, name: str) -> Mapping[str, Any]:
        """See DockerApi."""
        return self._told(name)

    @again
    def said(self, name: str) -> bytes:
        """See DockerApi. What the user's code printed comes before the protocol."""
        try:
            return frame("err", self._log(name, "stderr")) + frame("out", self._log(name, "stdout"))
        except EngineRefused as fault:
            if fault.status not in (404, 409):
                raise
            return b""

    def _log(self, name: str, which: str) -> bytes:
        told = self._of(f"logs of {name}", "GET", name, "logs", query={which: "1"}).body
        return b"".join(part for _, part in Frames().feed(told))

    def follow(self, name: str, channel: Channel) -> Iterator[bytes]:
        """See DockerApi. Between two lines there is no time limit."""
        from ops0.host.engine_streams import download  # noqa: PLC0415 - few runs need it

        which = {"out": "stdout", "err": "stderr"}[channel]
        query = ((which, "1"), ("follow", "1"))
        frames = Frames()
        try:
            with download(self._engine, _path(name, "logs"), query, seconds=None) as body:
                while data := body.some():
                    yield from (part for _, part in frames.feed(data))
        except EngineRefused as fault:
            if fault.status not in (404, 409):
                raise

    @again
    def attach(self, name: str, which: Streams = "all") -> Attached:
        """See DockerApi."""
        gives = str(int(which == "all"))
        query = {"stdin": "1", "stdout": gives, "stderr": gives, "stream": "1"}
        request = f"attach {name}"
        path = _path(name, "attach")
        return SocketStreams(
            self._engine.upgraded(path, query=query, timeout=SECONDS, request=request)
        )

    def start(self, name: str) -> bool:
        """See DockerApi. An engine that lost the answer to ``start`` is asked whether it did start."""
        try:
            self._start(name)
        except (EngineTimeout, EngineUnreachable):
            state = again(self.state)(name)
            if state is None:
                raise
            if not state.started:
                self._start(name)
            return False
        return True

    def _start(self, name: str) -> None:
        self._of(f"start {name}", "POST", name, "start", accept=(304,))

    def state(self, name: str) -> ContainerState | None:
        """See DockerApi."""
        answer = self._of(f"inspect {name}", "GET", name, "json", accept=(404,))
        return None if answer.status == 404 else state_of(answer.json())

    def wait(self, name: str, timeout: float) -> bool:
        """See DockerApi."""
        try:
            self._of(f"wait {name}", "POST", name, "wait", accept=(404,), timeout=max(1.0, timeout))
        except EngineTimeout:
            return False
        return True

    def usage(self, name: str) -> Usage | None:
        """See DockerApi."""
        query = {"stream": "0", "one-shot": "1"}
        answer = self._of(f"stats {name}", "GET", name, "stats", query=query, accept=(404, 409))
        return None if answer.status != 200 else usage_of(answer.json())

    def vanished(self, name: str) -> bool:
        """See DockerApi. Where a container has no task any more, the engine cannot list its processes.

        It does so by the ``ps`` of its own host: one that is missing or fails says nothing of the container.
        """
        state = self.state(name)
        if state is None or not state.running:
            return False
        try:
            self._of(f"top {name}", "GET", name, "top")
        except EngineRefused as fault:
            return fault.status in (404, 409) or (fault.status == 500 and not is_of_ps(fault))
        return False

    def stop(self, name: str, grace: float) -> None:
        """See DockerApi."""
        request = f"stop {name}"
        with gone_is_fine():
            if grace <= 0:
                self._of(request, "POST", name, "kill", query={"signal": "SIGKILL"})
            else:
                query, limit = {"t": str(round(grace))}, SECONDS + grace
                self._of(request, "POST", name, "stop", query=query, timeout=limit)

    @again
    def remove_container(self, name: str) -> None:
        """See DockerApi."""
        query = {"force": "1", "v": "1"}
        with gone_is_fine():
            self._ask(f"remove {name}", "DELETE", _path(name), query=query)

    @again
    def remove_volume(self, name: str) -> None:
        """See DockerApi."""
        with gone_is_fine():
            self._ask(f"remove volume {name}", "DELETE", f"/volumes/{quoted(name)}")

    @contextmanager
    def archive(self, name: str, path: str) -> Iterator[Iterator[bytes] | None]:
        """See DockerApi."""
        with ExitStack() as held:
            body = self._archive(held, name, path)
            yield None if body is None else iter(partial(body.read, _CHUNK), b"")

    @again
    def _archive(self, held: ExitStack, name: str, path: str) -> Body | None:
        from ops0.host.engine_streams import download  # noqa: PLC0415 - not before something is read

        query = (("path", path),)
        try:
            return held.enter_context(download(self._engine, _path(name, "archive"), query))
        except EngineRefused as fault:
            if fault.status != 404:
                raise
            return None

    @again
    def put(self, name: str, path: str, archive: IO[bytes]) -> None:
        """See DockerApi."""
        from ops0.host.engine_streams import put  # noqa: PLC0415 - few runs need it

        archive.seek(0)
        put(self._engine, _path(name, "archive"), {"path": path}, archive)

    @again
    def owned(self, label: str, value: str | None = None) -> tuple[Owned, ...]:
        """See DockerApi."""
        wanted = json.dumps({"label": [label if value is None else f"{label}={value}"]})
        request = "list containers and volumes"
        every = {"all": "1", "filters": wanted}
        containers = self._ask(request, "GET", "/containers/json", query=every).json()
        volumes = self._ask(request, "GET", "/volumes", query={"filters": wanted}).json()
        return (
            *(
                Owned(
                    kind="container",
                    name=c["Names"][0].lstrip("/"),
                    labels=c["Labels"],
                    created=float(c["Created"]),
                )
                for c in containers
                if c.get("Names")
            ),
            *(
                Owned(
                    kind="volume",
                    name=v["Name"],
                    labels=v["Labels"] or {},
                    created=seconds_of(v.get("CreatedAt")),
                )
                for v in volumes["Volumes"] or ()
            ),
        )

    def _of(self, request: str, method: str, name: str, what: str, **how: Any) -> Answer:
        return self._ask(request, method, _path(name, what), **how)

    def _ask(self, request: str, method: str, path: str, **how: Any) -> Answer:
        return self._engine.call(method, path, request=request, **{"timeout": SECONDS, **how})


def connect(environ: Mapping[str, str] | None = None) -> DockerEngine:
    """The engine that the ``docker`` command would use.

    raises: EngineAddressError; EngineUnreachable, EngineForbidden, EngineTooOld when it does not answer as it should
    """
    address = engine_address(os.environ if environ is None else environ)
    EngineSocket(address).call("GET", "/_ping")
    return DockerEngine(address)


def _path(name: str, what: str = "") -> str:
    return f"/containers/{quoted(name)}{'/' if what else ''}{what}"


def _kept(address: EngineAddress) -> KeptConnections | None:
    if address.socket is not None:
        return None
    from ops0.host.engine_elsewhere import KeptConnections  # noqa: PLC0415 - engines are rarely elsewhere

    return KeptConnections()
