"""Debian's docker-registry as a process, with or without TLS and a password."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from registries.certificates import Kind, own_certificate, signed_certificate

USER, PASSWORD = "builder", "a-canary-word"
_HASH = "$2a$04$qhJlJtyB2cezWvJXaNmnJOfYBQMwe5YOFnjSPXESQppN25SsrqbyC"  # of PASSWORD


@dataclass(frozen=True)
class Registry:
    port: int
    folder: Path

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "registry.crt"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def registry(
    folder: Path,
    *,
    tls: bool = False,
    certificate: Kind | None = None,
    password: bool = False,
    network_of: int | None = None,
) -> Iterator[Registry]:
    """A registry that keeps its data in ``folder``. ``network_of``: on the loopback of that process (needs root).

    tls: with a certificate that has signed itself;  certificate: with one of an authority, ``ca.crt`` in the folder
    """
    inside = () if network_of is None else ("nsenter", "--target", str(network_of), "--net")
    folder.mkdir(parents=True, exist_ok=True)
    served = Registry(free_port(), folder)
    http: dict[str, object] = {"addr": served.host, "secret": "test"}
    if certificate is not None:
        signed_certificate(folder, certificate)
    elif tls:
        own_certificate(folder / "registry.key", folder / "registry.crt")
    if tls or certificate is not None:
        http["tls"] = {
            "certificate": str(served.certificate),
            "key": str(folder / "registry.key"),
        }
    config: dict[str, object] = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": http,
    }
    if password:
        (folder / "htpasswd").write_text(f"{USER}:{_HASH}\n")
        config["auth"] = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
    (folder / "config.yml").write_text(json.dumps(config))  # JSON is YAML
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            [*inside, "docker-registry", "serve", str(folder / "config.yml")],
            stdout=log,
            stderr=log,
        )
        try:
            _wait(served, running, inside)
            yield served
        finally:
            running.terminate()
            running.wait(10)


def _wait(served: Registry, running: subprocess.Popen[bytes], inside: tuple[str, ...]) -> None:
    end = time.monotonic() + 20
    code = f"import socket, sys; sys.exit(socket.socket().connect_ex(('127.0.0.1', {served.port})))"
    ask = [*inside, sys.executable, "-c", code]
    while subprocess.run(ask, check=False).returncode if inside else not _listens(served.port):
        assert running.poll() is None, (served.folder / "log").read_text()
        assert time.monotonic() < end
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
