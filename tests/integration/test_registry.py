"""The registry client against Debian's docker-registry, straight and through a proxy that injects faults."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from registries import proxy as faults
from registries.certificates import Kind
from registries.needs import needs_registry
from registries.proxy import FaultProxy, fault_proxy
from registries.server import PASSWORD, USER, Registry, registry

from ops0_builder.registry.artifacts import get_artifact, list_tags, put_artifact
from ops0_builder.registry.errors import (
    DigestMismatch,
    NotInRegistry,
    RegistryForbidden,
    RegistryUnreachable,
    TagTaken,
)
from ops0_builder.registry.patience import Patience

pytestmark = needs_registry
KIND = "application/vnd.ops0.test+json"
QUICK = Patience(connect=2, idle=0.7, attempts=4, first=0.02, longest=0.1, asked=5)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry(tmp_path_factory.mktemp("plain")) as served:
        yield served


@pytest.fixture
def proxy(plain: Registry) -> Iterator[FaultProxy]:
    with fault_proxy(plain.port) as one:
        yield one


@pytest.fixture(autouse=True)
def no_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    return tmp_path / "docker"


def log_in(folder: Path, host: str, password: str) -> None:
    folder.mkdir()
    auth = base64.b64encode(f"{USER}:{password}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))


def test_an_artifact_goes_and_comes(plain: Registry) -> None:
    name = f"{plain.host}/team/records"
    digest = put_artifact(f"{name}:v1", KIND, b'{"a": 1}', {"b": "2"})
    assert put_artifact(f"{name}:v1", KIND, b'{"a": 1}', {"b": "2"}) == digest
    assert get_artifact(f"{name}:v1") == b'{"a": 1}'
    assert get_artifact(f"{name}@{digest}") == b'{"a": 1}'
    assert list_tags(name) == ("v1",)


def test_a_taken_tag_stays_unless_forced(plain: Registry) -> None:
    name = f"{plain.host}/team/taken:v1"
    first = put_artifact(name, KIND, b"1")
    with pytest.raises(TagTaken) as told:
        put_artifact(name, KIND, b"2")
    assert told.value.holds == first
    assert get_artifact(name) == b"1"
    put_artifact(name, KIND, b"2", force=True)
    assert get_artifact(name) == b"2"


def test_what_is_not_there(plain: Registry) -> None:
    assert list_tags(f"{plain.host}/no/such") == ()
    with pytest.raises(NotInRegistry):
        get_artifact(f"{plain.host}/no/such:v1")


@pytest.mark.parametrize("part", ["manifests", "blobs", "uploads"])
@pytest.mark.parametrize(
    "fault",
    [faults.status(503), faults.status(502), faults.reset, faults.stall(1.0)],
    ids=["503", "502", "reset", "stall"],
)
def test_what_may_pass_is_tried_again(proxy: FaultProxy, part: str, fault: faults.Fault) -> None:
    for method in ("HEAD", "POST", "PUT", "GET"):
        proxy.plant(method, part, fault)
    name = f"{proxy.host}/retry/{time.monotonic_ns()}:v1"
    put_artifact(name, KIND, b"body" * 5000, patience=QUICK)
    assert get_artifact(name, patience=QUICK) == b"body" * 5000
    assert sum(one.times == 0 for one in proxy.planted) >= 2


def test_a_registry_says_how_long_to_wait(proxy: FaultProxy) -> None:
    proxy.plant("HEAD", "manifests", faults.status(429, Retry_After="1"))
    began = time.monotonic()
    put_artifact(f"{proxy.host}/wait/{time.monotonic_ns()}:v1", KIND, b"1", patience=QUICK)
    assert time.monotonic() - began >= 1


def test_a_wait_without_end_is_not_waited_for(proxy: FaultProxy) -> None:
    proxy.plant("GET", "tags", faults.status(429, Retry_After="86400"))
    with pytest.raises(RegistryUnreachable) as told:
        list_tags(f"{proxy.host}/wait/long", patience=QUICK)
    assert told.value.attempts == 1


def test_an_answer_that_breaks_off_is_asked_for_again(proxy: FaultProxy) -> None:
    name = f"{proxy.host}/short/a:v1"
    put_artifact(name, KIND, b"1", patience=QUICK)
    proxy.plant("GET", "manifests", faults.truncated)
    assert get_artifact(name, patience=QUICK) == b"1"


def test_it_ends_after_the_last_attempt(proxy: FaultProxy) -> None:
    proxy.plant("GET", "tags", faults.status(503), times=99)
    with pytest.raises(RegistryUnreachable, match="HTTP 503") as told:
        list_tags(f"{proxy.host}/never/a", patience=QUICK)
    assert told.value.attempts == QUICK.attempts == proxy.count("GET", "tags")


@pytest.mark.parametrize("code", [401, 403])
def test_a_refusal_is_not_tried_again(proxy: FaultProxy, code: int) -> None:
    proxy.plant("GET", "tags", faults.status(code), times=99)
    with pytest.raises(RegistryForbidden, match="no credentials") as told:
        list_tags(f"{proxy.host}/closed/a", patience=QUICK)
    assert told.value.status == code
    assert proxy.count("GET", "tags") == 1


@pytest.mark.parametrize("part", ["manifests", "blobs"])
def test_other_bytes_than_those_named_are_an_error(proxy: FaultProxy, part: str) -> None:
    name = f"{proxy.host}/changed/{part}"
    digest = put_artifact(f"{name}:v1", KIND, b"1", patience=QUICK)
    proxy.plant("GET", part, faults.other_bytes)
    with pytest.raises(DigestMismatch):
        get_artifact(f"{name}@{digest}", patience=QUICK)


def test_what_is_read_back_is_compared(proxy: FaultProxy) -> None:
    proxy.plant("GET", "manifests", faults.other_bytes)
    with pytest.raises(DigestMismatch):
        put_artifact(f"{proxy.host}/back/{time.monotonic_ns()}:v1", KIND, b"1", patience=QUICK)


def test_nobody_listens() -> None:
    with pytest.raises(RegistryUnreachable, match=r"GET a/b/tags/list.*: Connection refused"):
        list_tags("127.0.0.1:1/a/b", patience=QUICK)


@pytest.mark.parametrize(
    ("kind", "helps"),
    [("expired", "run out"), ("early", "later day"), ("elsewhere", "another host")],
)
def test_a_certificate_that_does_not_hold_is_told_with_its_reason(
    tmp_path: Path, no_login: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind, helps: str
) -> None:
    with registry(tmp_path / "closed", certificate=kind) as served:
        monkeypatch.setenv("SSL_CERT_FILE", str(served.folder / "ca.crt"))
        with pytest.raises(RegistryUnreachable, match="certificate is not trusted") as told:
            put_artifact(f"{served.host}/team/flow:v1", KIND, b"1", patience=QUICK)
        assert told.value.attempts == 1
        assert helps in str(told.value.hint)


def test_a_password_over_tls(
    tmp_path: Path, no_login: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with registry(tmp_path / "closed", tls=True, password=True) as served:
        name = f"{served.host}/team/secret:v1"
        with pytest.raises(RegistryUnreachable, match="certificate is not trusted") as untrusted:
            put_artifact(name, KIND, b"1", patience=QUICK)
        assert untrusted.value.attempts == 1
        assert "certs.d" in str(untrusted.value.hint)
        monkeypatch.setenv("SSL_CERT_FILE", str(served.certificate))
        with pytest.raises(RegistryForbidden, match="no credentials"):
            put_artifact(name, KIND, b"1", patience=QUICK)
        log_in(no_login, served.host, "wrong")
        with pytest.raises(RegistryForbidden, match=r"config\.json \(auths\)") as told:
            put_artifact(name, KIND, b"1", patience=QUICK)
        assert "wrong" not in str(told.value)
        (no_login / "config.json").unlink()
        no_login.rmdir()
        log_in(no_login, served.host, PASSWORD)
        put_artifact(name, KIND, b"1", patience=QUICK)
        assert get_artifact(name, patience=QUICK) == b"1"
