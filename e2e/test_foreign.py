"""Images for the platform that the engine does not run: made whole here, and only read."""

from __future__ import annotations

import json
import platform
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker_client import docker
from driver.command import ops0
from registries.attached import attached
from registries.needs import needs_registry
from registries.server import registry

from ops0_builder.registry.client import open_repository
from ops0_builder.registry.reference import parse_repository
from ops0_builder.registry.referrers import referrers

OTHER = "amd64" if platform.machine() == "aarch64" else "arm64"
OWN = "arm64" if OTHER == "amd64" else "amd64"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
IN_TOTO = "application/vnd.in-toto+json"
PIPELINE = """
import ops0


@ops0.step
def escaped() -> str:
    from markupsafe import _speedups  # compiled: each machine has a wheel of its own

    return _speedups.__name__
"""
APT = """

@ops0.step
@ops0.requires(apt=["jq"])
def filtered() -> int:
    return 1
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project of a name of its own: a tag that another checkout's ops0 has left on the engine is not its image."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "flow.py").write_text(PIPELINE)
    name = f"foreign-{uuid.uuid4().hex[:8]}"
    named = f'[tool.ops0]\nname = "{name}"\npipeline = "flow.py"\n'
    settings = f'{named}python = "3.11"\nplatform = "linux/{OTHER}"\n'
    (folder / "pyproject.toml").write_text(settings)
    yield folder
    tags = docker("image", "ls", "--quiet", "--filter", f"reference=ops0/{name}/*").split()
    if tags:
        docker("image", "rm", "--force", *set(tags))


@pytest.fixture
def base(project: Path, env: dict[str, str]) -> str:
    """The base of the other platform, made where it is not there yet."""
    tag = f"ops0-base:3.11-{OTHER}"
    if not docker("images", "--quiet", tag):
        argv = ["base", "--python", "3.11", "--platform", f"linux/{OTHER}"]
        assert ops0(argv, folder=project, env=env).code == 0
    return tag


@pytest.mark.docker
@pytest.mark.slow
def test_an_image_of_the_other_platform_is_whole(project: Path, env: dict[str, str]) -> None:
    made = ops0(
        ["base", "--python", "3.11", "--platform", f"linux/{OTHER}"], folder=project, env=env
    )
    assert made.out.strip() == f"ops0-base:3.11-{OTHER}", str(made)
    built = ops0(["build", "--json"], folder=project, env=env)
    assert built.code == 0, str(built)
    image = built.data["images"]["escaped"]
    assert image["built"]
    layers = docker("image", "inspect", image["tag"], "--format", "{{json .RootFS.Layers}}")
    machine = docker("image", "inspect", image["tag"], "--format", "{{.Architecture}}")
    assert machine.strip() == OTHER

    container = docker("create", "--platform", f"linux/{OTHER}", image["tag"]).strip()
    try:
        folder = project.parent / "markupsafe"
        docker("cp", f"{container}:/ops0/venv/lib/python3.11/site-packages/markupsafe", str(folder))
    finally:
        docker("rm", container)
    native = f"_speedups.cpython-311-{MACHINES[OTHER]}-linux-gnu.so"
    assert [one.name for one in folder.glob("*.so")] == [native]
    assert (folder / "__pycache__/__init__.cpython-311.pyc").exists()

    again = ops0(["build", "--json"], folder=project, env=env)
    assert again.data["images"]["escaped"] == {**image, "built": False}
    env = {**env, "OPS0_CACHE_DIR": str(project.parent / "cache")}  # of no earlier proof
    anew = ops0(["build", "--json", "--no-cache"], folder=project, env=env)
    anew_layers = docker("image", "inspect", image["tag"], "--format", "{{json .RootFS.Layers}}")
    assert anew_layers == layers
    assert anew.data["images"]["escaped"]["digest"] == image["digest"]
    assert "escaped: reading whether what it needs is there, nothing is run" in anew.err
    told = ops0(["inspect", image["tag"], "--json"], folder=project, env=env)
    assert told.code == 0, str(told)
    tells_what_it_holds(told.data["contents"])

    run = ops0(["run", "--containers"], folder=project, env=env)
    assert run.code == 33
    assert f"linux/{OTHER}: the engine runs another platform" in run.err

    (project / "flow.py").write_text(PIPELINE + APT)
    system = ops0(["build"], folder=project, env=env)
    assert system.code == 44
    assert "system packages jq" in system.err


def tells_what_it_holds(contents: Any) -> None:
    assert contents["python"].startswith("3.11.")
    assert [one["name"] for one in contents["distributions"]] == ["markupsafe"]
    assert {one["name"] for one in contents["own"]} == {"cloudpickle", "ops0"}
    assert {one["architecture"] for one in contents["packages"]} == {OTHER, "all"}
    assert contents["release"] == ["debian", "bookworm"]


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.usefixtures("base")
def test_both_platforms_at_once(project: Path, env: dict[str, str]) -> None:
    alone = ops0(["build", "flow.py", "--json"], folder=project, env=env)
    image = alone.data["images"]["escaped"]
    flags = ["--platform", f"linux/{OTHER}", "--platform", f"linux/{OWN}"]
    both = ops0(["build", "flow.py", *flags, "--json"], folder=project, env=env)
    assert both.code == 0, str(both)
    platforms = both.data["images"]["escaped"]["platforms"]
    assert list(platforms) == [f"linux/{OTHER}", f"linux/{OWN}"]
    assert platforms[f"linux/{OTHER}"] == {**image, "built": False}
    assert ops0(["lock", "flow.py", "--check"], folder=project, env=env).code == 0

    settings = (project / "pyproject.toml").read_text()
    listed = settings.replace(f'"linux/{OTHER}"', f'["linux/{OTHER}", "linux/{OWN}"]')
    (project / "pyproject.toml").write_text(listed)
    run = ops0(["run", "flow.py", "--containers"], folder=project, env=env)
    assert (run.code, run.out.strip()) == (0, "markupsafe._speedups"), str(run)
    bundled = ["bundle", "create", "flow.py", "--platform", f"linux/{OTHER}", "-o", "flow.ops0"]
    assert ops0(bundled, folder=project, env=env).code == 0
    refused = ops0(["run", "flow.ops0", "--containers"], folder=project, env=env)
    assert refused.code == 84
    assert f"it is for linux/{OTHER}, the engine runs linux/{OWN}" in refused.err


@pytest.mark.docker
@pytest.mark.slow
@needs_registry
@pytest.mark.usefixtures("base")
def test_each_platforms_image_has_documents_of_its_own(
    project: Path, env: dict[str, str], tmp_path: Path
) -> None:
    flags = ["--platform", f"linux/{OWN},linux/{OTHER}", "--json"]
    with registry(tmp_path / "registry") as served:
        name = f"{served.host}/team/flow"
        pushed = ops0(["build", "flow.py", *flags, "--push", name], folder=project, env=env)
        assert pushed.code == 0, str(pushed)
        repository = open_repository(parse_repository(name), write=False)
        platforms = pushed.data["images"]["escaped"]["platforms"]
        for platform_name, image in platforms.items():
            beside = referrers(repository, image["pushed"])
            told = {one.artifact_type: json.loads(attached(repository, one)) for one in beside}
            assert {one.digest for one in beside} == set(image["attached"].values())
            bom, provenance = told["application/vnd.cyclonedx+json"], told[IN_TOTO]
            machine = MACHINES[platform_name.removeprefix("linux/")]
            (wheel,) = (one for one in bom["components"] if one["name"].lower() == "markupsafe")
            assert machine in json.dumps(wheel)
            (subject,) = provenance["subject"]
            assert subject["digest"]["sha256"] == image["pushed"].removeprefix("sha256:")
        assert referrers(repository, pushed.data["images"]["escaped"]["digest"]) == ()
