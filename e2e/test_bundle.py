"""A bundle on a machine that has ops0 and an engine only: no source, no images, no network; the same value."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from driver.command import Said, ops0
from driver.leftovers import engine_objects, runs
from driver.no_network import NO_NETWORK

pytestmark = pytest.mark.docker

PIPELINE = """\
import ops0


@ops0.step
def numbers(count: int = 4) -> list:
    return list(range(count))


@ops0.step
def total(numbers: list) -> dict:
    from packaging.version import Version

    return {"sum": sum(numbers), "newer": Version("2.0") > Version("1.0")}
"""
ASKING = """\
import ops0


@ops0.step
@ops0.resources(network=True)
def fetch() -> int:
    return 1
"""


def images(repository: str = "ops0-bundle") -> list[str]:
    argv = [
        "docker",
        "images",
        f"{repository}/bundle-e2e*/*",
        "--format",
        "{{.Repository}}:{{.Tag}}",
    ]
    told = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
    return told.stdout.split()


@pytest.fixture(autouse=True)
def own_images() -> Iterator[None]:
    yield
    remove_images()


def remove_images() -> None:
    tags = images("ops0") + images()
    if tags:
        subprocess.run(["docker", "rmi", *tags], capture_output=True, timeout=120, check=True)


def bundle_of(text: str, name: str, tmp_path: Path, env: dict[str, str]) -> Path:
    """A bundle of a project that is gone, with its images."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "ops0.toml").write_text(f'name = "{name}"\npipeline = "flow.py"\n')
    (project / "flow.py").write_text(text)
    path = tmp_path / "flow.ops0"
    said = ops0(["bundle", "create", "-o", str(path)], folder=project, env=env)
    assert said.code == 0, said
    again = ops0(
        ["bundle", "create", "-o", f"{path}.again.ops0", "--json"], folder=project, env=env
    )
    assert again.data["sha256"] in said.out, "the same images are the same bytes"
    assert said.out.split() == [again.data["sha256"], str(path)]
    assert re.search(rf"^{path}: \d+ images?, [0-9.]+ MB$", said.err, re.MULTILINE), "its one size"
    home = ops0(["run", "--param", "count=5", "--json"], folder=project, env=env)
    (tmp_path / "home.json").write_text(home.out)
    for one in project.iterdir():
        if one.is_file():
            one.unlink()
    assert images("ops0")
    remove_images()
    assert images("ops0") == []
    return path


def elsewhere(tmp_path: Path, env: dict[str, str]) -> tuple[Path, dict[str, str]]:
    """Another folder, cache and state: what the making left is of no use there."""
    other = tmp_path / "elsewhere"
    other.mkdir()
    return other, {
        **env,
        "OPS0_CACHE_DIR": str(other / "cache"),
        "OPS0_STATE_DIR": str(other / "s"),
    }


def test_it_runs_where_there_is_nothing_else(tmp_path: Path, env: dict[str, str]) -> None:
    path = bundle_of(PIPELINE, "bundle-e2e", tmp_path, env)
    folder, env = elsewhere(tmp_path, env)

    def offline(*arguments: str) -> Said:
        return ops0(arguments, folder=folder, env=env, prefix=NO_NETWORK)

    told = offline("bundle", "inspect", str(path), "--json")
    assert told.code == 0, told
    packages = {name: one["packages"] for name, one in told.data["steps"].items()}
    assert packages["numbers"] == []
    assert packages["total"][0].startswith("packaging ")
    said = offline("run", str(path), "--containers", "--offline", "--param", "count=5")
    assert said.code == 0, said
    assert json.loads(said.out) == {"sum": 10, "newer": True}
    expect = ("--containers", "--offline", "--expect", str(tmp_path / "home.json"))
    assert offline("run", str(path), *expect, "--param", "count=5").code == 0
    other = offline("run", str(path), *expect, "--param", "count=6")
    assert other.code == 59, other
    assert json.loads(other.out)["sum"] == 15
    assert "total: sha256:" in other.err
    digests = {one["tag"] for one in told.data["steps"].values()}
    assert set(images()) == digests
    loaded = offline("bundle", "load", str(path), "--json").data
    assert {name: one["loaded"] for name, one in loaded.items()} == {
        "numbers": False,
        "total": False,
    }
    assert engine_objects(runs(folder / "s")) == ()


FAILING = """\
import ops0


@ops0.step
def numbers(count: int = 4) -> list:
    return list(range(count))


@ops0.step
def share(numbers: list, parts: int = 0) -> float:
    return sum(numbers) / parts
"""


def test_a_run_of_it_goes_on(tmp_path: Path, env: dict[str, str]) -> None:
    path = bundle_of(FAILING, "bundle-e2e-resume", tmp_path, env)
    folder, env = elsewhere(tmp_path, env)

    def run(*arguments: str) -> Said:
        return ops0(["run", str(path), "--containers", *arguments], folder=folder, env=env)

    none = run("--resume")
    assert none.code == 57, none
    assert "no run of bundle-e2e-resume (flow.py) is kept here" in none.err
    assert run("--param", "count=5").code == 50
    said = run("--resume", "--param", "parts=2")
    assert (said.code, said.out) == (0, "5.0\n"), said
    assert "numbers: not run, it was done before" in said.err
    assert run("--resume").code == 57


@pytest.mark.slow
def test_a_machine_with_python_and_an_engine_only(tmp_path: Path, env: dict[str, str]) -> None:
    """ops0 itself comes out of the bundle; nothing of this is near a network."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "ops0.toml").write_text('name = "bundle-e2e-tools"\npipeline = "flow.py"\n')
    (project / "flow.py").write_text(PIPELINE)
    path = tmp_path / "flow.ops0"
    argv = ["bundle", "create", "--with-tools", "-o", str(path)]
    alone = ops0(["bundle", "create", "--tools-python", "3.13", *argv[3:]], folder=project, env=env)
    assert (alone.code, "goes with --with-tools" in alone.err) == (2, True), alone
    made = ops0(argv, folder=project, env=env)
    assert made.code == 0, made
    remove_images()
    folder, env = elsewhere(tmp_path, env)

    def offline(*argv: str) -> str:
        done = subprocess.run(
            [*NO_NETWORK, *argv], cwd=folder, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    offline("tar", "-xf", str(path), "ops0/tools")
    offline(sys.executable, "-m", "venv", "own")
    pip = (*("own/bin/python", "-I", "-m", "pip", "install"), "--quiet", "--no-index")
    offline(*pip, "--find-links", "ops0/tools", "ops0")
    where = offline("own/bin/python", "-I", "-c", "import ops0; print(ops0.__file__)")
    assert where.startswith(str(folder / "own"))
    ran = offline("own/bin/ops0", "run", str(path), "--containers", "--offline")
    assert json.loads(ran) == {"sum": 6, "newer": True}
    code = f"import ops0; print(ops0.run({str(path)!r}, params={{'count': 5}}))"
    assert offline("own/bin/python", "-I", "-c", code) == "{'sum': 10, 'newer': True}\n"


def test_the_engine_reads_it_without_ops0(tmp_path: Path, env: dict[str, str]) -> None:
    path = bundle_of(PIPELINE, "bundle-e2e-plain", tmp_path, env)
    tags = [
        one["tag"]
        for one in ops0(["bundle", "inspect", str(path), "--json"], folder=tmp_path, env=env)
        .data["steps"]
        .values()
    ]
    argv = ["docker", "load", "--quiet", "--input", str(path)]
    subprocess.run(argv, capture_output=True, timeout=300, check=True)
    assert sorted(images()) == sorted(tags)


def test_what_is_refused_before_anything_is_loaded(tmp_path: Path, env: dict[str, str]) -> None:
    path = bundle_of(ASKING, "bundle-e2e-asking", tmp_path, env)
    run = ["run", str(path), "--containers"]
    asks = ops0([*run, "--offline"], folder=tmp_path, env=env)
    assert (asks.code, "step fetch asks for the network" in asks.err) == (84, True), asks
    unknown = ops0([*run, "--param", "x=1"], folder=tmp_path, env=env)
    assert unknown.code == 9, unknown
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    for arguments in (["bundle", "verify", str(path)], ["bundle", "load", str(path)], run):
        damaged = ops0(arguments, folder=tmp_path, env=env)
        assert (damaged.code, "has the digest" in damaged.err) == (83, True), damaged
    assert images() == []


SECRET = """\
import os

import ops0


@ops0.step
@ops0.secrets(A="env:HERE")
def fetch() -> int:
    print("with", os.environ["A"])
    return len(os.environ["A"])
"""


def test_a_bundle_gets_secrets_only_where_the_user_says_so(
    tmp_path: Path, env: dict[str, str]
) -> None:
    path = bundle_of(SECRET, "bundle-e2e-secret", tmp_path, env)
    run = ["run", str(path), "--containers"]
    env["HERE"] = "correct-horse-battery"
    refused = ops0(run, folder=tmp_path, env=env)
    assert (refused.code, "asks for the secret A (env:HERE)" in refused.err) == (74, True), refused
    given = ops0([*run, "--secrets"], folder=tmp_path, env=env)
    assert (given.code, given.out.strip()) == (0, "21"), given
    assert "correct-horse" not in given.out + given.err
    del env["HERE"]
    missing = ops0([*run, "--secrets"], folder=tmp_path, env=env)
    assert (missing.code, "secret A (env:HERE)" in missing.err) == (73, True), missing
