"""Images signed and checked by cosign with keys made here, in registries on this machine: no log, no network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from registries.server import registry

from ops0.cli.main import ops0_command
from ops0.core.errors import ErrorGroup
from ops0.host.engine_socket import EngineSocket
from ops0_builder.engine.engine_images import remove_tag
from ops0_builder.registry.artifacts import put_artifact
from ops0_builder.registry.client import open_repository
from ops0_builder.registry.errors import NotInRegistry
from ops0_builder.registry.keys import BadKey
from ops0_builder.registry.reference import Reference, parse_reference
from ops0_builder.registry.referrers import Attachment, attach, referrers
from ops0_builder.registry.signing import PASSWORD, Cosign, CosignFailed, NotSigned

pytestmark = pytest.mark.skipif(
    None in (shutil.which("cosign"), shutil.which("docker-registry")) and not os.environ.get("CI"),
    reason="cosign or docker-registry is not installed: scripts/image-tools.sh, scripts/docker-registry.sh",
)
WORD = "a-canary-word"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pairs ``mine`` and ``other``."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("mine", "other"):
        argv = ["cosign", "generate-key-pair", "--output-key-prefix", name]
        env = {**os.environ, PASSWORD: WORD}
        subprocess.run(argv, cwd=folder, env=env, check=True, capture_output=True)
    return folder


@pytest.fixture(params=[False, True], ids=["http", "tls"])
def image(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reference]:
    """What stands for an image in a registry, plain or with a certificate that Docker's folder has."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    with registry(tmp_path / "registry", tls=request.param) as served:
        if request.param:
            trusted = tmp_path / ".config/docker/certs.d" / served.host
            trusted.mkdir(parents=True)
            shutil.copy(served.certificate, trusted / "registry.crt")
        name = f"{served.host}/team/flow"
        digest = put_artifact(f"{name}:v1", "application/vnd.ops0.test", b"an image")
        yield parse_reference(f"{name}@{digest}")


def cosign(key: Path | str, **env: str) -> Cosign:
    return Cosign(key=str(key), environ={**os.environ, **env})


def verify(*words: str) -> Result:
    return CliRunner().invoke(ops0_command, ["verify", *words], standalone_mode=False)


def test_a_signature_is_made_once_and_found(image: Reference, keys: Path) -> None:
    tag, key = f"{image.repository}:v1", str(keys / "mine.pub")
    before = verify(tag, "--key", key)
    assert isinstance(before.exception, NotSigned)
    told: list[Reference] = []
    signer = cosign(keys / "mine.key", **{PASSWORD: WORD})
    assert signer.sign([image], on_sign=told.append) == (image,)
    assert signer.sign([image], on_sign=told.append) == ()
    assert told == [image]
    after = verify(tag, str(image), "--key", key)
    assert after.stdout.splitlines() == [f"{image}  signed"] * 2
    assert isinstance(verify(tag, "--key", str(keys / "other.pub")).exception, NotSigned)


def test_documents_and_signatures_stand_in_one_list(image: Reference, keys: Path) -> None:
    there = open_repository(image, write=True)
    (one,) = attach(there, image.digest, [Attachment(media_type="a/b", data=b"1")])
    cosign(keys / "mine.key", **{PASSWORD: WORD}).sign([image], on_sign=lambda _: None)
    (two,) = attach(there, image.digest, [Attachment(media_type="a/b", data=b"2")])
    listed = {row.digest for row in referrers(there, image.digest)}
    assert {one, two} < listed
    assert len(listed) == 3
    cosign(keys / "mine.pub").verify(image)


def test_faults_are_told_together(image: Reference, keys: Path) -> None:
    key = str(keys / "mine.pub")
    done = verify(str(image), f"{image.repository}:gone", "--key", key)
    assert isinstance(done.exception, ErrorGroup)
    assert [type(one) for one in done.exception.errors] == [NotSigned, NotInRegistry]
    assert done.stdout == ""


def test_a_key_in_a_variable(image: Reference, keys: Path) -> None:
    env = {"MY_KEY": (keys / "mine.key").read_text(), PASSWORD: WORD}
    cosign("env://MY_KEY", **env).sign([image], on_sign=lambda _: None)
    cosign(keys / "mine.pub").verify(image)


@pytest.mark.parametrize("word", ["wrong", ""])
def test_a_wrong_password(image: Reference, keys: Path, word: str) -> None:
    with pytest.raises(CosignFailed, match="decrypt") as told:
        cosign(keys / "mine.key", **{PASSWORD: word}).sign([image], on_sign=lambda _: None)
    assert PASSWORD in str(told.value.hint)


def test_the_other_half_of_a_key(image: Reference, keys: Path) -> None:
    with pytest.raises(CosignFailed) as told:
        cosign(keys / "mine.pub").sign([image], on_sign=lambda _: None)
    assert "--sign takes the private half" in str(told.value.hint)
    with pytest.raises(CosignFailed) as told:
        cosign(keys / "mine.key").verify(image)
    assert "--key the public one" in str(told.value.hint)


@pytest.mark.docker
def test_a_push_signs(tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    project.mkdir()
    name = f"sign-{uuid.uuid4().hex[:8]}"
    (project / "ops0.toml").write_text(f'pipeline = "flow.py"\nname = "{name}"\n')
    (project / "flow.py").write_text("import ops0\n\n@ops0.step\ndef one():\n    return 1\n")
    monkeypatch.chdir(project)
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv(PASSWORD, WORD)
    listed = ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}", f"ops0/{name}/*"]

    def push(key: str) -> Result:
        argv = ["push", f"{served.host}/team/flow", "--sign", str(keys / key), "--json"]
        return CliRunner().invoke(ops0_command, argv, standalone_mode=False)

    with registry(tmp_path / "registry") as served:
        try:
            assert isinstance(push("gone.key").exception, BadKey)
            assert subprocess.check_output(listed) == b""  # told before anything is built
            done = push("mine.key")
            assert "signed 1 images, 0 were signed already" in done.stderr
            image = json.loads(done.stdout)["images"]["one"]["reference"]
            assert verify(image, "--key", str(keys / "mine.pub")).stdout == f"{image}  signed\n"
            assert "signed 0 images, 1 were signed already" in push("mine.key").stderr
        finally:
            engine = EngineSocket.from_environment()
            for tag in subprocess.check_output(listed, text=True).split():
                remove_tag(engine, tag)


def test_no_key(keys: Path) -> None:
    with pytest.raises(BadKey):
        cosign(keys / "gone.key").check()


def test_no_cosign(keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CosignFailed, match="no such program"):
        cosign(keys / "mine.key").check()
