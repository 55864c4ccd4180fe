"""Docker Hub's three hosts. Nobody is asked here."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from ops0.host import process
from ops0_builder.registry import docker_hub
from ops0_builder.registry.answers import Answer
from ops0_builder.registry.client import Repository
from ops0_builder.registry.credentials import Credentials, read_credentials, registry_auth
from ops0_builder.registry.patience import Patience
from ops0_builder.registry.reference import parse_reference
from ops0_builder.registry.transport import Transport

NAMES = ("docker.io", "index.docker.io", "registry-1.docker.io")


class Heard(Transport):
    """Notes what would be sent."""

    asked: str = ""

    def _send(self, method: str, url: str, headers: object, authorization: object, body: object):  # type: ignore[no-untyped-def,override]
        self.asked = url
        return Answer(status=200, headers={}, body=b"", url=url)


@pytest.mark.parametrize(
    ("host", "path", "wanted"),
    [
        *((host, "team/flow", "registry-1.docker.io/v2/team/flow") for host in NAMES),
        ("docker.io", "python", "registry-1.docker.io/v2/library/python"),
        ("registry.example", "flow", "registry.example/v2/flow"),
        ("docker.io.example", "flow", "docker.io.example/v2/flow"),
    ],
)
def test_requests_go_where_it_answers(host: str, path: str, wanted: str) -> None:
    heard = Heard(host, Credentials(source="none"), Patience())
    Repository(parse_reference(f"{host}/{path}"), heard, write=True).has_blob("sha256:0")
    assert heard.asked == f"https://{wanted}/blobs/sha256:0"


@pytest.mark.parametrize("host", NAMES)
@pytest.mark.parametrize("key", [docker_hub.LOGIN, *NAMES])
def test_a_login_is_found_by_each_of_its_names(tmp_path: Path, host: str, key: str) -> None:
    pair = base64.b64encode(b"me:secret").decode()
    others = {"registry.example": {"auth": base64.b64encode(b"you:x").decode()}}
    config = {"auths": {**others, key: {"auth": pair}}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert read_credentials(host, {"DOCKER_CONFIG": str(tmp_path)}).username == "me"


def test_the_login_itself_comes_before_what_stands_below_it(tmp_path: Path) -> None:
    url = docker_hub.LOGIN
    auths = {f"{url}access-token": {"username": "token"}, url: {"username": "me"}}
    (tmp_path / "config.json").write_text(json.dumps({"auths": auths}))
    assert read_credentials("docker.io", {"DOCKER_CONFIG": str(tmp_path)}).username == "me"


@pytest.mark.parametrize(
    "config",
    [{"credsStore": "x"}, {"credHelpers": {"docker.io": "x"}, "credsStore": "y"}],
    ids=["store", "own"],
)
def test_a_helper_is_asked_for_the_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: object
) -> None:
    asked: list[tuple[str, bytes]] = []

    def run(argv: Sequence[str], *, send: bytes, timeout: float) -> process.Completed:
        asked.append((argv[0], send))
        out = '{"Username": "me", "Secret": "s"}'
        return process.Completed(argv=tuple(argv), code=0, out=out, err="")

    monkeypatch.setattr(process, "run", run)
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert read_credentials("docker.io", {"DOCKER_CONFIG": str(tmp_path)}).username == "me"
    assert asked == [("docker-credential-x", b"https://index.docker.io/v1/")]


def test_an_engine_knows_it_by_its_login() -> None:
    known = Credentials(source="x", username="me", password="p")
    told = registry_auth("docker.io", known)["X-Registry-Auth"]
    assert json.loads(base64.urlsafe_b64decode(told))["serveraddress"] == docker_hub.LOGIN
