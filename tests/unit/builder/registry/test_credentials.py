from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from ops0.host import process
from ops0_builder.registry.credentials import read_credentials
from ops0_builder.registry.errors import CredentialsUnusable

HOST = "registry.example:5000"


def config(folder: Path, document: object) -> dict[str, str]:
    (folder / "config.json").write_text(json.dumps(document))
    return {"DOCKER_CONFIG": str(folder)}


def answering(
    monkeypatch: pytest.MonkeyPatch, code: int, out: str, err: str = ""
) -> list[tuple[Sequence[str], bytes]]:
    asked: list[tuple[Sequence[str], bytes]] = []

    def run(argv: Sequence[str], *, send: bytes, timeout: float) -> process.Completed:
        asked.append((argv, send))
        return process.Completed(argv=tuple(argv), code=code, out=out, err=err)

    monkeypatch.setattr(process, "run", run)
    return asked


@pytest.mark.parametrize("key", [HOST, f"https://{HOST}", f"https://{HOST}/v1/"])
def test_the_file_itself(tmp_path: Path, key: str) -> None:
    pair = base64.b64encode(b"me:se:cret").decode()
    found = read_credentials(HOST, config(tmp_path, {"auths": {key: {"auth": pair}}}))
    assert (found.username, found.password) == ("me", "se:cret")
    assert "config.json (auths)" in found.source
    assert "se:cret" not in repr(found)


def test_no_configuration_is_no_credentials(tmp_path: Path) -> None:
    found = read_credentials(HOST, {"DOCKER_CONFIG": str(tmp_path)})
    assert not found.known
    assert HOST in found.source


def test_a_registrys_own_helper_comes_before_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, 0, '{"Username": "me", "Secret": "s"}')
    told = config(tmp_path, {"credHelpers": {HOST: "own"}, "credsStore": "all"})
    assert read_credentials(HOST, told).username == "me"
    assert read_credentials("other.example", told).username == "me"
    assert asked == [
        (("docker-credential-own", "get"), HOST.encode()),
        (("docker-credential-all", "get"), b"other.example"),
    ]


def test_a_helpers_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, 0, '{"Username": "<token>", "Secret": "t"}')
    found = read_credentials(HOST, config(tmp_path, {"credsStore": "x"}))
    assert (found.identity_token, found.username) == ("t", "")


def test_a_helper_that_knows_none_leaves_it_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, 1, "credentials not found in native keychain")
    told = config(
        tmp_path, {"credsStore": "x", "auths": {HOST: {"username": "u", "password": "p"}}}
    )
    assert read_credentials(HOST, told).username == "u"


@pytest.mark.parametrize(("code", "out"), [(3, ""), (0, "no JSON"), (0, "[]"), (0, "{}")])
def test_a_helper_that_fails_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, out: str
) -> None:
    answering(monkeypatch, code, out)
    with pytest.raises(CredentialsUnusable, match="docker-credential-x"):
        read_credentials(HOST, config(tmp_path, {"credsStore": "x"}))


@pytest.mark.parametrize("text", ["{", "[]", '{"auths": {"registry.example:5000": {"auth": "%"}}}'])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(CredentialsUnusable):
        read_credentials(HOST, {"DOCKER_CONFIG": str(tmp_path)})
