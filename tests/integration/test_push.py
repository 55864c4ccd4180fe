"""Images from the engine into a registry, straight and through a proxy that injects faults."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from registries import proxy as faults
from registries.attached import attached
from registries.needs import needs_registry
from registries.no_export import no_export
from registries.plain_layer import plain_layer
from registries.proxy import FaultProxy
from registries.pushed import push_to

from ops0.cli.main import ops0_command
from ops0.core.errors import ErrorGroup
from ops0.core.pipeline import StepName
from ops0.host.engine_socket import EngineSocket
from ops0_builder.about import provenance, sbom
from ops0_builder.engine.engine_images import Store, add_tag, image_id, remove_tag
from ops0_builder.registry import push
from ops0_builder.registry.artifacts import list_tags
from ops0_builder.registry.blobs import PushEvent
from ops0_builder.registry.client import Manifest, open_repository
from ops0_builder.registry.errors import BadReference, DigestMismatch, RegistryForbidden, TagTaken
from ops0_builder.registry.given_tags import notes_dir
from ops0_builder.registry.images import LocalImage
from ops0_builder.registry.patience import Patience
from ops0_builder.registry.reference import parse_repository
from ops0_builder.registry.referrers import referrers
from ops0_builder.sweeping.leftovers import tag_leftovers

pytestmark = [
    pytest.mark.docker,
    needs_registry,
]
QUICK = Patience(connect=5, idle=5, attempts=4, first=0.02, longest=0.1, asked=5)


def make_image(tag: str, content: bytes, *, below: str | None = None) -> None:
    """An image of one layer, or of one more above another image."""
    if below is None:
        subprocess.run(
            ["docker", "import", "-", tag],
            input=plain_layer(content),
            check=True,
            capture_output=True,
        )
        return
    with tarfile.open(fileobj=(stream := io.BytesIO()), mode="w") as context:
        for name, data in {
            "Dockerfile": f"FROM {below}\nCOPY data /more\n".encode(),
            "data": content,
        }.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            context.addfile(member, io.BytesIO(data))
    subprocess.run(
        ["docker", "build", "--provenance=false", "-q", "-t", tag, "-"],
        input=stream.getvalue(),
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def images(engine: EngineSocket) -> Iterator[tuple[LocalImage, LocalImage]]:
    """Two images that share a layer of 3 MB which does not compress."""
    name = f"ops0-test-push-{uuid.uuid4().hex[:8]}"
    tags = (f"{name}/low:1", f"{name}/high:1")
    try:
        make_image(tags[0], os.urandom(3_000_000))
        make_image(tags[1], b"more", below=tags[0])
        low, high = (image_id(engine, tag) for tag in tags)
        assert low is not None
        assert high is not None
        yield (
            LocalImage(step=StepName("low"), tag=tags[0], digest=low),
            LocalImage(step=StepName("high"), tag=tags[1], digest=high),
        )
    finally:
        for tag in reversed(tags):
            remove_tag(engine, tag)


class Told:
    """What a push tells of images that the engine sends: their digests by step."""

    def __init__(self) -> None:
        self.left: dict[str, str] = {}
        self.arrived: dict[str, str] = {}

    def leaves(self, step: StepName, digest: str) -> None:
        assert not self.arrived  # documents are made while images are on their way
        self.left[step] = digest

    def is_there(self, step: StepName, image: Manifest) -> None:
        self.arrived[step] = image.digest


def test_only_what_is_missing_travels(
    engine: EngineSocket,
    images: tuple[LocalImage, LocalImage],
    proxy: FaultProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path))  # what a killed push has left elsewhere
    repository = f"{proxy.host}/team/flow"
    events: list[PushEvent] = []
    first = push_to(repository, images[:1], engine=engine, tags=["v1"], on_event=events.append)
    assert events[-1].blobs == events[-1].of_blobs == 2  # a layer and a configuration
    assert events[-1].bytes == events[-1].of_bytes > 3_000_000
    events.clear()
    both = push_to(repository, images, engine=engine, tags=["v1"], on_event=events.append)
    assert events[-1].of_bytes < 100_000
    assert both[StepName("low")] == first[StepName("low")]
    assert both[StepName("low")].reference == f"{repository}@{both[StepName('low')].digest}"
    assert list_tags(repository) == ("high-v1", "low-v1")
    proxy.seen.clear()
    assert push_to(repository, images, engine=engine, tags=["v1"]) == both
    assert {method for method, _ in proxy.seen} <= {"GET", "HEAD"}
    assert proxy.count("GET", "blobs") == proxy.count("HEAD", "blobs") == 0
    assert (
        proxy.count("HEAD", "manifests") == 2
    )  # a tag that holds an image tells that the image is there
    assert list((tmp_path / "pushes").iterdir()) == []


def test_another_engine_gets_what_was_pushed(
    engine: EngineSocket, images: tuple[LocalImage, LocalImage], proxy: FaultProxy
) -> None:
    straight = f"127.0.0.1:{proxy.upstream}/pull/flow"  # the engine tries TLS first
    pushed = push_to(straight, images, engine=engine, tags=["v1"])
    reference = pushed[StepName("high")].reference
    pulled = subprocess.run(
        ["docker", "pull", "-q", reference], capture_output=True, text=True, check=False
    )
    try:
        assert pulled.returncode == 0, pulled.stderr
        assert image_id(engine, reference) == images[1].digest
    finally:
        remove_tag(engine, reference)


def test_the_engine_sends_what_is_missing(
    engine: EngineSocket,
    images: tuple[LocalImage, LocalImage],
    proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_export(monkeypatch)
    straight = f"127.0.0.1:{proxy.upstream}/engine/flow"
    events: list[PushEvent] = []
    told = Told()
    pushed = push_to(
        straight,
        images,
        engine=engine,
        tags=["v1", "v2"],
        by_engine=True,
        on_event=events.append,
        on_image=told,
    )
    assert told.left == told.arrived == {one.step: one.digest for one in images}
    assert {one.step: one.digest for one in images} == {
        step: one.digest for step, one in pushed.items()
    }
    assert list_tags(straight) == ("high-v1", "high-v2", "low-v1", "low-v2")
    repository = open_repository(parse_repository(straight), write=False)
    for one in images:
        manifest = repository.manifest(f"{one.step}-v2")
        assert manifest is not None
        assert manifest.digest == one.digest
    assert all(0 <= one.bytes <= one.of_bytes != 0 for one in events)  # none where it was quick
    assert image_id(engine, f"{straight}:low-v1") is None  # the names it needed for that are gone
    again = push_to(straight, images, engine=engine, tags=["v1"], by_engine=True)
    assert again[StepName("low")].digest == images[0].digest


def test_what_fails_beside_the_engine_leaves_no_name_there(
    engine: EngineSocket, images: tuple[LocalImage, LocalImage], proxy: FaultProxy
) -> None:
    straight = f"127.0.0.1:{proxy.upstream}/beside/flow"

    class Fails(Told):
        def is_there(self, step: StepName, image: Manifest) -> None:
            raise RegistryForbidden("host", "PUT", 403, "no credentials", "")

    with pytest.raises(RegistryForbidden):
        push_to(straight, images, engine=engine, tags=["v1"], by_engine=True, on_image=Fails())
    assert [image_id(engine, f"{straight}:{one.step}-v1") for one in images] == [None, None]


def test_an_image_whose_manifest_the_engine_does_not_know_leaves_it_once(
    engine: EngineSocket,
    images: tuple[LocalImage, LocalImage],
    proxy: FaultProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    repository = f"{proxy.host}/noted/flow"
    first = push_to(repository, images, engine=engine, tags=["v1"])
    registry = open_repository(parse_repository(repository), write=False)
    older = []
    for one in images:  # as the older image store knows it
        manifest = registry.manifest(one.digest)
        assert manifest is not None
        config = json.loads(manifest.data)["config"]["digest"]
        older.append(dataclasses.replace(one, digest=config))
    monkeypatch.setattr(push, "image_store", lambda _: Store(id="", containerd=False))
    assert push_to(repository, older, engine=engine, tags=["v1"]) == first
    no_export(monkeypatch)
    assert push_to(repository, older, engine=engine, tags=["v1", "v2"]) == {
        step: dataclasses.replace(one, tags=(*one.tags, f"{step}-v2"))
        for step, one in first.items()
    }
    assert list_tags(repository) == ("high-v1", "high-v2", "low-v1", "low-v2")
    with pytest.raises(AssertionError, match="was to send it"):  # another registry has it not
        push_to(f"{proxy.host}/noted/other", older, engine=engine, tags=["v1"])


KILLED = """
import os, signal, sys
from ops0.host.engine_socket import EngineSocket
from ops0_builder.registry.given_tags import given_tags

with given_tags(EngineSocket.from_environment(), {sys.argv[1]: sys.argv[2]}, None) as given:
    given.give(sys.argv[1])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_names_that_a_killed_push_gave_go_with_the_next(
    engine: EngineSocket,
    images: tuple[LocalImage, LocalImage],
    proxy: FaultProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    straight = f"127.0.0.1:{proxy.upstream}/killed/flow"
    low, high = images
    left, moved = f"{straight}:low-old", f"{straight}:low-moved"
    for name in (left, moved):
        argv = [sys.executable, "-c", KILLED, name, low.digest]
        assert subprocess.run(argv, check=False).returncode == -signal.SIGKILL
    add_tag(engine, high.digest, moved)  # the user's own by now
    try:
        assert image_id(engine, left) == low.digest
        assert left in [one.name for one in tag_leftovers(engine)]
        push_to(straight, [low], engine=engine, tags=["v1"], by_engine=True)
        assert image_id(engine, left) is None
        assert image_id(engine, moved) == high.digest
        assert list(notes_dir().iterdir()) == []
    finally:
        remove_tag(engine, moved)


def test_what_the_engine_cannot_send_is_sent_all_the_same(
    engine: EngineSocket, images: tuple[LocalImage, LocalImage], proxy: FaultProxy
) -> None:
    repository = f"{proxy.host}/half/flow"
    proxy.plant(
        "PUT", "manifests", faults.status(503), times=1
    )  # which an engine does not try again
    pushed = push_to(repository, images, engine=engine, tags=["v1"], by_engine=True)
    assert list_tags(repository) == ("high-v1", "low-v1")
    assert {one.digest for one in images} == {one.digest for one in pushed.values()}
    assert image_id(engine, f"{repository}:low-v1") is None


def test_the_engine_moves_no_tag_either(
    engine: EngineSocket, images: tuple[LocalImage, LocalImage], proxy: FaultProxy
) -> None:
    straight = f"127.0.0.1:{proxy.upstream}/moved/flow"
    low, high = images
    push_to(straight, [low], engine=engine, tags=["v1"], by_engine=True)
    other = dataclasses.replace(high, step=low.step)
    with pytest.raises(TagTaken):
        push_to(straight, [other], engine=engine, tags=["v1", "v2"], by_engine=True)
    assert list_tags(straight) == ("low-v1",)


def test_who_may_not_push_hears_it_from_ops0(
    engine: EngineSocket, images: tuple[LocalImage, LocalImage], proxy: FaultProxy
) -> None:
    proxy.plant("POST", "uploads", faults.status(403), times=99)
    with pytest.raises(RegistryForbidden, match="no credentials"):
        push_to(
            f"{proxy.host}/no/engine",
            images,
            engine=engine,
            tags=["v1"],
            by_engine=True,
            patience=QUICK,
        )
    assert image_id(engine, f"{proxy.host}/no/engine:low-v1") is None


def test_tags_that_hold_another_image_are_named_together(
    engine: EngineSocket, images: tuple[LocalImage, LocalImage], proxy: FaultProxy
) -> None:
    repository = f"{proxy.host}/taken/flow"
    low, high = images
    push_to(
        repository,
        [low, dataclasses.replace(low, step=StepName("high"))],
        engine=engine,
        tags=["v1", "v2"],
    )
    with pytest.raises(ErrorGroup) as told:
        push_to(repository, [high], engine=engine, tags=["v1", "v2"])
    assert [type(one) for one in told.value.errors] == [TagTaken, TagTaken]
    assert proxy.count("POST", "uploads") == 2  # those of the first push
    pushed = push_to(repository, [high], engine=engine, tags=["v1", "v2"], force=True)
    again = push_to(repository, [high], engine=engine, tags=["v1"])
    assert pushed[high.step].digest == again[high.step].digest


@pytest.mark.parametrize(
    ("method", "part", "fault"),
    [
        ("POST", "uploads", faults.status(503)),
        ("PUT", "uploads", faults.reset),
        ("PUT", "uploads", faults.status(404)),
        ("PUT", "uploads", faults.status(429, Retry_After="1")),
        ("PUT", "manifests", faults.reset),
        ("GET", "manifests", faults.truncated),
    ],
    ids=["503", "reset", "lost", "429", "manifest", "truncated"],
)
def test_faults_that_pass_do_not_stop_a_push(
    engine: EngineSocket,
    images: tuple[LocalImage, LocalImage],
    proxy: FaultProxy,
    method: str,
    part: str,
    fault: faults.Fault,
) -> None:
    proxy.plant(method, part, fault, times=2)
    pushed = push_to(
        f"{proxy.host}/faults/flow", images, engine=engine, tags=["v1"], patience=QUICK
    )
    assert set(pushed) == {"low", "high"}
    assert proxy.planted[0].times == 0


@pytest.mark.parametrize("command", [["push"], ["build", "--push"]])
def test_who_may_not_push_hears_it_before_anything_is_built(
    command: list[str], proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing login was told after minutes of building."""
    (tmp_path / "flow.py").write_text("import ops0\n\n@ops0.step\ndef one():\n    return 1\n")
    (tmp_path / "ops0.toml").write_text('pipeline = "flow.py"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ops0.cli.building.fetch_wheels", None)  # the first thing that a build does
    proxy.plant("POST", "uploads", faults.status(403))
    with pytest.raises(RegistryForbidden, match="no credentials"):
        CliRunner().invoke(
            ops0_command,
            [*command, f"{proxy.host}/no/flow"],
            catch_exceptions=False,
            standalone_mode=False,
        )


@pytest.mark.parametrize("fault", [None, faults.status(405), faults.status(503)])
def test_what_is_asked_before_a_build_leaves_no_upload(
    proxy: FaultProxy, fault: faults.Fault | None
) -> None:
    if fault is not None:
        proxy.plant("DELETE", "uploads", fault, times=99)
    open_repository(parse_repository(f"{proxy.host}/asked/flow"), write=True).check_write()
    assert [proxy.count(method, "uploads") for method in ("POST", "DELETE")] == [1, 1]
    assert list_tags(f"{proxy.host}/asked/flow") == ()


@pytest.mark.parametrize("code", [401, 403])
def test_a_refusal_stops_at_once(
    engine: EngineSocket, images: tuple[LocalImage, LocalImage], proxy: FaultProxy, code: int
) -> None:
    proxy.plant("POST", "uploads", faults.status(code), times=99)
    with pytest.raises(RegistryForbidden, match="no credentials"):
        push_to(f"{proxy.host}/no/flow", images, engine=engine, tags=["v1"], patience=QUICK)
    assert proxy.count("POST", "uploads") <= 4  # what was under way: one a thread
    assert proxy.count("PUT", "manifests") == 0


def test_a_registry_that_gives_back_something_else(
    engine: EngineSocket, images: tuple[LocalImage, LocalImage], proxy: FaultProxy
) -> None:
    proxy.plant("GET", "manifests", faults.other_bytes)
    with pytest.raises(DigestMismatch):
        push_to(f"{proxy.host}/other/flow", images, engine=engine, tags=["v1"], patience=QUICK)


def test_it_ends_soon_after_ctrl_c(
    images: tuple[LocalImage, LocalImage], proxy: FaultProxy, tmp_path: Path
) -> None:
    proxy.plant("PUT", "uploads", faults.stall(90), times=99)
    cache = tmp_path / "cache"
    code = (
        "import sys; from ops0.host.engine_socket import EngineSocket as E;"
        "from ops0_builder.registry.images import LocalImage, Tags;"
        "from ops0_builder.registry.client import open_repository;"
        "from ops0_builder.registry.push import push_images;"
        "from ops0_builder.registry.reference import parse_repository;"
        "push_images([LocalImage(step='low', tag=sys.argv[1], digest=sys.argv[2])],"
        "open_repository(parse_repository(sys.argv[3]), write=True),"
        "engine=E.from_environment(), tags=Tags(common=('v1',)))"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", code, images[0].tag, images[0].digest, f"{proxy.host}/stop/flow"],
        env={**os.environ, "OPS0_CACHE_DIR": str(cache)},
        stderr=subprocess.PIPE,
    )
    with running:
        end = time.monotonic() + 120
        while not proxy.count("PUT", "uploads"):
            assert time.monotonic() < end
            time.sleep(0.02)
        assert len(list((cache / "pushes").iterdir())) == 1
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=80)
    assert b"KeyboardInterrupt" in told
    assert time.monotonic() - began < 60
    assert list((cache / "pushes").iterdir()) == []


def test_the_command(
    engine: EngineSocket,
    proxy: FaultProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    name = f"push-{uuid.uuid4().hex[:8]}"
    (project / "ops0.toml").write_text(f'pipeline = "flow.py"\nname = "{name}"\n')
    steps = "\n@ops0.step\ndef one():\n    return 1\n\n@ops0.step\ndef two():\n    return 2\n"
    (project / "flow.py").write_text(f"import ops0\n{steps}")
    monkeypatch.chdir(project)
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@t.example"]
    repository = f"{proxy.host}/cli/flow"

    def call(*arguments: str) -> dict[str, object]:
        done = CliRunner().invoke(
            ops0_command, [*arguments, "--json"], catch_exceptions=False, standalone_mode=False
        )
        return json.loads(done.stdout)

    try:
        told = call("push", repository, "--tag", "v1")
        one = told["images"]["one"]  # type: ignore[index]
        assert one["reference"] == f"{repository}@{one['digest']}"
        assert [tag.startswith("one-") for tag in one["tags"]] == [True, True]
        assert set(one["attached"]) == {"sbom", "provenance"}
        notes = tmp_path / "cache" / "contents"
        assert len(list(notes.iterdir())) == 1  # both differ in their code alone: one was asked
        subprocess.run(["git", "init", "-q"], check=True)
        subprocess.run(["git", "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", "x"], check=True)
        head = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True)[:12]
        built = call("build", "--push", repository)["images"]["one"]  # type: ignore[index]
        assert (built["reference"], built["built"]) == (one["reference"], False)
        tags = {tag for tag in list_tags(repository) if tag.startswith("one-")}
        assert tags == {*one["tags"], f"one-{head}"}
        sboms, made = documents(repository, one["digest"])
        inspected = CliRunner().invoke(ops0_command, ["inspect", "one", "--sbom"])
        assert sboms == [json.loads(inspected.stdout)]  # the second push had the same
        assert [revision_told(one) for one in made] == [None, head]
        for told in made:
            assert told["subject"][0]["digest"] == {"sha256": one["digest"][7:]}
        bare = call("push", f"{proxy.host}/cli/bare", "--no-attest")["images"]
        assert "attached" not in bare["one"]  # type: ignore[index]
        assert documents(f"{proxy.host}/cli/bare", one["digest"]) == ([], [])
    finally:
        for tag in subprocess.check_output(
            ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}", f"ops0/{name}/*"],
            text=True,
        ).split():
            remove_tag(engine, tag)


def documents(repository: str, digest: str) -> tuple[list[Any], list[Any]]:
    """The bills of materials and the provenance that a registry has of an image."""
    registry = open_repository(parse_repository(repository), write=False)
    found: dict[str, list[Any]] = {sbom.MEDIA_TYPE: [], provenance.MEDIA_TYPE: []}
    for one in referrers(registry, digest):
        found[one.artifact_type].append(json.loads(attached(registry, one)))
    return found[sbom.MEDIA_TYPE], found[provenance.MEDIA_TYPE]


def revision_told(statement: Any) -> str | None:
    """The first digits of the commit that a provenance names."""
    for one in statement["predicate"]["buildDefinition"]["resolvedDependencies"]:
        if one["name"] == "project":
            return str(one["digest"]["gitCommit"])[:12]
    return None


def test_a_repository_is_checked_first(engine: EngineSocket) -> None:
    with pytest.raises(BadReference):
        push_to("flow", [], engine=engine, tags=[])
