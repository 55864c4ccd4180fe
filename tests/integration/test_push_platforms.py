"""A step's images for two platforms, under one name in a real registry."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import pytest
from docker_client import docker
from registries import proxy as faults
from registries.needs import needs_registry
from registries.no_export import no_export
from registries.plain_layer import plain_layer
from registries.proxy import FaultProxy
from registries.pushed import push_to

from ops0.core.pipeline import StepName
from ops0.host.engine_socket import EngineSocket
from ops0_builder.bases.foreign import engine_platform
from ops0_builder.engine.engine_images import image_id, remove_tag
from ops0_builder.oci.values import OCI_INDEX
from ops0_builder.registry.artifacts import list_tags
from ops0_builder.registry.client import open_repository
from ops0_builder.registry.errors import TagTaken
from ops0_builder.registry.images import LocalImage
from ops0_builder.registry.reference import parse_repository

pytestmark = [
    pytest.mark.docker,
    needs_registry,
]
PLATFORMS = ("linux/amd64", "linux/arm64")
STEP = StepName("train")


@pytest.fixture(scope="module")
def images(
    engine: EngineSocket, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[LocalImage]]:
    name = f"ops0-test-platforms-{uuid.uuid4().hex[:8]}"
    layer = tmp_path_factory.mktemp("layer") / "layer.tar"
    found = []
    for platform in PLATFORMS:
        tag = f"{name}:{platform.rpartition('/')[2]}"
        layer.write_bytes(plain_layer(platform.encode()))
        docker("import", "--platform", platform, str(layer), tag)
        digest = image_id(engine, tag)
        assert digest is not None
        found.append(LocalImage(step=STEP, tag=tag, digest=digest, platform=platform))
    yield found
    for one in found:
        remove_tag(engine, one.tag)


def test_the_tags_name_an_index_of_both(
    engine: EngineSocket, images: list[LocalImage], proxy: FaultProxy
) -> None:
    repository = f"{proxy.host}/team/flow"
    pushed = push_to(repository, images, engine=engine, tags=["v1"])[STEP]
    assert pushed.platforms == {one.platform: one.digest for one in images}
    assert list_tags(repository) == ("train-v1",)
    index = open_repository(parse_repository(repository), write=False).manifest("train-v1")
    assert index is not None
    assert (index.media_type, index.digest) == (OCI_INDEX, pushed.digest)
    rows = json.loads(index.data)["manifests"]
    assert [one["digest"] for one in rows] == list(pushed.platforms.values())
    assert [one["platform"]["architecture"] for one in rows] == ["amd64", "arm64"]

    proxy.seen.clear()  # again, in another order: nothing is sent, and it is the same
    again = push_to(repository, images[::-1], engine=engine, tags=["v1"])[STEP]
    assert again == pushed
    assert {method for method, _ in proxy.seen} <= {"GET", "HEAD"}
    assert proxy.count("GET", "blobs") == proxy.count("HEAD", "blobs") == 0


def test_an_engine_pulls_its_own(
    engine: EngineSocket, images: list[LocalImage], proxy: FaultProxy
) -> None:
    straight = f"127.0.0.1:{proxy.upstream}/pull/flow"  # the engine tries TLS first
    pushed = push_to(straight, images, engine=engine, tags=["v1"])[STEP]
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


def test_the_engine_sends_all_platforms_under_one_name(
    engine: EngineSocket,
    images: list[LocalImage],
    proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = push_to(f"{proxy.host}/archive/flow", images, engine=engine, tags=["v1"])[STEP]
    no_export(monkeypatch)
    straight = f"127.0.0.1:{proxy.upstream}/engine/flow"  # the engine tries TLS first
    tags, own = ["v1"], {STEP: ("own",)}
    pushed = push_to(straight, images, engine=engine, tags=tags, own_tags=own, by_engine=True)[STEP]
    assert (pushed.digest, pushed.platforms) == (sent.digest, sent.platforms)
    assert list_tags(straight) == ("train-own", "train-v1")
    assert image_id(engine, f"{straight}:train-own") is None  # the name it needed for that is gone
    assert image_id(engine, pushed.digest) is None
    assert [image_id(engine, one.tag) for one in images] == [one.digest for one in images]


def test_what_the_engine_does_not_send_goes_another_way(
    engine: EngineSocket, images: list[LocalImage], proxy: FaultProxy
) -> None:
    repository = f"{proxy.host}/half/flow"
    proxy.plant("PUT", "manifests", faults.status(503))  # which an engine does not try again
    pushed = push_to(repository, images, engine=engine, tags=["v1"], by_engine=True)[STEP]
    assert list_tags(repository) == ("train-v1",)
    index = open_repository(parse_repository(repository), write=False).manifest("train-v1")
    assert index is not None
    assert index.digest == pushed.digest


def test_a_tag_of_another_index_stays(
    engine: EngineSocket, images: list[LocalImage], proxy: FaultProxy
) -> None:
    repository = f"{proxy.host}/taken/flow"
    both = push_to(repository, images, engine=engine, tags=["v1"])[STEP]
    with pytest.raises(TagTaken):
        push_to(repository, images[:1], engine=engine, tags=["v1"])
    one = push_to(repository, images[:1], engine=engine, tags=["v1"], force=True)[STEP]
    assert one.digest != both.digest
    with pytest.raises(TagTaken):
        push_to(repository, images, engine=engine, tags=["v1"])


def test_an_index_without_a_tag_is_there_all_the_same(
    engine: EngineSocket, images: list[LocalImage], proxy: FaultProxy
) -> None:
    repository = f"{proxy.host}/bare/flow"
    pushed = push_to(repository, images, engine=engine, tags=[])[STEP]
    found = open_repository(parse_repository(repository), write=False).manifest(pushed.digest)
    assert found is not None
