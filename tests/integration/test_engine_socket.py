"""The engine's client against servers made here: on unix sockets and loopback, with no engine."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ops0.cli.commands import doctor
from ops0.cli.main import ops0_command
from ops0.host.engine_errors import (
    EngineFull,
    EngineRefused,
    EngineTimeout,
    EngineTooOld,
    EngineUnreachable,
    NotDocker,
)
from ops0.host.engine_socket import EngineSocket
from ops0.host.engine_streams import answers, upload
from ops0_builder.engine.engine_images import image_id

Answers = Callable[[str, str, Any], tuple[int, Any]]


@contextmanager
def served(path: Path, answers: Answers, name: str = "Docker/28.5.2") -> Iterator[EngineSocket]:
    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = name, "(linux)"

        def answer(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(size)) if size else None
            status, value = answers(self.command, self.path, body)
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = answer

        def log_message(self, *args: object) -> None: ...

        def address_string(self) -> str:
            return "unix"

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

    with Server(str(path), Handler) as server:
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        yield EngineSocket.from_environment({"DOCKER_HOST": f"unix://{path}"})
        server.shutdown()


def test_a_question_and_its_answer(tmp_path: Path) -> None:
    asked: list[tuple[str, str, Any]] = []

    def answers(*request: Any) -> tuple[int, Any]:
        asked.append(request)
        return 200, {"said": "yes"}

    with served(tmp_path / "s", answers) as engine:
        answer = engine.call("POST", "/x/y", query={"a": "b c"}, body={"k": [1]})
    assert answer.json() == {"said": "yes"}
    assert asked == [("POST", "/v1.44/x/y?a=b+c", {"k": [1]})]


def test_an_error_is_typed_and_an_accepted_status_is_an_answer(tmp_path: Path) -> None:
    with served(tmp_path / "s", lambda *_: (404, {"message": "no such image"})) as engine:
        assert engine.call("GET", "/x", accept=(404,)).status == 404
        with pytest.raises(EngineRefused, match="no such image") as caught:
            engine.call("GET", "/x")
    assert caught.value.status == 404


def test_an_engine_of_another_age_is_told_by_its_own_figures(tmp_path: Path) -> None:
    def old(method: str, path: str, body: Any) -> tuple[int, Any]:
        if path == "/version":
            return 200, {"ApiVersion": "1.41", "MinAPIVersion": "1.12"}
        return 400, {"message": "client version 1.44 is too new"}

    with served(tmp_path / "s", old) as engine, pytest.raises(EngineTooOld) as caught:
        engine.call("GET", "/images/json")
    assert (caught.value.needed, caught.value.offered) == ("1.44", "1.41")


def test_podman_is_no_docker_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its service speaks Docker's API, up to where a build or a step needs more of it."""
    with served(tmp_path / "s", lambda *_: (200, {}), "Libpod/4.3.1") as engine:
        for method, path in (("GET", "/images/json"), ("POST", "/containers/create")):
            with pytest.raises(NotDocker, match=r"Podman answers there \(Libpod/4\.3\.1") as caught:
                engine.call(method, path)
            assert caught.value.exit_code == 63
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/s")
        told = CliRunner().invoke(ops0_command, ["doctor"])
        assert "Podman answers there" in told.output


def test_a_bad_request_to_a_new_engine_is_not_about_age(tmp_path: Path) -> None:
    def new(method: str, path: str, body: Any) -> tuple[int, Any]:
        if path == "/version":
            return 200, {"ApiVersion": "1.51", "MinAPIVersion": "1.24"}
        return 400, {"message": "bad parameter"}

    with served(tmp_path / "s", new) as engine, pytest.raises(EngineRefused, match="bad parameter"):
        engine.call("GET", "/x")


def test_a_full_disk_has_its_own_error(tmp_path: Path) -> None:
    message = {"message": "write /var/x: no space left on device"}
    with served(tmp_path / "s", lambda *_: (500, message)) as engine, pytest.raises(EngineFull):
        engine.call("POST", "/containers/create")


def test_silence_ends_after_its_time(tmp_path: Path) -> None:
    done = threading.Event()

    def silent(*_: Any) -> tuple[int, Any]:
        done.wait(10)
        return 200, {}

    with served(tmp_path / "s", silent) as engine:
        with pytest.raises(EngineTimeout) as caught:
            engine.call("GET", "/x", timeout=0.2)
        done.set()
    assert caught.value.seconds == 0.2


@pytest.mark.parametrize("kind", ["nothing", "file"])
def test_where_nobody_listens(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "s"
    if kind == "file":
        path.write_text("no socket")
    with pytest.raises(EngineUnreachable) as caught:
        EngineSocket.from_environment({"DOCKER_HOST": f"unix://{path}"}).call("GET", "/x")
    assert caught.value.hint
    assert os.fspath(path) in str(caught.value)


def test_a_torn_answer_is_no_answer(tmp_path: Path) -> None:
    class Torn(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1000)
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    with socketserver.UnixStreamServer(str(tmp_path / "s"), Torn) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        engine = EngineSocket.from_environment({"DOCKER_HOST": f"unix://{tmp_path / 's'}"})
        with pytest.raises(EngineUnreachable):
            engine.call("GET", "/x")


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server on loopback that answers everything with the same bytes, as ``HOST:PORT``."""

    class Same(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            got = b""  # all of it: what is unread when the server goes takes the answer back
            while not got.endswith(b"0\r\n\r\n" if b"chunked" in got else b"\r\n\r\n"):
                got += self.request.recv(10_000)
            self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Same) as server:
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        host, port = server.server_address[:2]
        yield f"{host!s}:{port}"
        server.shutdown()


PLAIN = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"  # as Go's servers say it


def test_an_engine_that_wants_tls_and_is_asked_without(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(PLAIN) as place:
        environ = {"DOCKER_HOST": f"tcp://{place}"}
        engine = EngineSocket.from_environment(environ)
        for ask in (engine.call, lambda *_: upload(engine, "/images/load", [b"x"])):
            with pytest.raises(EngineRefused, match="to an HTTPS server") as caught:
                ask("GET", "/info")
            assert "DOCKER_TLS_VERIFY=1" in str(caught.value.hint)
        monkeypatch.setenv("DOCKER_HOST", environ["DOCKER_HOST"])
        monkeypatch.delenv("DOCKER_TLS_VERIFY", raising=False)
        done = CliRunner().invoke(ops0_command, ["doctor"])
    assert isinstance(done.exception, doctor.NotReady)
    assert "DOCKER_TLS_VERIFY=1" in done.output


@pytest.mark.parametrize("body", [b"", b"<html>Not Found</html>", b"{}"])
def test_another_server_is_no_engine_that_lacks_an_image(body: bytes) -> None:
    """`ops0 build` went on, and said that there is no base image."""
    with answering(b"HTTP/1.0 404 Not Found\r\n\r\n" + body) as place:
        engine = EngineSocket.from_environment({"DOCKER_HOST": f"tcp://{place}"})
        with pytest.raises(NotDocker) as caught:
            image_id(engine, "ops0-base:3.11")
        assert str(caught.value).startswith(f"tcp://{place}: another server answers there (404), ")
        assert engine.call("HEAD", "/containers/x/archive", accept=(404,)).status == 404


def test_a_refusal_is_heard_although_the_engine_reads_no_further() -> None:
    """The rest of the upload met a closed connection, and the refusal was told as one that cannot be reached."""
    listening = socket.create_server(("127.0.0.1", 0))
    gone = threading.Event()

    def refuse() -> None:
        there, _ = listening.accept()
        with there:
            there.recv(64)
            there.sendall(b'HTTP/1.1 507 Full\r\nContent-Length: 18\r\n\r\n{"message":"full"}')
            there.shutdown(socket.SHUT_WR)
            while there.recv(65536):
                pass
        gone.set()

    def chunks() -> Iterator[bytes]:
        yield b"x" * 100_000
        raise BrokenPipeError  # as the kernel says it where the other side has hung up

    thread = threading.Thread(target=refuse)
    thread.start()
    host, port = listening.getsockname()
    engine = EngineSocket.from_environment({"DOCKER_HOST": f"tcp://{host}:{port}"})
    with listening, pytest.raises(EngineRefused, match="full"):
        upload(engine, "/images/load", chunks())
    thread.join(10)
    assert gone.is_set()


def test_a_server_that_is_no_engine() -> None:
    with answering(b"HTTP/1.0 200 OK\r\n\r\n<html>Welcome</html>") as place:
        engine = EngineSocket.from_environment({"DOCKER_HOST": f"tcp://{place}"})
        with pytest.raises(EngineRefused, match=r"GET /info: .*Welcome"):
            engine.call("GET", "/info").json()


def test_an_upload_to_an_engine_of_another_age_says_so(tmp_path: Path) -> None:
    def old(method: str, path: str, body: Any) -> tuple[int, Any]:
        if path == "/version":
            return 200, {"ApiVersion": "1.41", "MinAPIVersion": "1.12"}
        return 400, {"message": "client version 1.44 is too new"}

    with served(tmp_path / "s", old) as engine, pytest.raises(EngineTooOld):
        list(answers(engine, "/images/create", headers={}, seconds=5))


def test_the_longest_silence_is_told_as_it_was_set(tmp_path: Path) -> None:
    done = threading.Event()

    def silent(*_: Any) -> tuple[int, Any]:
        done.wait(10)
        return 200, {}

    with served(tmp_path / "s", silent) as engine:
        with pytest.raises(EngineTimeout, match=r"within 0\.2 s"):
            list(answers(engine, "/x", headers={}, seconds=0.2))
        done.set()
