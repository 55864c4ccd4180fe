"""DockerApi over a real engine, by its HTTP API."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlencode

from ops0.host.engine_address import engine_address
from ops0.host.engine_errors import EngineRefused, EngineTimeout, EngineUnreachable
from ops0.host.engine_socket import Answer, EngineSocket, quoted
from ops0.host.engine_times import seconds_of
from ops0.host.usage import Usage
from ops0.runtime.engines.again import again
from ops0.runtime.engines.docker_api import Attached, ContainerState, Host, Owned, Streams
from ops0.runtime.engines.docker_stats import usage_of
from ops0.runtime.engines.docker_streams import SocketStreams

if TYPE_CHECKING:
    from ops0.host.engine_streams import Body

SECONDS = 60.0
"""The time limit of an ordinary call: a loaded machine starts a container in seconds, not minutes."""
_NEVER = "0001-01-01T00:00:00Z"
_CHUNK = 1 << 20


class SocketEngine:
    """DockerApi by an EngineSocket."""

    def __init__(self, engine: EngineSocket) -> None:
        self.address = engine.address.text
        self._engine = engine

    def _call(self, method: str, path: str, seconds: float = SECONDS, **more: Any) -> Answer:
        return self._engine.call(method, path, timeout=seconds, **more)

    @again
    def host(self) -> Host:
        """See DockerApi."""
        info = self._call("GET", "/info").json()
        return Host(
            memory=int(info["MemTotal"]),
            processors=int(info["NCPU"]),
            runtimes=tuple(sorted(info.get("Runtimes") or ())),
        )

    @again
    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """See DockerApi. The Engine itself gives the volume that is there."""
        self._call("POST", "/volumes/create", body={"Name": name, "Labels": dict(labels)})

    @again
    def create_container(self, name: str, config: Mapping[str, Any]) -> None:
        """See DockerApi."""
        try:
            self._call("POST", "/containers/create", query={"name": name}, body=dict(config))
        except EngineRefused as fault:
            if fault.status != 409 or not self._is_same(name, config):
                raise
        except (EngineTimeout, EngineUnreachable):
            # The answer was lost, not necessarily the request: the name tells.
            if not self._is_same(name, config):
                raise

    def _is_same(self, name: str, config: Mapping[str, Any]) -> bool:
        with suppress(EngineRefused):
            there = self._facts(name)["Config"]["Labels"] or {}
            return all(there.get(key) == value for key, value in config["Labels"].items())
        return False

    def _facts(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._call("GET", f"{_container(name)}/json").json()
        return found

    @again
    def inspect(self, name: str) -> Mapping[str, Any]:
        """See DockerApi."""
        return self._facts(name)

    @again
    def said(self, name: str) -> bytes:
        """See DockerApi. What the user's code printed comes before the protocol."""
        path = f"{_container(name)}/logs"
        try:
            printed = self._call("GET", path, query={"stderr": "1"}).body
            return printed + self._call("GET", path, query={"stdout": "1"}).body
        except EngineRefused as fault:
            if fault.status not in (404, 409):
                raise
            return b""

    @again
    def attach(self, name: str, which: Streams = "all") -> Attached:
        """See DockerApi."""
        gives = str(int(which == "all"))
        query = {"stdin": "1", "stdout": gives, "stderr": gives, "stream": "1"}
        return SocketStreams(*self._engine.stream(f"{_container(name)}/attach", query, SECONDS))

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
        self._call("POST", f"{_container(name)}/start", accept=(304,))

    def state(self, name: str) -> ContainerState | None:
        """See DockerApi."""
        try:
            facts = self._facts(name)
        except EngineRefused as fault:
            if fault.status == 404:
                return None
            raise
        state = facts["State"]
        return ContainerState(
            running=bool(state["Running"]),
            started=state["StartedAt"] != _NEVER,
            code=int(state["ExitCode"]),
            out_of_memory=bool(state["OOMKilled"]),
            memory=int(facts["HostConfig"]["Memory"]),
        )

    def wait(self, name: str, timeout: float) -> bool:
        """See DockerApi."""
        try:
            self._call("POST", f"{_container(name)}/wait", max(1.0, timeout), accept=(404,))
        except EngineTimeout:
            return False
        return True

    def usage(self, name: str) -> Usage | None:
        """See DockerApi."""
        query = {"stream": "false", "one-shot": "true"}
        told = self._call("GET", f"{_container(name)}/stats", query=query, accept=(404, 409))
        return usage_of(told.json()) if told.status < 300 else None

    def vanished(self, name: str) -> bool:
        """See DockerApi. Where a container has no task any more, the engine cannot list its processes."""
        state = self.state(name)
        if state is None or not state.running:
            return False
        told = self._call("GET", f"{_container(name)}/top", accept=(404, 409, 500))
        return told.status >= 300

    def stop(self, name: str, grace: float) -> None:
        """See DockerApi."""
        if grace <= 0:
            request, query = "kill", {"signal": "SIGKILL"}
        else:
            request, query = "stop", {"t": str(round(grace))}
        path = f"{_container(name)}/{request}"
        _gone_is_fine(partial(self._call, "POST", path, SECONDS + grace, query=query))

    @again
    def remove_container(self, name: str) -> None:
        """See DockerApi."""
        query = {"force": "true", "v": "true"}
        _gone_is_fine(partial(self._call, "DELETE", _container(name), query=query))

    @again
    def remove_volume(self, name: str) -> None:
        """See DockerApi."""
        _gone_is_fine(partial(self._call, "DELETE", f"/volumes/{quoted(name)}"))

    @contextmanager
    def archive(self, name: str, path: str) -> Iterator[Iterator[bytes] | None]:
        """See DockerApi."""
        try:
            opened = self._archive(name, path)
        except EngineRefused as fault:
            if fault.status != 404:
                raise
            yield None
            return
        left, body = opened
        with left:
            yield iter(partial(body.read, _CHUNK), b"")

    @again
    def _archive(self, name: str, path: str) -> tuple[ExitStack, Body]:
        from ops0.host.engine_streams import download  # noqa: PLC0415 - not for what starts and ends

        left = ExitStack()
        at = f"{_container(name)}/archive"
        return left, left.enter_context(download(self._engine, at, [("path", path)], SECONDS))

    @again
    def put(self, name: str, path: str, archive: IO[bytes]) -> None:
        """See DockerApi."""
        from ops0.host.engine_streams import put  # noqa: PLC0415 - few runs hand anything in

        archive.seek(0)
        put(self._engine, f"{_container(name)}/archive?{urlencode({'path': path})}", archive)

    @again
    def owned(self, label: str, value: str | None = None) -> tuple[Owned, ...]:
        """See DockerApi."""
        wanted = json.dumps({"label": [label if value is None else f"{label}={value}"]})
        query = {"all": "true", "filters": wanted}
        containers = self._call("GET", "/containers/json", query=query).json() or ()
        volumes = self._call("GET", "/volumes", query={"filters": wanted}).json()["Volumes"] or ()
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
                for v in volumes
            ),
        )


def connect(environ: Mapping[str, str] | None = None) -> SocketEngine:
    """The engine that the ``docker`` command would use.

    raises: EngineAddressError; EngineUnreachable, EngineForbidden, EngineTooOld when it does not answer as it should
    """
    engine = EngineSocket(engine_address(os.environ if environ is None else environ))
    engine.call("GET", "/_ping")
    return SocketEngine(engine)


def _container(name: str) -> str:
    return f"/containers/{quoted(name)}"


def _gone_is_fine(ask: Callable[[], object]) -> None:
    """404: gone. 409: not running, or another request removes it just now. 304: as it should be."""
    try:
        ask()
    except EngineRefused as fault:
        if fault.status not in (304, 404) and not (
            fault.status == 409 and "in use" not in str(fault)
        ):
            raise
