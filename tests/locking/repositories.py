"""Real repositories of git, and servers that have them on loopback: HTTP by git's own http-backend, git's daemon."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from request_body import request_body

_NOBODY = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    **{f"GIT_{who}_DATE": "2024-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")},
}  # fmt: skip


def git(folder: Path, *words: str) -> str:
    argv = ("git", "-c", "protocol.file.allow=always", *words)
    env = {**{k: v for k, v in os.environ.items() if not k.startswith("GIT_")}, **_NOBODY}
    done = subprocess.run(
        argv, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def a_repository(folder: Path, form: str = "sha1") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main", f"--object-format={form}")
    # A server of another kind gives whatever it is asked for; git's own only what its refs lead to, unless told.
    git(folder, "config", "uploadpack.allowReachableSHA1InWant", "true")
    return folder


def commit(folder: Path, *tags: str) -> str:
    """Commit all that is there; the commit's name."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "more")
    for tag in tags:
        git(folder, "tag", tag)
    return git(folder, "rev-parse", "HEAD")


@dataclass
class GitServer:
    """Repositories below a folder, by HTTP. ``login``: user and password, where it wants some."""

    folder: Path
    port: int = 0
    login: str | None = None
    asked: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: GitServer = self.server.git  # type: ignore[attr-defined]
        server.asked.append(f"{self.command} {self.path}")
        told = self.headers.get("Authorization", "")
        server.headers.append(told)
        if server.login and told != f"Basic {base64.b64encode(server.login.encode()).decode()}":
            self._answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
            return
        path, _, query = self.path.partition("?")
        body = request_body(self)
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(server.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        }
        done = subprocess.run(
            ("git", "http-backend"), input=body, env=environment, capture_output=True, check=False
        )
        head, _, data = done.stdout.partition(b"\r\n\r\n")
        lines = [line.partition(": ")[::2] for line in head.decode().split("\r\n") if line]
        status = next((int(value.split()[0]) for key, value in lines if key == "Status"), 200)
        self._answer(status, [(key, value) for key, value in lines if key != "Status"], data)

    do_POST = do_GET

    def _answer(self, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def by_http(folder: Path) -> Iterator[GitServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.git = GitServer(folder, server.server_address[1])  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.git  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def by_daemon(folder: Path) -> Iterator[str]:
    """``git://127.0.0.1:PORT`` of git's own daemon."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = ("git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", "--export-all")
    env = {**os.environ, **_NOBODY, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory"}
    env["GIT_CONFIG_VALUE_0"] = "*"
    served = (*argv, f"--base-path={folder}", str(folder))
    with subprocess.Popen(served, env=env, start_new_session=True) as daemon:
        try:
            _await(port)
            yield f"git://127.0.0.1:{port}"
        finally:
            os.killpg(daemon.pid, 15)


def _await(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("git's daemon does not answer")


def head(folder: Path) -> str:
    return git(folder, "rev-parse", "HEAD")


def edited(folder: Path, text: str = "X = 2\n") -> str:
    (folder / "src/acme_lib/__init__.py").write_text(text)
    return commit(folder)
