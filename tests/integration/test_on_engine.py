"""``ops0 run --containers --on ENGINE``: built and run there, whatever DOCKER_HOST says."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import pytest
from driver.command import OPS0
from own_images import remove_images
from registries.certificates import own_certificate

from ops0.host.engine_address import EngineAddress, engine_address

pytestmark = pytest.mark.docker
PIPELINE = """
import ops0

@ops0.step
def items():
    yield from range(3)

@ops0.step
def square(x: int) -> int:
    return x * x

@ops0.step
def where(squares: list) -> str:
    return f"there: {squares}"

@ops0.pipeline
def flow():
    return where(square.map(items()))
"""
WANTED = "there: [0, 1, 4]\n"


@pytest.fixture
def over_tcp() -> Iterator[str]:
    """The address of this machine's engine behind a port of its own, as engines elsewhere are reached."""
    address = engine_address(os.environ)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        threading.Thread(target=_serve, args=(server, address), daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def over_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """As ``over_tcp``, for clients with a certificate only; and the folder that holds it."""
    folder, client = tmp_path_factory.mktemp("tls"), tmp_path_factory.mktemp("client")
    own_certificate(folder / "key.pem", client / "ca.pem")  # the engine's is its own authority
    own_certificate(client / "key.pem", client / "cert.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=client / "cert.pem")
    context.load_cert_chain(client / "ca.pem", folder / "key.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    address = engine_address(os.environ)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        serve = threading.Thread(target=_serve, args=(server, address, context), daemon=True)
        serve.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}", client


def _serve(
    server: socket.socket, address: EngineAddress, context: ssl.SSLContext | None = None
) -> None:
    with suppress(OSError):  # closed at the end of the test
        while True:
            near, _ = server.accept()
            threading.Thread(target=_shake, args=(near, address, context), daemon=True).start()


def _shake(near: socket.socket, address: EngineAddress, context: ssl.SSLContext | None) -> None:
    with suppress(OSError):  # a client that does not trust it, or goes in the middle
        _join(near if context is None else context.wrap_socket(near, server_side=True), address)


def _join(near: socket.socket, address: EngineAddress) -> None:
    with near, _connected(address) as far:
        back = threading.Thread(target=_pump, args=(far, near), daemon=True)
        back.start()
        _pump(near, far)
        back.join()


def _connected(address: EngineAddress) -> socket.socket:
    if address.socket is None:
        return socket.create_connection((address.host, address.port))
    far = socket.socket(socket.AF_UNIX)
    far.connect(address.socket)
    return far


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(1 << 16):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    name = f"on-{uuid.uuid4().hex[:8]}"
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    (tmp_path / "ops0.toml").write_text(f'name = "{name}"\n')
    yield tmp_path
    remove_images(name)


def run(
    project: Path, *more: str, environ: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[str]:
    """A run where DOCKER_HOST names no engine."""
    return subprocess.run(
        (OPS0, "run", "pipeline.py", "--containers", *more),
        cwd=project,
        env={**os.environ, "DOCKER_HOST": "unix:///nowhere.sock", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_named_engine_builds_and_runs(project: Path) -> None:
    address = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    assert run(project).returncode == 61
    done = run(project, "--on", address)
    assert (done.returncode, done.stdout) == (0, WANTED), done.stderr


def test_an_engine_over_tcp_builds_and_runs(project: Path, over_tcp: str) -> None:
    """All that a run says to an engine goes through: builds, values, streams, results."""
    done = run(project, "--on", over_tcp)
    assert (done.returncode, done.stdout) == (0, WANTED), done.stderr


def test_an_engine_over_tls_builds_and_runs(project: Path, over_tls: tuple[str, Path]) -> None:
    """Its own authority counts, whatever a variable says of those that Python's requests trust."""
    address, folder = over_tls
    others = ssl.get_default_verify_paths().cafile or str(folder / "cert.pem")
    environ = {"DOCKER_TLS_VERIFY": "1", "REQUESTS_CA_BUNDLE": others, "CURL_CA_BUNDLE": others}
    done = run(project, "--on", address, environ={**environ, "DOCKER_CERT_PATH": str(folder)})
    assert (done.returncode, done.stdout) == (0, WANTED), done.stderr
    (folder / "ca.pem").write_bytes((folder / "cert.pem").read_bytes())
    done = run(project, "--on", address, environ={**environ, "DOCKER_CERT_PATH": str(folder)})
    assert done.returncode == 61
    assert "DOCKER_CERT_PATH" in done.stderr


def test_a_context_over_tcp_builds_and_runs(project: Path, over_tcp: str) -> None:
    name = f"on-{uuid.uuid4().hex[:8]}"
    made = ["docker", "context", "create", name, "--docker", f"host={over_tcp}"]
    subprocess.run(made, capture_output=True, check=True)
    try:
        done = run(project, "--on", name)
    finally:
        subprocess.run(["docker", "context", "rm", "-f", name], capture_output=True, check=True)
    assert (done.returncode, done.stdout) == (0, WANTED), done.stderr
