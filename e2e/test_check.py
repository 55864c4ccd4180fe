"""``ops0 build --check``: a sound pipeline passes, a planted difference is named, and nothing is left behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from driver.command import OPS0, TIMEOUT, ops0
from driver.worlds import small_index

pytestmark = pytest.mark.docker

NAME = "ops0-e2e-check"
PIPELINE = """
import ops0


@ops0.step
def plain() -> int:
    return 1


@ops0.step
@ops0.requires("alpha")
def packed(plain: int) -> int:
    import alpha

    return plain
"""

# ops0 as it is, but what lays a layer out writes random bytes and a random time into one.
PLANTING = """
from ops0_builder.planning import tree
from ops0.cli.main import main

tools = dict(tree._tools())
tools["install.py"] += b'''
    if sys.argv[1] == "packages":
        Path("/layer/ops0/venv/by-chance").write_bytes(os.urandom(16))
        for path in ("/layer/ops0/venv/by-chance", "/layer/ops0/venv"):
            os.utime(path, (0, 0))
        os.utime("/layer/ops0/venv/lib", (0, int.from_bytes(os.urandom(3), "big")))
'''
tree._tools = lambda: tools
main()
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pipeline.py").write_text(PIPELINE)
    (folder / "ops0.toml").write_text(f'name = "{NAME}"\npython = "3.11"\n')
    yield folder
    for tag in tags():
        subprocess.run(["docker", "image", "rm", tag], capture_output=True, check=True)


@pytest.fixture
def indexed(tmp_path: Path, env: dict[str, str]) -> Iterator[dict[str, str]]:
    """The user's environment where the index has two small wheels and nothing else."""
    with small_index(tmp_path) as change:
        yield env | dict(change.env)


def tags() -> list[str]:
    argv = ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", f"ops0/{NAME}/*"]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()


def test_a_sound_pipeline_gives_the_same_images_twice(
    project: Path, indexed: dict[str, str]
) -> None:
    built = ops0(["build", "--json"], folder=project, env=indexed)
    assert built.code == 0, str(built)
    before = sorted(tags())
    said = ops0(["build", "--check", "--json"], folder=project, env=indexed)
    assert said.code == 0, str(said)
    assert sorted(tags()) == before
    assert list(said.data["images"]) == ["plain", "packed"]
    for step, image in said.data["images"].items():
        assert image["same"]
        assert image["differences"] == []
        assert image["first"] == image["second"] == built.data["images"][step]["digest"]
    assert "from the cache" not in said.err
    assert said.err.count("runner: ") == said.err.count("alpha 2.0: ") == 2  # it ran in both builds


def test_a_planted_difference_is_named(project: Path, indexed: dict[str, str]) -> None:
    argv = [sys.executable, "-c", PLANTING, "build", "--check"]
    done = subprocess.run(
        [*argv, "--json"],
        cwd=project,
        env=indexed,
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 47, done.stderr.decode()
    assert b"1 of 2 images differ between two builds without cache: packed" in done.stderr
    images = json.loads(done.stdout)["images"]
    assert images["plain"]["same"]
    found = images["packed"]["differences"]
    assert {one["layer"] for one in found} == {"alpha 2.0"}
    named = {one["path"]: [aspect["what"] for aspect in one["aspects"]] for one in found}
    assert named == {"ops0/venv/by-chance": ["bytes"], "ops0/venv/lib": ["mtime"]}
    aspect = found[0]["aspects"][0]
    assert aspect["first"].startswith("16 bytes, sha256:")
    assert aspect["first"] != aspect["second"]
    assert tags() == []
    assert not list((Path(indexed["OPS0_CACHE_DIR"]) / "contexts").glob(".check-*"))


def test_ctrl_c_in_the_second_build_leaves_nothing(project: Path, indexed: dict[str, str]) -> None:
    with subprocess.Popen(
        [OPS0, "build", "--check"], cwd=project, env=indexed, stderr=subprocess.PIPE, text=True
    ) as command:
        assert command.stderr is not None
        for line in command.stderr:
            if line.startswith("second build"):
                break
        first = tags()
        command.send_signal(signal.SIGINT)
        rest = command.stderr.read()
    assert command.returncode == 130, rest
    assert len(first) == 2  # those of the first build were there, for the comparison
    assert tags() == []
    assert not list((Path(indexed["OPS0_CACHE_DIR"]) / "contexts").glob(".check-*"))


def test_printing_is_no_check(project: Path, env: dict[str, str]) -> None:
    said = ops0(["build", "--check", "--print"], folder=project, env=env)
    assert said.code == 2, str(said)
    assert "--check builds" in said.err
