"""Which servers are one, who we are to a proxy, what is trusted, and answers without end. Nobody is asked here."""

from __future__ import annotations

import base64
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from urllib3.exceptions import HTTPError

from ops0_builder.registry import certificates
from ops0_builder.registry.answers import Answer
from ops0_builder.registry.body import Body
from ops0_builder.registry.client import Repository
from ops0_builder.registry.credentials import Credentials
from ops0_builder.registry.deadline import POOLS, Deadline
from ops0_builder.registry.errors import CredentialsUnusable, RegistryUnreachable
from ops0_builder.registry.patience import Patience
from ops0_builder.registry.reference import parse_reference
from ops0_builder.registry.transport import Transport

HOST = "registry.example"
KNOWN = Credentials(source="a login", username="me", password="secret")


class Uploads(Transport):
    """A registry that names a place to upload to; notes what it is told of us there."""

    place = ""
    told: tuple[str, str | None] = ("", None)

    def _send(
        self, method: str, url: str, headers: object, authorization: str | None, body: object
    ):  # type: ignore[no-untyped-def,override]
        if authorization is None and url.startswith(f"https://{HOST}/"):
            asks = {"www-authenticate": 'Basic realm="all"'}
            return Answer(status=401, headers=asks, body=b"", url=url)
        self.told = (url, authorization)
        status = 202 if method == "POST" else 201
        return Answer(status=status, headers={"location": self.place}, body=b"", url=url)


@pytest.mark.parametrize(
    ("host", "place", "ours"),
    [
        (HOST, f"https://{HOST}:443/v2/x", True),
        (HOST, f"https://{HOST.upper()}/v2/x", True),
        (HOST, f"HTTPS://{HOST}/v2/x", True),
        (f"{HOST}:443", f"https://{HOST}/v2/x", True),
        (HOST, f"https://{HOST}:444/v2/x", False),
        (HOST, f"https://{HOST}.other/v2/x", False),
    ],
)
def test_the_same_server_in_other_words_is_told_who_we_are(
    host: str, place: str, ours: bool
) -> None:
    uploads = Uploads(host, KNOWN, Patience(attempts=1))
    uploads.place = place
    uploads._authorization._kept["repository:x:pull,push"] = KNOWN.basic
    repository = Repository(parse_reference(f"{host}/x"), uploads, write=True)
    repository.put_blob(f"sha256:{'a' * 64}", Body(open=lambda: b"1", length=1))
    url, authorization = uploads.told
    assert url.lower().startswith(place.lower())
    assert authorization == (KNOWN.basic if ours else None)


@pytest.mark.parametrize(
    ("address", "pair"),
    [
        ("http://me:p%40ss%3Aw%C3%B6rd@proxy.example:3128", "me:p@ss:wörd"),
        ("http://my%20name@proxy.example:3128", "my name:"),
        ("http://proxy.example:3128", None),
    ],
)
def test_a_proxy_is_told_the_password_as_it_is(
    monkeypatch: pytest.MonkeyPatch, address: str, pair: str | None
) -> None:
    monkeypatch.setenv("https_proxy", address)
    monkeypatch.setenv("no_proxy", "")
    headers = Transport(HOST, KNOWN, Patience())._pool.proxy_headers  # type: ignore[attr-defined]
    said = headers.get("Proxy-Authorization")
    assert (said and base64.b64decode(said.removeprefix("Basic ")).decode()) == pair


@pytest.mark.parametrize(
    ("files", "blamed"),
    [
        ({"ca.crt": b"no certificate"}, "ca.crt"),
        ({"ca.crt": None}, "ca.crt"),
        ({"client.cert": b"x"}, "client.key"),
        ({"client.cert": b"x", "client.key": b"y"}, "client.cert"),
    ],
    ids=["no certificate", "a folder", "no key", "no pair"],
)
def test_a_certificate_that_cannot_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes | None], blamed: str
) -> None:
    monkeypatch.setattr(certificates, "_folders", lambda _: (tmp_path,))
    for name, data in files.items():
        if data is None:
            (tmp_path / name).mkdir()
        else:
            (tmp_path / name).write_bytes(data)
    with pytest.raises(CredentialsUnusable) as caught:
        Transport(HOST, KNOWN, Patience(attempts=1)).request("GET", "x", scope="s")
    assert caught.value.place == str(tmp_path / blamed)
    assert caught.value.hint == "fix it, or take it out of the folder: Docker reads the same one"


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0",
        b"HTTP/1.1 200 OK\r\n\r\n{",
    ],
    ids=["status", "length", "chunks", "till the end"],
)
def test_an_answer_that_does_not_come_to_its_end_is_cut_off(sent: bytes) -> None:
    ours, theirs = socket.socketpair()
    ours.settimeout(30)
    connection = POOLS["http"].ConnectionCls(HOST)
    connection.sock = ours
    deadline = Deadline(0.05)
    with ours, theirs:
        with deadline:
            theirs.sendall(sent)
            connection.request("GET", "/", preload_content=False)
            with suppress(HTTPError, OSError):
                connection.getresponse().read()
        assert deadline.passed


def test_one_that_does_is_left_alone() -> None:
    ours, theirs = socket.socketpair()
    connection = POOLS["http"].ConnectionCls(HOST)
    connection.sock = ours
    deadline = Deadline(60)
    with ours, theirs:
        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        with deadline:
            connection.request("GET", "/", preload_content=False)
            assert connection.getresponse().read() == b"{}"
    assert not deadline.passed


@pytest.mark.parametrize(("number", "attempts"), [(socket.EAI_NONAME, 1), (socket.EAI_AGAIN, 2)])
def test_a_host_that_is_not_there_is_asked_for_once(
    number: int, attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(number, "in the system's words")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    transport = Transport("nobody.example:5000", KNOWN, Patience(attempts=2, first=0.0))
    with pytest.raises(RegistryUnreachable) as told:
        transport.request("GET", "a/tags/list", scope="repository:a:pull")
    assert told.value.attempts == attempts
    assert ("is its name right" in str(told.value.hint)) == (attempts == 1)
