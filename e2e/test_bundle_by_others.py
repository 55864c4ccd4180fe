"""A bundle read by skopeo and crane: an image layout as the specification has it, and every digest kept on the way.

source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from driver.command import ops0
from registries.server import registry

needs_tools = pytest.mark.skipif(
    None in map(shutil.which, ("skopeo", "crane", "docker-registry")) and not os.environ.get("CI"),
    reason="not installed: scripts/image-tools.sh, scripts/docker-registry.sh",
)
pytestmark = [pytest.mark.docker, needs_tools]

PIPELINE = """\
import ops0


@ops0.step
def one() -> int:
    return 1


@ops0.step
def two(one: int) -> int:
    return one + 1
"""


def said(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{argv}: {done.stderr}"
    return done.stdout.strip()


@pytest.fixture
def bundle(tmp_path: Path, env: dict[str, str]) -> Iterator[tuple[Path, dict[str, str]]]:
    """A bundle, and the digest of each image in it by its tag alone."""
    (tmp_path / "flow.py").write_text(PIPELINE)
    (tmp_path / "ops0.toml").write_text('name = "by-others"\npipeline = "flow.py"\n')
    built = ops0(["build", "--json"], folder=tmp_path, env=env)
    assert built.code == 0, built
    path = tmp_path / "flow.ops0"
    made = ops0(["bundle", "create", "-o", str(path)], folder=tmp_path, env=env)
    assert made.code == 0, made
    images = built.data["images"].values()
    yield path, {one["tag"].rpartition(":")[2]: one["digest"] for one in images}
    subprocess.run(["docker", "rmi", *(one["tag"] for one in images)], check=True)


def test_skopeo_copies_each_image_with_its_digest(
    bundle: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    path, images = bundle
    assert len(images) == 2
    with registry(tmp_path / "registry") as served:
        for tag, digest in images.items():
            to = f"docker://{served.host}/flow:{tag}"
            said("skopeo", "copy", "--dest-tls-verify=false", f"oci-archive:{path}:{tag}", to)
            read = ("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", to)
            assert said(*read) == digest


def test_crane_pushes_all_that_is_in_it(
    bundle: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    path, images = bundle
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path / "layout", filter="data")
    with registry(tmp_path / "registry") as served:
        name = f"{served.host}/flow:all"
        said("crane", "push", "--index", str(tmp_path / "layout"), name)
        said("crane", "validate", "--remote", name)
        for digest in images.values():
            said("crane", "validate", "--remote", f"{served.host}/flow@{digest}")
