"""A step's images for two platforms, under one name in a real registry."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from registries.proxy import FaultProxy, fault_proxy
from registries.server import registry

from ops0.core.pipeline import StepName
from ops0.host.engine_socket import EngineSocket
from ops0_builder.engine_images import image_id, remove_tag
from ops0_builder.foreign import engine_platform
from ops0_builder.registry.artifacts import list_tags
from ops0_builder.registry.client import INDEX, open_repository
from ops0_builder.registry.errors import TagTaken
from ops0_builder.registry.push import Local, push_images
from ops0_builder.registry.reference import parse_repository

pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif(
        shutil.which("docker-registry") is None and not os.environ.get("CI"),
        reason="docker-registry is not installed: scripts/docker-registry.sh",
    ),
]
PLATFORMS = ("linux/amd64", "linux/arm64")
STEP = StepName("train")


def docker(*argv: str, given: bytes | None = None) -> str:
    done = subprocess.run(["docker", *argv], input=given, check=True, capture_output=True)
    return done.stdout.decode()


def layer(content: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("data")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


@pytest.fixture(scope="module")
def engine() -> EngineSocket:
    return EngineSocket.from_environment()


@pytest.fixture(scope="module")
def images(engine: EngineSocket) -> Iterator[list[Local]]:
    name = f"ops0-test-platforms-{uuid.uuid4().hex[:8]}"
    found = []
    for platform in PLATFORMS:
        tag = f"{name}:{platform.rpartition('/')[2]}"
        docker("import", "--platform", platform, "-", tag, given=layer(platform.encode()))
        digest = image_id(engine, tag)
        assert digest is not None
        found.append(Local(step=STEP, tag=tag, digest=digest, platform=platform))
    yield found
    for one in found:
        remove_tag(engine, one.tag)


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    with registry(tmp_path / "registry") as served, fault_proxy(served.port) as one:
        yield one


def test_the_tags_name_an_index_of_both(
    engine: EngineSocket, images: list[Local], proxy: FaultProxy
) -> None:
    repository = f"{proxy.host}/team/flow"
    pushed = push_images(images, repository, engine=engine, tags=["v1"])[STEP]
    assert pushed.platforms == {one.platform: one.digest for one in images}
    assert list_tags(repository) == ("train-v1",)
    index = open_repository(parse_repository(repository), write=False).manifest("train-v1")
    assert index is not None
    assert (index.media_type, index.digest) == (INDEX, pushed.digest)
    rows = json.loads(index.data)["manifests"]
    assert [one["digest"] for one in rows] == list(pushed.platforms.values())
    assert [one["platform"]["architecture"] for one in rows] == ["amd64", "arm64"]

    proxy.seen.clear()  # again, in another order: nothing is sent, and it is the same
    again = push_images(images[::-1], repository, engine=engine, tags=["v1"])[STEP]
    assert again == pushed
    assert {method for method, _ in proxy.seen} <= {"GET", "HEAD"}
    assert proxy.count("GET", "blobs") == proxy.count("HEAD", "blobs") == 0


def test_an_engine_pulls_its_own(
    engine: EngineSocket, images: list[Local], proxy: FaultProxy
) -> None:
    straight = f"127.0.0.1:{proxy.upstream}/pull/flow"  # the engine tries TLS first
    pushed = push_images(images, straight, engine=engine, tags=["v1"])[STEP]
    for platform in (None, *PLATFORMS):
        asked = () if platform is None else ("--platform", platform)
        try:
            docker("pull", "--quiet", *asked, pushed.reference)
            container = docker("create", *asked, pushed.reference, "/none").strip()
            try:
                told = docker("cp", f"{container}:/data", "-")
            finally:
                docker("rm", container)
        finally:
            remove_tag(engine, pushed.reference)
        assert (platform or engine_platform(engine)) in told


def test_a_tag_of_another_index_stays(
    engine: EngineSocket, images: list[Local], proxy: FaultProxy
) -> None:
    repository = f"{proxy.host}/taken/flow"
    both = push_images(images, repository, engine=engine, tags=["v1"])[STEP]
    with pytest.raises(TagTaken):
        push_images(images[:1], repository, engine=engine, tags=["v1"])
    one = push_images(images[:1], repository, engine=engine, tags=["v1"], force=True)[STEP]
    assert one.digest != both.digest
    with pytest.raises(TagTaken):
        push_images(images, repository, engine=engine, tags=["v1"])


def test_an_index_without_a_tag_is_there_all_the_same(
    engine: EngineSocket, images: list[Local], proxy: FaultProxy
) -> None:
    repository = f"{proxy.host}/bare/flow"
    pushed = push_images(images, repository, engine=engine, tags=[])[STEP]
    found = open_repository(parse_repository(repository), write=False).manifest(pushed.digest)
    assert found is not None
