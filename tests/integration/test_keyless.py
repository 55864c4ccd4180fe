"""Signatures without a key: cosign with a Sigstore on this machine, by its own token and as a GitHub job's."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from registries.server import registry
from registries.sigstore import ISSUER, Sigstore, sigstore, token

from ops0.cli.main import ops0_command
from ops0_builder.registry.artifacts import put_artifact
from ops0_builder.registry.reference import Reference, parse_reference
from ops0_builder.registry.signing import (
    TRUSTED_ROOT,
    BadRoot,
    Cosign,
    CosignFailed,
    Identity,
    NoIdentity,
    NotSigned,
)

pytestmark = pytest.mark.skipif(
    None in (shutil.which("cosign"), shutil.which("docker-registry")) and not os.environ.get("CI"),
    reason="cosign or docker-registry is not installed: scripts/image-tools.sh, scripts/docker-registry.sh",
)
NAME = "https://ci.example/team/flow/images.yml@refs/heads/main"
WHO = Identity(name=NAME, issuer=ISSUER)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sigstore]:
    with sigstore(tmp_path_factory.mktemp("sigstore") / "own") as one:
        yield one


@pytest.fixture
def image(
    tmp_path: Path, authority: Sigstore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reference]:
    """What stands for an image in a registry."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    for name, value in authority.files.items():
        monkeypatch.setenv(name, value)
    for name in ("SIGSTORE_ID_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"):
        monkeypatch.delenv(name, raising=False)
    with registry(tmp_path / "registry") as served:
        name = f"{served.host}/team/flow"
        digest = put_artifact(f"{name}:v1", "application/vnd.ops0.test", b"an image")
        yield parse_reference(f"{name}@{digest}")


def signer(more: Mapping[str, str], who: Identity = WHO) -> Cosign:
    return Cosign(key=who, environ={**os.environ, **more})


def verify(image: Reference, *words: str) -> Result:
    argv = ["verify", str(image), *words]
    return CliRunner().invoke(ops0_command, argv, standalone_mode=False)


@pytest.mark.parametrize("job", ["token", "github"])
def test_a_job_signs_as_who_it_is(image: Reference, authority: Sigstore, job: str) -> None:
    given = {"SIGSTORE_ID_TOKEN": token(NAME)} if job == "token" else authority.as_github(NAME)
    who = ("--identity", NAME, "--issuer", ISSUER)
    assert isinstance(verify(image, *who).exception, NotSigned)
    told: list[Reference] = []
    assert signer(given).sign([image], on_sign=told.append) == (image,)
    assert signer(given).sign([image], on_sign=told.append) == ()  # it has, already
    assert told == [image]
    assert json.loads(verify(image, *who, "--json").stdout) == {
        "identity": NAME,
        "issuer": ISSUER,
        "images": {str(image): str(image)},
    }
    other = verify(image, "--identity", f"{NAME}x", "--issuer", ISSUER).exception
    assert isinstance(other, NotSigned)
    assert f"{NAME}x, vouched for by {ISSUER}" in str(other)
    other = verify(image, "--identity", NAME, "--issuer", f"{ISSUER}x").exception
    assert isinstance(other, NotSigned)


def test_who_signs_must_be_who_was_said(image: Reference) -> None:
    with pytest.raises(NotSigned):
        signer({"SIGSTORE_ID_TOKEN": token("https://ci.example/other")}).sign(
            [image], on_sign=lambda _: None
        )


def test_a_job_without_a_token_ends(image: Reference) -> None:
    with pytest.raises(CosignFailed):
        signer({}).sign([image], on_sign=lambda _: None)


def test_another_root_of_trust_does_not_know_it(
    image: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer({"SIGSTORE_ID_TOKEN": token(NAME)}).sign([image], on_sign=lambda _: None)
    with sigstore(tmp_path / "other") as other:
        monkeypatch.setenv(TRUSTED_ROOT, other.files[TRUSTED_ROOT])
        told = verify(image, "--identity", NAME, "--issuer", ISSUER).exception
    assert isinstance(told, NotSigned)
    monkeypatch.setenv(TRUSTED_ROOT, str(tmp_path / "gone.json"))
    told = verify(image, "--identity", NAME, "--issuer", ISSUER).exception
    assert isinstance(told, BadRoot)


@pytest.mark.parametrize(
    "words",
    [
        ("--identity", NAME),
        ("--issuer", ISSUER),
        ("--key", "keyless"),
        ("--key", "cosign.pub", "--identity", NAME, "--issuer", ISSUER),
    ],
)
def test_half_of_who_signed_is_nobody(image: Reference, words: tuple[str, ...]) -> None:
    assert isinstance(verify(image, *words).exception, NoIdentity)
