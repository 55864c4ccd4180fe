"""Registries that lie, or are none: one error that says which, and nothing is believed or sent where it must not be."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from registries import proxy as faults
from registries.needs import needs_registry
from registries.proxy import FaultProxy, Handler, fault_proxy, says

from ops0.core.digest import sha256
from ops0_builder.oci.values import OCI_MANIFEST
from ops0_builder.registry.artifacts import get_artifact, list_tags, put_artifact
from ops0_builder.registry.client import open_repository
from ops0_builder.registry.errors import DigestMismatch, RegistryRefused, RegistryUnreachable
from ops0_builder.registry.patience import Patience
from ops0_builder.registry.reference import parse_repository
from ops0_builder.registry.referrers import referrers

pytestmark = needs_registry
KIND = "application/vnd.ops0.test+json"
QUICK = Patience(connect=2, idle=0.7, attempts=2, first=0.02, longest=0.1, asked=5)
OTHER = "sha256:" + "0" * 64
PAGE = b"<!doctype html><html><head><title>Please log in</title></head><body>...</body></html>"
HTML = {"Content_Type": "text/html; charset=utf-8"}
DEEP = b"[" * 200_000


def put(proxy: FaultProxy, path: str, data: bytes = b"1") -> str:
    return put_artifact(f"{proxy.host}/{path}:v1", KIND, data, patience=QUICK)


def test_the_digest_that_an_answer_says_of_itself_is_compared(proxy: FaultProxy) -> None:
    digest = put(proxy, "lies/header")

    def other(handler: Handler) -> bool:
        def change(headers: dict[str, str], body: bytes) -> bytes:
            headers["Docker-Content-Digest"] = OTHER
            return body

        handler.forward(change)
        return True

    repository = open_repository(parse_repository(f"{proxy.host}/lies/header"), write=False)
    proxy.plant("HEAD", "manifests", other)
    with pytest.raises(DigestMismatch) as told:
        repository.digest_of(digest)
    assert (told.value.wanted, told.value.found) == (digest, OTHER)
    proxy.plant("GET", "manifests/v1", other)
    with pytest.raises(DigestMismatch):
        repository.manifest("v1")
    proxy.plant("PUT", "uploads", other)
    with pytest.raises(DigestMismatch):
        put(proxy, "lies/upload", b"2")


def test_a_blob_that_ends_early(proxy: FaultProxy) -> None:
    put(proxy, "lies/blob", b"all of it")
    proxy.plant("GET", "blobs", says(200, b"all"))
    with pytest.raises(DigestMismatch):
        get_artifact(f"{proxy.host}/lies/blob:v1", patience=QUICK)
    proxy.plant("GET", "blobs", faults.truncated, times=QUICK.attempts)
    with pytest.raises(RegistryUnreachable):
        get_artifact(f"{proxy.host}/lies/blob:v1", patience=QUICK)


def test_an_answer_without_end_is_cut_off(proxy: FaultProxy) -> None:
    put(proxy, "lies/drip")

    def drips(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        handler.close_connection = True
        with suppress(OSError):
            while True:
                handler.wfile.write(b" ")
                time.sleep(0.05)
        return True

    proxy.plant("GET", "manifests", drips, times=QUICK.attempts)
    with pytest.raises(RegistryUnreachable, match="did not come to an end in time"):
        get_artifact(f"{proxy.host}/lies/drip:v1", patience=replace(QUICK, whole=0.3))


@pytest.mark.parametrize(
    ("location", "fact"),
    [
        (None, "no Location"),
        ("http://upload.example/x?key=secret", r"plain HTTP: 'http://upload.example/x'"),
        ("http://[::1", "cannot be used"),
        ("ftp://127.0.0.1/x", "cannot be used"),
        ("https://upload.example:port/x", "cannot be used"),
    ],
)
def test_an_upload_that_goes_nowhere(proxy: FaultProxy, location: str | None, fact: str) -> None:
    headers = {} if location is None else {"Location": location}
    proxy.plant("POST", "uploads", says(202, **headers))
    with pytest.raises(RegistryRefused, match=fact) as told:
        put(proxy, "lies/place")
    assert "secret" not in str(told.value)


def test_an_upload_to_a_relative_place(proxy: FaultProxy) -> None:
    def relative(handler: Handler) -> bool:
        def change(headers: dict[str, str], body: bytes) -> bytes:
            headers["Location"] = "/v2/" + headers["Location"].partition("/v2/")[2]
            return body

        handler.forward(change)
        return True

    proxy.plant("POST", "uploads", relative, times=2)
    put(proxy, "relative/a")
    assert get_artifact(f"{proxy.host}/relative/a:v1", patience=QUICK) == b"1"


@pytest.fixture
def elsewhere(proxy: FaultProxy) -> Iterator[FaultProxy]:
    """Another host that keeps what is sent to it in the same place."""
    with fault_proxy(proxy.upstream) as one:
        yield one


@pytest.mark.parametrize("status", [202, 307, 308])
def test_an_upload_to_another_host_takes_no_credentials_there(
    proxy: FaultProxy, elsewhere: FaultProxy, tmp_path: Path, status: int
) -> None:
    (tmp_path / "docker").mkdir()
    login = {"auths": {proxy.host: {"auth": base64.b64encode(b"me:word").decode()}}}
    (tmp_path / "docker" / "config.json").write_text(json.dumps(login))
    told: dict[str, set[str | None]] = {"there": set(), "here": set()}

    def note(place: str, handler: Handler) -> bool:
        told[place].add(handler.headers.get("Authorization"))
        return False

    def named(handler: Handler) -> bool:
        def change(headers: dict[str, str], body: bytes) -> bytes:
            path = headers["Location"].partition("/v2/")[2]
            headers["Location"] = f"http://{elsewhere.host}/v2/{path}"
            return body

        handler.forward(change)
        return True

    def redirected(handler: Handler) -> bool:
        return says(status, Location=f"http://{elsewhere.host}{handler.path}")(handler)

    ask = {"WWW_Authenticate": 'Basic realm="x"'}
    proxy.plant("HEAD", "manifests", says(401, **ask))
    proxy.plant("HEAD", "blobs", partial(note, "here"), times=9)
    proxy.plant(
        *(("POST", "uploads", named) if status == 202 else ("PUT", "uploads", redirected)), 9
    )
    elsewhere.plant("PUT", "uploads", partial(note, "there"), times=9)
    put(proxy, "other/host", b"sent elsewhere")
    assert elsewhere.count("PUT", "uploads") == 2  # the blob and an empty configuration
    assert told == {"there": {None}, "here": {"Basic " + login["auths"][proxy.host]["auth"]}}
    assert get_artifact(f"{proxy.host}/other/host:v1", patience=QUICK) == b"sent elsewhere"


def test_redirects_without_end(proxy: FaultProxy) -> None:
    put(proxy, "round/a")
    proxy.plant("GET", "manifests", says(307, Location="/v2/round/a/manifests/v1"), times=99)
    with pytest.raises(RegistryRefused, match="without end"):
        get_artifact(f"{proxy.host}/round/a:v1", patience=QUICK)


def test_what_is_sent_does_not_get_lost_in_a_redirect(proxy: FaultProxy) -> None:
    proxy.plant("PUT", "manifests", says(302, Location="/v2/"), times=9)
    with pytest.raises(RegistryRefused, match=r"PUT .*HTTP 302"):
        put(proxy, "lost/a")


@pytest.mark.parametrize("status", [200, 404, 418])
def test_a_web_page_is_no_answer(proxy: FaultProxy, status: int) -> None:
    proxy.plant("GET", "tags", says(status, PAGE, **HTML), times=9)
    name = f"{proxy.host}/page/a"
    if status == 404:
        assert list_tags(name, patience=QUICK) == ()
        return
    with pytest.raises(
        RegistryRefused, match=f"HTTP {status}: a web page, 'Please log in'"
    ) as told:
        list_tags(name, patience=QUICK)
    assert "<" not in str(told.value)
    assert "registry's address" in str(told.value.hint)


def test_what_is_no_manifest_is_not_taken_for_one(proxy: FaultProxy) -> None:
    repository = open_repository(parse_repository(f"{proxy.host}/page/b"), write=False)
    proxy.plant("HEAD", "manifests", says(200, **HTML))
    proxy.plant("GET", "manifests", says(200, b"hello", Content_Type="text/plain"))
    with pytest.raises(RegistryRefused, match="'text/plain', which is no manifest"):
        repository.digest_of("v1")


@pytest.mark.parametrize("body", [DEEP, b"", b"[]", b'{"errors": "no"}', b'{"errors": [1]}'])
def test_words_that_cannot_be_read(proxy: FaultProxy, body: bytes) -> None:
    proxy.plant("GET", "tags", says(418, body))
    with pytest.raises(RegistryRefused, match="HTTP 418") as told:
        list_tags(f"{proxy.host}/words/a", patience=QUICK)
    assert len(str(told.value)) < 500


@pytest.mark.parametrize("body", [DEEP, b'{"layers": [{"digest": 1}]}', b'{"layers": 1}', b"[]"])
def test_a_manifest_that_cannot_be_read(proxy: FaultProxy, body: bytes) -> None:
    proxy.plant("GET", "manifests", says(200, body, Content_Type=OCI_MANIFEST))
    with pytest.raises(RegistryRefused):
        get_artifact(f"{proxy.host}/deep/a:v1", patience=QUICK)


@pytest.mark.parametrize(
    "row",
    [
        {"digest": "../../other/manifests/v1"},
        {"digest": 1},
        {"digest": OTHER, "annotations": "x"},
        {},
        [],
    ],
)
def test_a_list_of_referrers_that_cannot_be_read(proxy: FaultProxy, row: object) -> None:
    body = json.dumps({"manifests": [row]}).encode()
    proxy.plant("GET", "referrers", says(200, body))
    repository = open_repository(parse_repository(f"{proxy.host}/list/a"), write=False)
    with pytest.raises(RegistryRefused, match="list of referrers"):
        referrers(repository, f"sha256:{sha256(b'')}")


def test_a_list_without_end(proxy: FaultProxy) -> None:
    again = says(200, b'{"tags": ["a"]}', Link='</v2/x/tags/list?n=1000>; rel="next"')
    proxy.plant("GET", "tags", again, times=99)
    with pytest.raises(RegistryRefused, match="no end"):
        list_tags(f"{proxy.host}/endless/a", patience=QUICK)
    assert proxy.count("GET", "tags") == 1


@pytest.mark.parametrize("realm", ["http://[", "", "http://token.example/"])
def test_a_token_service_that_is_none(proxy: FaultProxy, realm: str) -> None:
    ask = {"WWW_Authenticate": f'Bearer realm="{realm}"'}
    proxy.plant("GET", "tags", says(401, **ask))
    with pytest.raises(RegistryRefused, match="token service"):
        list_tags(f"{proxy.host}/token/a", patience=QUICK)


@pytest.mark.parametrize("after", ["soon", "Fri, 31 Dec 99999999 23:59:59 GMT", "-1"])
def test_a_wait_that_cannot_be_read_is_ours(proxy: FaultProxy, after: str) -> None:
    proxy.plant("GET", "tags", says(429, Retry_After=after))
    assert list_tags(f"{proxy.host}/after/a", patience=QUICK) == ()
