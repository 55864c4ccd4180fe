"""Machines on which something is wrong. Each is a context manager that gives what to change for a command."""

from __future__ import annotations

import http.server
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from driver.wheels import make_index, make_wheel

CLOSED = "http://127.0.0.1:9/simple"  # the discard port: nothing listens there
OLD_API = "1.38"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Environment variables to set, and a program to start the command with."""

    env: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()


World = Callable[[Path], AbstractContextManager[Change]]


@contextmanager
def no_engine(scratch: Path) -> Iterator[Change]:
    """Nothing listens where the engine's socket should be."""
    yield Change(env={"DOCKER_HOST": f"unix://{scratch}/missing.sock"})


@contextmanager
def no_rights(scratch: Path) -> Iterator[Change]:
    """An engine listens, and this user may not connect. Root gives up the right to overrule modes."""
    with _serve(scratch / "engine.sock", _OldEngine) as socket:
        socket.chmod(0o000)
        drop = "-dac_override,-dac_read_search"
        prefix = ("setpriv", f"--bounding-set={drop}", f"--inh-caps={drop}")
        yield Change(
            env={"DOCKER_HOST": f"unix://{socket}"}, prefix=prefix if os.geteuid() == 0 else ()
        )


@contextmanager
def old_engine(scratch: Path) -> Iterator[Change]:
    """An engine of long ago answers."""
    with _serve(scratch / "engine.sock", _OldEngine) as socket:
        yield Change(env={"DOCKER_HOST": f"unix://{socket}"})


@contextmanager
def no_docker_program(scratch: Path) -> Iterator[Change]:
    """The engine is there, the ``docker`` program is not."""
    yield Change(env={"PATH": str(Path(sys.executable).parent)})


@contextmanager
def no_buildx(scratch: Path) -> Iterator[Change]:
    """A broken plug-in stands before the system's: ``docker buildx`` is no command any more."""
    yield _plugin(scratch, "#!/bin/sh\nexit 1\n")


@contextmanager
def old_buildx(scratch: Path) -> Iterator[Change]:
    """A buildx of long ago."""
    metadata = '{"SchemaVersion":"0.1.0","Vendor":"Docker Inc.","Version":"v0.8.2"}'
    version = "github.com/docker/buildx v0.8.2 6224def4dd2c3d347eee19db595348c50d7cb491"
    yield _plugin(
        scratch,
        "#!/bin/sh\n"
        f"""[ "$1" = docker-cli-plugin-metadata ] && echo '{metadata}' && exit 0\n"""
        f"""for word; do [ "$word" = version ] && echo '{version}' && exit 0; done\n"""
        "echo 'ERROR: invalid progress value: rawjson' >&2\nexit 1\n",
    )


@contextmanager
def no_disk(scratch: Path) -> Iterator[Change]:
    """The cache folder is on a file system of 64 kibibytes."""
    small = scratch / "small"
    small.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "ops0-e2e", str(small)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        yield Change(env={"OPS0_CACHE_DIR": str(small)})
    finally:
        subprocess.run(["umount", str(small)], check=True)


@contextmanager
def no_index(scratch: Path) -> Iterator[Change]:
    """No package index answers, and nothing is cached."""
    env = _isolated(scratch)
    yield Change(
        env=env | {"UV_DEFAULT_INDEX": CLOSED, "PIP_INDEX_URL": CLOSED, "UV_HTTP_RETRIES": "0"}
    )


@contextmanager
def small_index(scratch: Path) -> Iterator[Change]:
    """The only packages in the world are alpha 1.0, alpha 2.0, and beta 1.0, which needs alpha below 2."""
    wheels = (
        make_wheel(scratch / "wheels", "alpha", "1.0"),
        make_wheel(scratch / "wheels", "alpha", "2.0"),
        make_wheel(scratch / "wheels", "beta", "1.0", requires=("alpha<2",)),
    )
    index = make_index(scratch / "simple", wheels).as_uri()
    yield Change(env=_isolated(scratch) | {"UV_DEFAULT_INDEX": index, "PIP_INDEX_URL": index})


WORLDS: Mapping[str, World] = {
    "no engine": no_engine,
    "no rights": no_rights,
    "old engine": old_engine,
    "no docker program": no_docker_program,
    "no buildx": no_buildx,
    "old buildx": old_buildx,
    "no disk": no_disk,
    "no index": no_index,
    "small index": small_index,
}


def _isolated(scratch: Path) -> dict[str, str]:
    """No settings of this machine's pip and uv, and caches of one's own."""
    return {
        "UV_NO_CONFIG": "1",
        "UV_CACHE_DIR": str(scratch / "uv"),
        "UV_FIND_LINKS": "",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_CACHE_DIR": str(scratch / "pip"),
        "PIP_FIND_LINKS": "",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_RETRIES": "0",
        "OPS0_CACHE_DIR": str(scratch / "cache"),
    }


def _plugin(scratch: Path, script: str) -> Change:
    plugin = scratch / "docker" / "cli-plugins" / "docker-buildx"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(script)
    plugin.chmod(0o755)
    return Change(env={"DOCKER_CONFIG": str(scratch / "docker")})


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class _OldEngine(http.server.BaseHTTPRequestHandler):
    """Answers as an engine of API OLD_API does: newer paths are refused."""

    def do_GET(self) -> None:
        fresh = self.path.startswith("/v1.") and self.path.split("/")[1] != f"v{OLD_API}"
        refusal = f"client version is too new. Maximum supported API version is {OLD_API}"
        body = f'{{"message": "{refusal}"}}' if fresh else f'{{"ApiVersion": "{OLD_API}"}}'
        body = "OK" if self.path.endswith("/_ping") else body
        self.send_response(400 if fresh and body != "OK" else 200)
        self.send_header("Api-Version", OLD_API)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body.encode())

    do_HEAD = do_POST = do_GET  # noqa: N815 - http.server's names

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def _serve(path: Path, handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[Path]:
    with _UnixServer(str(path), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield path
        finally:
            server.shutdown()
            thread.join()
