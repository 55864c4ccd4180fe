"""What the answers of a server mean that is, or is not, a Vault."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from ops0.integrations.vault import VaultFault, read_vault

ENV = {"VAULT_ADDR": "http://vault.example:8200", "VAULT_TOKEN": "t"}
ROLE = {"VAULT_ADDR": ENV["VAULT_ADDR"], "VAULT_ROLE_ID": "r", "VAULT_SECRET_ID": "s"}
PAGE = "<html>Welcome</html>"


class Server:
    """Answers requests from a table: path -> status and body."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, answers: dict[str, tuple[int, Any]]
    ) -> None:
        self._answers = answers
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        monkeypatch.setattr(requests.Session, "request", self._request)

    def _request(self, **given: Any) -> requests.Response:
        path = given["url"].partition("/v1/")[2]
        self.asked.append(path)
        self.headers.append(dict(given.get("headers") or {}))
        status, body = self._answers.get(path, self._answers.get("*", (404, {"errors": []})))
        answer = requests.Response()
        answer.status_code = status
        answer._content = (body if isinstance(body, str) else json.dumps(body)).encode()
        return answer


def mount(path: str, version: str) -> dict[str, Any]:
    return {"data": {"path": path, "type": "kv", "options": {"version": version}}}


def test_fields_of_both_versions_each_path_once(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(
        monkeypatch,
        {
            "sys/internal/ui/mounts/kv/app": (200, mount("kv/", "2")),
            "kv/data/app": (200, {"data": {"data": {"user": "u", "port": 5}}}),
            "sys/internal/ui/mounts/old/app": (200, mount("old/", "1")),
            "old/app": (200, {"data": {"user": "o"}}),
        },
    )
    wanted = [("kv/app", "user"), ("kv/app", "port"), ("kv/app", "none"), ("old/app", "user")]
    found = read_vault(wanted, ENV)
    assert found["kv/app", "user"] == "u"
    assert found["old/app", "user"] == "o"
    assert found["kv/app", "port"] == VaultFault("the field is no text", "its fields: port, user")
    assert found["kv/app", "none"] == VaultFault("it has no such field", "its fields: port, user")
    assert len(server.asked) == 4


@pytest.mark.parametrize("body", [PAGE, [1], "", "null"])
@pytest.mark.parametrize("env", [ENV, ROLE])
def test_an_address_that_is_no_vault(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], body: Any
) -> None:
    Server(monkeypatch, {"*": (200, body)})
    fault = read_vault([("kv/app", "x")], env)["kv/app", "x"]
    assert isinstance(fault, VaultFault)
    assert fault.fact == f"{ENV['VAULT_ADDR']}: answers, but is no Vault"


@pytest.mark.parametrize("body", [{}, {"data": 5}, {"data": {"type": "kv", "options": 7}}])
def test_an_answer_without_what_is_expected(monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    Server(monkeypatch, {"*": (200, body)})
    fault = read_vault([("kv/app", "x")], ENV)["kv/app", "x"]
    assert isinstance(fault, VaultFault)
    assert "in no key-value engine" in fault.fact


def test_a_token_of_ones_own_is_used_and_revoked(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(
        monkeypatch,
        {
            "auth/approle/login": (200, {"auth": {"client_token": "own"}}),
            "sys/internal/ui/mounts/kv/app": (200, mount("kv/", "2")),
            "kv/data/app": (200, {"data": {"data": {"x": "1"}}}),
        },
    )
    assert read_vault([("kv/app", "x")], ROLE) == {("kv/app", "x"): "1"}
    assert server.asked[-1] == "auth/token/revoke-self"
    assert server.headers[-1]["X-Vault-Token"] == "own"


@pytest.mark.parametrize(
    ("status", "fact"),
    [(404, "nothing is there"), (403, "may not read"), (503, "is sealed"), (500, "could not read")],
)
def test_what_the_server_says(monkeypatch: pytest.MonkeyPatch, status: int, fact: str) -> None:
    Server(monkeypatch, {"*": (status, {"errors": ["hunter2"]})})
    fault = read_vault([("kv/app", "x")], ENV)["kv/app", "x"]
    assert isinstance(fault, VaultFault)
    assert fact in fault.fact
    assert "hunter2" not in f"{fault.fact} {fault.hint}"
