"""Deployments for real: on this machine, and through a registry to where there is neither source nor image."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from driver.command import OPS0
from registries.needs import needs_registry
from registries.server import PASSWORD, USER, registry

import ops0
from ops0.host.engine_socket import EngineSocket
from ops0_builder.deploy.errors import DeployedImageGone
from ops0_builder.deploy.registry_records import RegistryRecords
from ops0_builder.engine.engine_images import image_id, image_tags, remove_tag
from ops0_builder.registry.client import open_repository
from ops0_builder.registry.reference import parse_repository

pytestmark = pytest.mark.docker
CODE = """\
import ops0

@ops0.step
def numbers(count: int = 3):
    return list(range(count))

@ops0.step
def total(numbers):
    return {"sum": sum(numbers), "times": TIMES}

TIMES = 1
"""

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def name() -> str:
    return f"deployed{uuid.uuid4().hex[:8]}"


@pytest.fixture
def project(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "flow.py").write_text(CODE)
    (folder / "ops0.toml").write_text(f'name = "{name}"\npipeline = "flow.py"\n')
    yield folder
    engine = EngineSocket.from_environment()
    for tag in image_tags(engine, f"ops0/{name}/*"):
        remove_tag(engine, tag)


@pytest.fixture
def command(project: Path) -> Command:
    def run(*words: str, at: Path = project, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([OPS0, *words], cwd=at, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return run


def edit(project: Path) -> None:
    (project / "flow.py").write_text(CODE.replace("TIMES = 1", "TIMES = 2"))


def test_a_deployment_of_this_machine_runs_without_source(
    project: Path, name: str, command: Command, tmp_path: Path
) -> None:
    first = ops0.deploy(project / "flow.py", env="test")
    assert (first.status, first.version, first.name) == ("deployed", 1, name)
    assert ops0.deploy(project / "flow.py", env="test").version == 1
    edit(project)
    second = ops0.deploy(project / "flow.py", env="test")
    assert (first.status, second.status, second.version) == ("superseded", "deployed", 2)
    assert set(second.images) == {"numbers", "total"}

    shutil.rmtree(project)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert second.invoke(count=4) == {"sum": 6, "times": 2}
    assert first.invoke() == {"sum": 3, "times": 1}
    told = command("invoke", name, "--param", "count=5", "--json", at=elsewhere)
    assert json.loads(told.stdout)["results"] == {"total": {"sum": 10, "times": 2}}
    command("rollback", name, at=elsewhere)
    assert (first.status, second.status) == ("deployed", "superseded")
    assert json.loads(command("invoke", name, at=elsewhere).stdout) == {"sum": 3, "times": 1}
    rows = json.loads(command("deployments", "--json", at=elsewhere).stdout)
    assert [(row["version"], row["status"]) for row in rows] == [(2, "superseded"), (1, "deployed")]


def test_no_clean_up_takes_what_is_deployed_and_what_is_gone_is_told(
    project: Path, name: str, command: Command
) -> None:
    deployment = ops0.deploy(project / "flow.py", env="test")
    edit(project)
    command("build")
    planned = json.loads(command("gc", "--images", "--keep", "0", "--dry-run", "--json").stdout)
    ours = [one["name"] for one in planned if f"/{name}/" in one["name"]]
    assert ours  # the image of the edited step
    engine = EngineSocket.from_environment()
    kept = {
        image_id(engine, tag) for tag in image_tags(engine, f"ops0/{name}/*") if tag not in ours
    }
    assert set(deployment.images.values()) <= kept

    (tag,) = (one for one in image_tags(engine, f"ops0/{name}/numbers"))
    remove_tag(engine, tag)
    with pytest.raises(DeployedImageGone) as fault:
        deployment.invoke()
    assert fault.value.step == "numbers"
    told = command("invoke", name, code=103)
    assert "hint: deploy again" in told.stderr


def test_what_a_hurried_user_gets_wrong_is_told(project: Path, name: str, command: Command) -> None:
    settings = (project / "ops0.toml").read_text()
    told = command("invoke", name, code=101)
    assert "ops0 deploy --env ENV" in told.stderr
    assert "Nothing is deployed" in command("deployments").stderr
    assert f"Nothing named {name} is deployed" in command("deployments", name).stderr
    (project / "ops0.toml").write_text(settings + "[environments.prod.params]\ncuont = 3\n")
    assert (
        "did you mean 'prod'? the settings have: prod"
        in command("deploy", "--env", "prdo", code=7).stderr
    )
    assert "its parameters: count" in command("deploy", "--env", "prod", code=9).stderr
    assert not list(project.glob("ops0.lock"))
    (project / "ops0.toml").write_text(settings + "[environments.prod.params]\ncount = 7\n")
    command("deploy", "--env", "prod")
    assert json.loads(command("invoke", name).stdout)["sum"] == 21
    assert json.loads(command("invoke", name, "--param", "count=2").stdout)["sum"] == 1
    assert "deployed there: prod" in command("invoke", name, "--env", "test", code=101).stderr
    command("invoke", name, "--param", "zork=1", code=9)
    removal = ("deployments", name, "--env", "prod", "--remove", "1")
    assert "add --force" in command(*removal, code=2).stderr
    edit(project)
    command("deploy", "--env", "prod")
    command("rollback", name)
    assert f"ops0 rollback {name} --env prod --to 2" in command(*removal, "--force", code=2).stderr
    command("rollback", name, "--to", "2")
    command(*removal)
    command(*removal[:-1], "2", "--force")
    assert f"Nothing named {name} is deployed" in command("deployments", name).stderr
    command("invoke", name, code=101)


@needs_registry
def test_a_deployment_in_a_registry_runs_where_nothing_else_is(
    project: Path, name: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    with registry(tmp_path / "registry", password=True) as served:
        login(tmp_path / "docker", served.host)
        text = f'[environments.prod]\nregistry = "{served.host}/team"\nparams = {{count = 4}}\n'
        with (project / "ops0.toml").open("a") as settings:
            settings.write(text)
        repository = f"{served.host}/team/{name}"
        told: dict[str, Any] = json.loads(command("deploy", "--env", "prod", "--json").stdout)
        assert (told["version"], told["new"], told["status"]) == (1, True, "deployed")
        assert not json.loads(command("deploy", "--env", "prod", "--json").stdout)["new"]
        edit(project)
        again = json.loads(command("deploy", "--env", "prod", "--json").stdout)
        assert (again["version"], again["new"]) == (2, True)

        engine = EngineSocket.from_environment()
        for tag in image_tags(engine, f"ops0/{name}/*"):
            remove_tag(engine, tag)
        shutil.rmtree(project)
        shutil.rmtree(tmp_path / "state")
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        try:
            got = command("invoke", repository, at=elsewhere)
            assert json.loads(got.stdout) == {"sum": 6, "times": 2}
            assert "pulling" in got.stderr
            command("rollback", repository, "--env", "prod", "--to", "1", at=elsewhere)
            got = command("invoke", repository, "--param", "count=2", at=elsewhere)
            assert json.loads(got.stdout) == {"sum": 1, "times": 1}
            rows = json.loads(command("deployments", repository, "--json", at=elsewhere).stdout)
            assert [row["status"] for row in rows] == ["superseded", "deployed"]
            (tmp_path / "docker" / "config.json").unlink()
            told_off = command("invoke", repository, at=elsewhere, code=92)
            assert "no credentials" in told_off.stderr
            assert PASSWORD not in got.stdout + got.stderr
        finally:
            for one in (told, again):
                for image in one["images"].values():
                    remove_tag(engine, image["reference"])


def login(folder: Path, host: str) -> None:
    folder.mkdir(exist_ok=True)
    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))


SECRET = """\
import os
import ops0

@ops0.step
@ops0.secrets(WORD="env:OPS0_TEST_WORD")
def length():
    return len(os.environ["WORD"])
"""


@needs_registry
def test_secrets_are_handed_to_what_is_ones_own_and_else_on_request(
    project: Path, name: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    (project / "flow.py").write_text(SECRET)
    with registry(tmp_path / "registry") as served:
        with (project / "ops0.toml").open("a") as settings:
            settings.write(
                f'[environments.test]\n[environments.prod]\nregistry = "{served.host}/t"\n'
            )
        command("deploy", "--env", "test")
        told = json.loads(command("deploy", "--env", "prod", "--json").stdout)
        assert "OPS0_TEST_WORD" in command("invoke", name, "--env", "test", code=73).stderr
        monkeypatch.setenv("OPS0_TEST_WORD", "seven77")
        assert command("invoke", name, "--env", "test").stdout.strip() == "7"
        repository = f"{served.host}/t/{name}"
        refused = command("invoke", repository, code=74)
        assert "hint: if you trust" in refused.stderr
        assert command("invoke", repository, "--secrets").stdout.strip() == "7"
        for image in told["images"].values():
            remove_tag(EngineSocket.from_environment(), image["reference"])


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the pairs ``mine`` and ``other``, whose password is in the environment."""
    if shutil.which("cosign") is None or shutil.which("docker-registry") is None:
        if os.environ.get("CI"):
            pytest.fail("cosign and docker-registry must be there in CI")
        pytest.skip("needs scripts/image-tools.sh and scripts/docker-registry.sh")
    monkeypatch.setenv("COSIGN_PASSWORD", "word")
    folder = tmp_path / "keys"
    folder.mkdir()
    for pair in ("mine", "other"):
        argv = ["cosign", "generate-key-pair", "--output-key-prefix", pair]
        subprocess.run(argv, cwd=folder, check=True, capture_output=True)
    return folder


def test_only_what_is_signed_is_used_and_nothing_older_than_was_seen(
    project: Path, name: str, command: Command, tmp_path: Path, keys: Path
) -> None:
    mine, other = str(keys / "mine.pub"), str(keys / "other.pub")
    code = "import ops0\n\n@ops0.step\ndef one():\n    return 1\n"
    (project / "flow.py").write_text(code)
    with registry(tmp_path / "registry") as served:
        with (project / "ops0.toml").open("a") as settings:
            settings.write(
                f'[environments.test]\n[environments.prod]\nregistry = "{served.host}/t"\n'
            )
        sign = ("--sign", str(keys / "mine.key"))
        assert "has no registry" in command("deploy", "--env", "test", *sign, code=5).stderr
        told = json.loads(command("deploy", "--env", "prod", *sign, "--json").stdout)
        repository = f"{served.host}/t/{name}"
        invoke = ("invoke", repository, "--env", "prod", "--key")
        records = RegistryRecords(repository)
        try:
            assert command(*invoke, mine).stdout.strip() == "1"
            assert command("verify", told["record"], "--key", mine).stdout.split()[1] == "signed"
            assert f"no signature by {other}" in command(*invoke, other, code=99).stderr
            assert "without --env" in command("invoke", repository, "--key", mine, code=2).stderr
            command("deploy", "--env", "test")
            here = command("invoke", name, "--env", "test", "--key", mine, code=5).stderr
            assert "on this machine" in here
            held = records.pinned_in_force("prod")
            command("deploy", "--env", "prod", *sign)  # the same: nothing new is put in force
            assert records.pinned_in_force("prod") == held
            assert held is not None
            refuse_what_others_write(command, records, held, mine, sign)
        finally:
            for image in told["images"].values():
                remove_tag(EngineSocket.from_environment(), image["reference"])


def refuse_what_others_write(
    command: Command, records: RegistryRecords, held: str, mine: str, sign: tuple[str, str]
) -> None:
    """Others without the key have every right in the registry. ``held``: what is in force, signed."""
    invoke = ("invoke", records.repository, "--env", "prod", "--key")
    first = records.read("prod", 1)
    records.add(replace(first, version=2))  # by somebody without the key
    records.set_current("prod", 2)
    assert "ops0 rollback" in command(*invoke, mine, code=99).stderr
    assert command(*invoke, mine, "--version", "1").stdout == "1\n"
    back = ("rollback", records.repository, "--env", "prod", *sign, "--to")
    assert "no signature" in command(*back, "2", code=99).stderr
    command(*back[:-1], code=2)
    command(*back, "1")
    assert command(*invoke, mine).stdout == "1\n"

    old = open_repository(parse_repository(records.repository), write=True)
    shown = old.manifest(held.partition("@")[2])
    assert shown is not None
    old.put_manifest("_current.prod", shown)  # signed, but older
    assert "no. 1, and this machine has seen no. 3" in command(*invoke, mine, code=105).stderr
    command("deploy", "--env", "prod", *sign)  # puts it right
    assert command(*invoke, mine).stdout == "1\n"
