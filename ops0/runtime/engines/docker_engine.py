"""DockerApi over a real engine. docker_client and docker_errors alone import the Docker SDK."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import IO, Any

from ops0.host.engine_address import EngineAddress, engine_address
from ops0.host.engine_errors import EngineRefused, EngineTimeout, EngineUnreachable
from ops0.host.engine_frames import Channel, frame
from ops0.host.engine_socket import EngineSocket
from ops0.host.engine_times import seconds_of
from ops0.host.usage import Usage
from ops0.runtime.engines.again import again
from ops0.runtime.engines.docker_answers import host_of, state_of, usage_of
from ops0.runtime.engines.docker_api import Attached, ContainerState, Host, Owned, Streams
from ops0.runtime.engines.docker_client import client_of
from ops0.runtime.engines.docker_errors import gone_is_fine, is_of_ps, translated
from ops0.runtime.engines.docker_streams import SocketStreams

SECONDS = 60
"""The time limit of an ordinary call: a loaded machine starts a container in seconds, not minutes."""
_CHUNK = 1 << 20


class SdkEngine:
    """DockerApi by the Docker SDK."""

    def __init__(self, address: EngineAddress) -> None:
        self.address = address.text
        self._host: Host | None = None
        self._sdk = client_of(address, SECONDS)

    @again
    def host(self) -> Host:
        """See DockerApi. Asked once: an engine takes long to tell all that belongs to it."""
        if self._host is None:
            with self._errors("info"):
                self._host = host_of(self._sdk.info())
        return self._host

    @again
    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """See DockerApi. The Engine itself gives the volume that is there."""
        with self._errors(f"create volume {name}"):
            self._sdk.create_volume(name, labels=dict(labels))

    @again
    def create_container(self, name: str, config: Mapping[str, Any]) -> None:
        """See DockerApi."""
        request = f"create container {name}"
        try:
            with self._errors(request):
                self._sdk.create_container_from_config(dict(config), name)  # type: ignore[no-untyped-call]
        except EngineRefused as fault:
            if fault.status != 409 or not self._is_same(name, config):
                raise
        except (EngineTimeout, EngineUnreachable):
            # The answer was lost, not necessarily the request: the name tells.
            if not self._is_same(name, config):
                raise

    def _is_same(self, name: str, config: Mapping[str, Any]) -> bool:
        with suppress(EngineRefused), self._errors(f"inspect {name}"):
            there = self._sdk.inspect_container(name)["Config"]["Labels"] or {}
            return all(there.get(key) == value for key, value in config["Labels"].items())
        return False

    @again
    def inspect(self, name: str) -> Mapping[str, Any]:
        """See DockerApi."""
        with self._errors(f"inspect {name}"):
            told: Mapping[str, Any] = self._sdk.inspect_container(name)
        return told

    @again
    def said(self, name: str) -> bytes:
        """See DockerApi. What the user's code printed comes before the protocol."""
        try:
            with self._errors(f"logs of {name}"):
                printed = self._sdk.logs(name, stdout=False, stderr=True)
                protocol = self._sdk.logs(name, stdout=True, stderr=False)
        except EngineRefused as fault:
            if fault.status not in (404, 409):
                raise
            return b""
        return frame("err", printed) + frame("out", protocol)

    def follow(self, name: str, channel: Channel) -> Iterator[bytes]:
        """See DockerApi. The SDK's own stream has no time limit between two lines."""
        which = {"stdout": channel == "out", "stderr": channel == "err"}
        try:
            with self._errors(f"logs of {name}"):
                yield from self._sdk.logs(name, stream=True, follow=True, **which)
        except EngineRefused as fault:
            if fault.status not in (404, 409):
                raise

    @again
    def attach(self, name: str, which: Streams = "all") -> Attached:
        """See DockerApi."""
        gives = int(which == "all")
        params = {"stdin": 1, "stdout": gives, "stderr": gives, "stream": 1}
        with self._errors(f"attach {name}"):
            stream = self._sdk.attach_socket(name, params)
        # For TLS the SDK gives the socket itself, else a reader around it that cannot write.
        return SocketStreams(getattr(stream, "_sock", stream), stream)

    def start(self, name: str) -> bool:
        """See DockerApi. An engine that lost the answer to ``start`` is asked whether it did start."""
        try:
            with self._errors(f"start {name}"):
                self._sdk.start(name)
        except (EngineTimeout, EngineUnreachable):
            state = again(self.state)(name)
            if state is None:
                raise
            if not state.started:
                with self._errors(f"start {name}"):
                    self._sdk.start(name)
            return False
        return True

    def state(self, name: str) -> ContainerState | None:
        """See DockerApi."""
        try:
            with self._errors(f"inspect {name}"):
                facts = self._sdk.inspect_container(name)
        except EngineRefused as fault:
            if fault.status == 404:
                return None
            raise
        return state_of(facts)

    def wait(self, name: str, timeout: float) -> bool:
        """See DockerApi."""
        try:
            with self._errors(f"wait {name}"):
                self._sdk.wait(name, timeout=max(1, round(timeout)))
        except EngineTimeout:
            return False
        except EngineRefused as fault:
            if fault.status != 404:
                raise
        return True

    def usage(self, name: str) -> Usage | None:
        """See DockerApi."""
        try:
            with self._errors(f"stats {name}"):
                stats = self._sdk.stats(name, stream=False, one_shot=True)
        except EngineRefused as fault:
            if fault.status in (404, 409):
                return None
            raise
        return usage_of(stats)

    def vanished(self, name: str) -> bool:
        """See DockerApi. Where a container has no task any more, the engine cannot list its processes.

        It does so by the ``ps`` of its own host: one that is missing or fails says nothing of the container.
        """
        state = self.state(name)
        if state is None or not state.running:
            return False
        try:
            with self._errors(f"top {name}"):
                self._sdk.top(name)
        except EngineRefused as fault:
            return fault.status in (404, 409) or (fault.status == 500 and not is_of_ps(fault))
        return False

    def stop(self, name: str, grace: float) -> None:
        """See DockerApi."""
        with gone_is_fine(), self._errors(f"stop {name}"):
            if grace <= 0:
                self._sdk.kill(name, "SIGKILL")
            else:
                self._sdk.stop(name, timeout=round(grace))

    @again
    def remove_container(self, name: str) -> None:
        """See DockerApi."""
        with gone_is_fine(), self._errors(f"remove {name}"):
            self._sdk.remove_container(name, force=True, v=True)

    @again
    def remove_volume(self, name: str) -> None:
        """See DockerApi."""
        with gone_is_fine(), self._errors(f"remove volume {name}"):
            self._sdk.remove_volume(name)

    @contextmanager
    def archive(self, name: str, path: str) -> Iterator[Iterator[bytes] | None]:
        """See DockerApi."""
        stream = self._archive(name, path)
        if stream is None:
            yield None
            return
        try:
            with self._errors(f"read {path} of {name}"):
                yield stream
        finally:
            stream.close()

    @again
    def _archive(self, name: str, path: str) -> Any:
        try:
            with self._errors(f"read {path} of {name}"):
                return self._sdk.get_archive(name, path, chunk_size=_CHUNK)[0]
        except EngineRefused as fault:
            if fault.status != 404:
                raise
            return None

    @again
    def put(self, name: str, path: str, archive: IO[bytes]) -> None:
        """See DockerApi."""
        with self._errors(f"write {path} of {name}"):
            archive.seek(0)
            self._sdk.put_archive(name, path, archive)

    @again
    def owned(self, label: str, value: str | None = None) -> tuple[Owned, ...]:
        """See DockerApi."""
        wanted = {"label": [label if value is None else f"{label}={value}"]}
        with self._errors("list containers and volumes"):
            containers = self._sdk.containers(all=True, filters=wanted)
            volumes = self._sdk.volumes(filters=wanted)["Volumes"] or ()
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

    def _errors(self, request: str) -> AbstractContextManager[None]:
        return translated(self.address, request, SECONDS)


def connect(environ: Mapping[str, str] | None = None) -> SdkEngine:
    """The engine that the ``docker`` command would use.

    raises: EngineAddressError; EngineUnreachable, EngineForbidden, EngineTooOld when it does not answer as it should
    """
    environ = os.environ if environ is None else environ
    address = engine_address(environ)
    EngineSocket(address).call("GET", "/_ping")
    return SdkEngine(address)
