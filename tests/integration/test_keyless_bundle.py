"""A bundle signed without a key: by cosign with a Sigstore on this machine, checked with its root of trust alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docker_client import docker
from registries.sigstore import ISSUER, Sigstore, sigstore, token

import ops0
from ops0.cli.main import ops0_command
from ops0_builder.bundle.signature import BundleNotSigned, NoRootOffline, signature_path
from ops0_builder.registry.signing import (
    SIGNING_CONFIG,
    TRUSTED_ROOT,
    BadRoot,
    CosignFailed,
    NoIdentity,
)

pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif(
        shutil.which("cosign") is None and not os.environ.get("CI"),
        reason="cosign is not installed: scripts/image-tools.sh",
    ),
]
NAME = "https://ci.example/team/flow/images.yml@refs/heads/main"
WHO = ("--identity", NAME, "--issuer", ISSUER)
FLOW = """\
import ops0


@ops0.step
def answer() -> int:
    return 42
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sigstore]:
    with sigstore(tmp_path_factory.mktemp("sigstore") / "own") as one:
        yield one


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(ops0_command, [str(word) for word in words], standalone_mode=False)


def named(monkeypatch: pytest.MonkeyPatch, authority: Sigstore, identity: str = NAME) -> None:
    for name, value in {**authority.files, "SIGSTORE_ID_TOKEN": token(identity)}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def signed(
    tmp_path_factory: pytest.TempPathFactory, authority: Sigstore, engine: object
) -> Iterator[Path]:
    """A bundle with its signature, made by the command."""
    folder = tmp_path_factory.mktemp("flow")
    (folder / "keyless_flow.py").write_text(FLOW)
    path = folder / "keyless_flow.ops0"
    with pytest.MonkeyPatch.context() as patch:
        named(patch, authority)
        made = call(
            "bundle", "create", folder / "keyless_flow.py", "-o", path, "--sign", "keyless", *WHO
        )
    assert made.exception is None, made.output
    yield path
    for repository in ("ops0", "ops0-bundle"):
        listed = ("images", f"{repository}/keyless_flow/*", "--format", "{{.Repository}}:{{.Tag}}")
        docker("rmi", "-f", *docker(*listed).split())


@pytest.fixture
def carried(signed: Path, authority: Sigstore, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same where it was carried to: with what to trust, and nobody to ask for anything."""
    for name in (SIGNING_CONFIG, "SIGSTORE_ID_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(TRUSTED_ROOT, authority.files[TRUSTED_ROOT])
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # whatever asks gets no answer
    return signed


def test_who_signed_it_is_told_without_a_network(carried: Path) -> None:
    told = call("bundle", "verify", carried, *WHO)
    assert told.exception is None, told.output
    assert f"signed by {NAME}, vouched for by {ISSUER}" in told.stdout
    assert call("bundle", "inspect", carried, *WHO).exception is None
    assert call("bundle", "load", carried, *WHO).exception is None
    ran = call("run", carried, "--containers", "--offline", *WHO)
    assert (ran.exception, ran.stdout) == (None, "42\n")
    assert ops0.run(carried, identity=NAME, issuer=ISSUER) == 42


@pytest.mark.parametrize(
    "who", [(f"{NAME}x", ISSUER), (NAME, f"{ISSUER}x")], ids=["identity", "issuer"]
)
def test_somebody_else_did_not(carried: Path, who: tuple[str, str]) -> None:
    words = ("--identity", who[0], "--issuer", who[1])
    for command in (
        ("bundle", "verify", carried),
        ("bundle", "load", carried),
        ("run", carried, "--containers", "--offline"),
    ):
        told = call(*command, *words)
        assert isinstance(told.exception, BundleNotSigned)
        assert who[0] in str(told.exception)


def test_other_bytes_are_not_signed(carried: Path, tmp_path: Path) -> None:
    other = tmp_path / carried.name
    other.write_bytes(carried.read_bytes() + b"\0" * 1024)
    assert isinstance(call("bundle", "verify", other, *WHO).exception, BundleNotSigned)
    shutil.copyfile(signature_path(carried), signature_path(other))
    told = call("bundle", "verify", other, *WHO).exception
    assert isinstance(told, BundleNotSigned)
    assert "does not match" in str(told)


def test_a_signature_without_its_certificate_is_nobodys(carried: Path, tmp_path: Path) -> None:
    other = tmp_path / carried.name
    shutil.copyfile(carried, other)
    document = json.loads(signature_path(carried).read_bytes())
    signature = document["messageSignature"]
    for content in ({"messageSignature": signature}, {}, []):
        signature_path(other).write_text(json.dumps(content))
        assert isinstance(call("bundle", "verify", other, *WHO).exception, BundleNotSigned)


def test_another_root_of_trust_does_not_know_it(
    carried: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sigstore(tmp_path / "other") as other:
        monkeypatch.setenv(TRUSTED_ROOT, other.files[TRUSTED_ROOT])
        told = call("bundle", "verify", carried, *WHO).exception
    assert isinstance(told, BundleNotSigned)
    monkeypatch.setenv(TRUSTED_ROOT, str(tmp_path / "gone.json"))
    assert isinstance(call("bundle", "verify", carried, *WHO).exception, BadRoot)


def test_offline_nothing_to_trust_is_fetched(
    carried: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TRUSTED_ROOT)
    monkeypatch.setenv("HOME", str(tmp_path))
    told = call("run", carried, "--containers", "--offline", *WHO).exception
    assert isinstance(told, NoRootOffline)
    told = call("bundle", "verify", carried, *WHO).exception
    assert isinstance(told, CosignFailed)  # of the public Sigstore nothing can be had here
    assert TRUSTED_ROOT in str(told.hint)


def test_half_of_who_signed_is_nobody(carried: Path) -> None:
    assert isinstance(call("bundle", "verify", carried, *WHO[:2]).exception, NoIdentity)
    assert isinstance(
        call("bundle", "verify", carried, "--key", "a.pub", *WHO).exception, NoIdentity
    )


def test_a_job_that_is_not_who_was_said_signs_nothing(
    signed: Path, authority: Sigstore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, authority, "https://ci.example/other")
    path = tmp_path / "keyless_flow.ops0"
    asked = (
        "bundle",
        "create",
        signed.parent / "keyless_flow.py",
        "-o",
        path,
        "--sign",
        "keyless",
        *WHO,
    )
    told = call(*asked).exception
    assert isinstance(told, BundleNotSigned)
    assert not signature_path(path).exists()
    digest = [hashlib.sha256(one.read_bytes()).digest() for one in (path, signed)]
    assert digest[0] == digest[1]  # the bundle is there, and the same
