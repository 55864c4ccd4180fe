"""Plan to proved images on the real engine, with wheels made here: no index, no network."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from handmade import a_need, a_pipeline, a_slice, a_step

from ops0.core.digest import digest_of
from ops0.core.errors import ErrorGroup
from ops0.core.locked import Lock, LockedDistribution, LockedFile, StepLock
from ops0.core.pipeline import StepName, SystemNeed, Where
from ops0.core.plan import BaseImage, Plan
from ops0.core.project_files import MemorySource
from ops0.host.engine_errors import EngineUnreachable
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import cache_dir
from ops0_builder.base import resolve_base
from ops0_builder.build import build_images
from ops0_builder.build_errors import BaseBuildFailed, BaseUnfit, ProofFailed, StepBuildFailed
from ops0_builder.build_events import BuildEvent, Stage
from ops0_builder.engine_images import (
    EngineImages,
    add_tag,
    image_store,
    image_tags,
    missing_images,
    present_images,
    read_images,
)
from ops0_builder.names import image_component
from ops0_builder.once import run_once
from ops0_builder.plan import make_plan
from ops0_builder.rawjson import Instruction
from ops0_builder.runner_files import read_runner
from ops0_builder.tree import BuildTree, build_tree
from ops0_builder.uv_file import uv_file

pytestmark = pytest.mark.docker

PIPELINE = "ops0-test-build"
NO_IMAGES = EngineImages(lambda tag, kept: None)


def make_wheel(folder: Path, name: str, version: str, files: Mapping[str, bytes]) -> LockedFile:
    """A small, valid, reproducible wheel."""
    info = f"{name}-{version}.dist-info"
    every = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for path, data in every.items()
    )
    every[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, data in every.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    data = stream.getvalue()
    filename = f"{name}-{version}-py3-none-any.whl"
    (folder / filename).write_bytes(data)
    return LockedFile(filename=filename, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


@dataclass
class Project:
    """Two steps: `left` needs heavy and light, `right` needs heavy alone."""

    folder: Path
    engine: EngineSocket
    base: BaseImage
    left_code: str = "def left():\n    return 1\n"
    light_body: bytes = b"NAME = 'light'\n"
    light_files: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    light_import: str = "light"
    system: tuple[str, ...] = ()

    def locked(
        self, name: str, size: int, body: bytes, more: Mapping[str, bytes] | None = None
    ) -> LockedDistribution:
        file = make_wheel(self.folder, name, "1.0", {f"{name}/__init__.py": body, **(more or {})})
        # The threshold looks at the locked size alone: a small file plays the heavy one.
        return LockedDistribution(
            name=name, version="1.0", wheel=dataclasses.replace(file, size=size)
        )

    def plan(self) -> tuple[Plan, BuildTree, Mapping[str, Path]]:
        heavy = self.locked("heavy", 5_000_000, b"import json\nNAME = 'heavy'\n")
        light = self.locked("light", 1000, self.light_body, self.light_files)
        packages = {"left": (heavy, light), "right": (heavy,)}
        imports = {"heavy": ("heavy",), "light": (self.light_import,)}
        codes = {"left": self.left_code, "right": "\n\n\n\ndef right(left):\n    return left\n"}
        steps = tuple(
            a_step(
                name,
                needs=tuple(
                    a_need(one.name, Where("pipeline.py", 2), imports=imports[one.name])
                    for one in members
                ),
                system=tuple(
                    SystemNeed(name=one, reasons=()) for one in self.system if name == "left"
                ),
                slices=a_slice(codes[name]),
            )
            for name, members in packages.items()
        )
        pipeline = a_pipeline(steps, name=PIPELINE)
        lock = Lock(
            inputs="x",
            steps=tuple(
                StepLock(
                    step=StepName(name),
                    target=self.base.target,
                    distributions=members,
                    digest=digest_of([one.wheel.sha256 for one in members]),
                )
                for name, members in packages.items()
            ),
        )
        runner, source = read_runner(), MemorySource()
        bases = {step.name: self.base for step in steps}
        plan = make_plan(pipeline, lock, bases, source=source, runner=runner)
        uv, uv_path = uv_file()
        tree = build_tree(plan, source=source, runner=runner, uv=uv)
        wheels = {
            one.wheel.sha256: self.folder / one.wheel.filename
            for members in packages.values()
            for one in members
        }
        return plan, tree, {**wheels, uv.sha256: uv_path}

    def build(
        self, *, no_cache: bool = False
    ) -> tuple[Plan, Mapping[StepName, str], list[BuildEvent]]:
        plan, tree, wheels = self.plan()
        events: list[BuildEvent] = []
        digests = build_images(
            plan, tree, wheels, engine=self.engine, on_event=events.append, no_cache=no_cache
        )
        return plan, digests, events

    def inspect(self, reference: str) -> dict:
        return self.engine.call("GET", f"/images/{reference}/json").json()

    def run(self, digest: str, code: str) -> str:
        argv = ("/ops0/venv/bin/python", "-I", "-c", code)
        return run_once(self.engine, digest, argv, labels={}, timeout=60).out.strip()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "wheels").mkdir()
    engine = EngineSocket.from_environment()
    base = resolve_base(
        "3.11", None, engine=engine, images=read_images(engine), say=lambda text: None
    )
    yield Project(folder=tmp_path / "wheels", engine=engine, base=base)
    for tag in own_tags(engine):
        engine.call("DELETE", f"/images/{tag}", accept=(404,))


def docker_build(folder: Path, tag: str, dockerfile: str) -> None:
    (folder / "Dockerfile").write_text(dockerfile)
    argv = ["docker", "buildx", "build", "--quiet", "--load", "--tag", tag, str(folder)]
    subprocess.run(argv, check=True, capture_output=True)


def own_tags(engine: EngineSocket) -> list[str]:
    return list(image_tags(engine, f"ops0/{PIPELINE}/*"))


def test_build_and_then_nothing_to_build(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, digests, events = project.build()
    assert set(digests) == {"left", "right"}
    assert sorted(own_tags(project.engine)) == sorted(image.tag for image in plan.images)
    labels = project.inspect(plan.images[0].tag)["Config"]["Labels"]
    assert labels["ops0.key"] == plan.images[0].key
    assert any(isinstance(one, Instruction) and one.state == "done" for one in events)

    code = "import heavy, light, ops0, cloudpickle; print(heavy.NAME, light.NAME, heavy.__cached__)"
    said = project.run(digests[StepName("left")], code)
    assert said.startswith("heavy light /ops0/venv/lib/python3.11/site-packages/heavy/__pycache__")
    assert project.run(digests[StepName("right")], "import light") == ""

    monkeypatch.setenv("PATH", "/nowhere")  # no program at all may be started now
    assert missing_images(plan, read_images(project.engine)) == ()
    assert project.build()[1:] == (digests, [])


def test_one_steps_code_builds_one_image(project: Project) -> None:
    plan, before, _ = project.build()
    project.left_code = "def left():\n    return 2\n"
    changed, after, events = project.build()
    assert {one.steps for one in events if isinstance(one, Instruction) and one.steps} >= {
        ("left",)
    }
    assert all(
        "right" not in one.steps or one.state == "cached"
        for one in events
        if isinstance(one, Instruction)
    )
    assert before["left"] != after["left"]
    assert before["right"] == after["right"]
    assert present_images(changed, read_images(project.engine)) == after
    project.left_code = "def left():  # a comment\n    return 2\n"
    assert project.build()[2] == []
    assert plan.images[1].tag == changed.images[1].tag


def test_a_package_is_the_same_layer_in_every_image(project: Project) -> None:
    _, digests, _ = project.build()
    left, right = (
        project.inspect(digests[StepName(n)])["RootFS"]["Layers"] for n in ("left", "right")
    )
    base = project.inspect(project.base.digest)["RootFS"]["Layers"]
    assert left[: len(base) + 1] == right[: len(base) + 1]  # base and heavy
    assert len(set(left) - set(right)) == 2  # light and the code
    assert len(set(right) - set(left)) == 1  # the code


def test_an_image_waits_for_one_that_brings_its_layers(project: Project) -> None:
    if not image_store(project.engine).containerd:
        pytest.skip("an engine with the older image store unpacks nothing")
    _, _, events = project.build()
    right = next(
        at
        for at, one in enumerate(events)
        if isinstance(one, Stage) and (one.step, one.state) == ("right", "building")
    )
    assert any(
        isinstance(one, Instruction) and one.state == "done" and one.text.startswith("exporting")
        for one in events[:right]
    )


def test_two_builds_without_cache_are_one_digest(project: Project) -> None:
    _, first, _ = project.build()
    assert project.build(no_cache=True)[1] == first


def test_what_is_imported_has_bytecode_and_what_tests_a_package_has_none(project: Project) -> None:
    project.light_files = {
        "light/core.py": b"",
        "light/test_me.py": b"",  # such a name alone makes no test
        "light/for_python_2.py": b"print 'this does not compile'\n",
        "light/tests/__init__.py": b"",  # some packages import it with themselves
        "light/tests/test_core.py": b"",
    }
    _, digests, _ = project.build()
    code = "import light, pathlib; print(*sorted(p.name for p in pathlib.Path(light.__file__).parent.rglob('*.pyc')))"
    said = project.run(digests[StepName("left")], code).split()
    assert [name.partition(".")[0] for name in said] == ["__init__", "__init__", "core", "test_me"]


# What is in these layers depends on nothing but ops0, uv and the base's Python 3.11: not on the base's own bytes, which
# change with Debian's packages, nor on the machine. A change of them is a change of every user's images.
PINNED = {
    "heavy": "sha256:9aca2255521f80b138d0a2250ba9f5567034e6ec85bd606b949ecdf6927198b7",
    "light": "sha256:e73d056a8cc5ef0d92bffa4c9f0da947767c77dddee1cb8f7e0d84882e0b8352",
    "code": "sha256:220deb5b13d112e227d65710e46e19dc286cfbe22649dfc180d7b36a9e7486f8",
}


def test_layers_of_known_content_have_the_digests_that_they_always_had(project: Project) -> None:
    plan, digests, _ = project.build()
    layers = project.inspect(digests[StepName("left")])["RootFS"]["Layers"]
    own = [layer for layer in plan.image(StepName("left")).layers if layer.kind != "base"]
    assert [layer.kind for layer in own] == ["package", "group", "runner", "code"]
    heavy, light, _, code = layers[-len(own) :]
    assert {"heavy": heavy, "light": light, "code": code} == PINNED


def test_a_need_that_cannot_be_imported_takes_the_tag_away(project: Project) -> None:
    project.light_body = b"import libghost\n"
    with pytest.raises(ProofFailed) as caught:
        project.build()
    assert caught.value.step == "left"
    assert caught.value.module == "light"
    assert caught.value.reason == "pipeline.py:2"
    assert "No module named 'libghost'" in caught.value.error
    assert "@ops0.requires" in caught.value.hint
    assert [tag.split("/")[2].split(":")[0] for tag in own_tags(project.engine)] == ["right"]


def test_a_crash_of_the_interpreter_is_a_failed_proof(project: Project) -> None:
    project.light_body = b"import os; os.abort()\n"
    with pytest.raises(ProofFailed, match="exit code 134"):
        project.build()


def test_a_failing_instruction_shows_its_log(project: Project) -> None:
    plan, tree, wheels = project.plan()
    broken = next(file for file in project.folder.iterdir() if file.name.startswith("light"))
    broken.write_bytes(broken.read_bytes() + b"tampered")
    with pytest.raises(StepBuildFailed) as caught:
        build_images(plan, tree, wheels, engine=project.engine, on_event=lambda event: None)
    assert caught.value.steps == ("left",)
    assert "RUN" in caught.value.instruction
    assert "light" in caught.value.log
    assert own_tags(project.engine) == []


def test_ctrl_c_stops_buildkit_and_leaves_no_tag(project: Project) -> None:
    plan, tree, wheels = project.plan()

    def interrupt(event: BuildEvent) -> None:
        if isinstance(event, Instruction) and event.text.startswith("RUN"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_images(plan, tree, wheels, engine=project.engine, on_event=interrupt, no_cache=True)
    assert own_tags(project.engine) == []
    assert set(project.build()[1]) == {"left", "right"}


def test_the_tags_that_a_killed_build_noted_are_taken_away(project: Project) -> None:
    """And nothing else: not another build's, nor a proved image's, whatever the note says."""
    _, digests, _ = project.build()
    mine, others = (f"ops0/{PIPELINE}/left:unproven-1000000000-{salt}" for salt in ("aa", "bb"))
    for tag in (mine, others):
        add_tag(project.engine, digests[StepName("left")], tag)
    proved = [tag for tag in own_tags(project.engine) if "unproven" not in tag]
    note = cache_dir() / "locks" / f"unproven-{image_component(PIPELINE)}"
    note.write_text(f"{mine}\nops0/{PIPELINE}/gone:unproven-1-cc\n{proved[0]}\n")
    project.left_code = "def left():\n    return 3\n"
    project.build()
    assert [tag for tag in own_tags(project.engine) if "unproven" in tag] == [others]
    assert set(proved) <= set(own_tags(project.engine))
    assert not note.exists()


def test_system_packages_come_from_the_bases_own_release(project: Project) -> None:
    project.system = ("libsndfile1", "libgomp1")
    plan, digests, _ = project.build()
    assert plan.images[0].layers[1].system == ("libsndfile1",)  # the base has the other
    code = "import ctypes; print(ctypes.CDLL('libsndfile.so.1').sf_version_string and 'found')"
    assert project.run(digests[StepName("left")], code) == "found"
    assert project.run(digests[StepName("right")], code) == ""


def test_no_engine_is_said_in_one_line(project: Project) -> None:
    gone = EngineSocket.from_environment({"DOCKER_HOST": "unix:///nowhere/docker.sock"})
    with pytest.raises(EngineUnreachable, match=r"/nowhere/docker\.sock"):
        read_images(gone).get("x")


def test_a_base_of_the_users_own_goes_through_the_same_recipe(
    project: Project, tmp_path: Path
) -> None:
    engine, own = project.engine, "ops0-test-build/own-base:1"
    docker_build(tmp_path, own, "FROM ops0-base:3.11\nLABEL ops0.base= own=yes\n")
    made = None
    try:
        made = resolve_base("3.11", own, engine=engine, images=NO_IMAGES, say=lambda text: None)
        assert made.reference.startswith("ops0-base:from-")
        assert made.target == project.base.target
        assert made.packages == project.base.packages
        assert project.inspect(made.reference)["Config"]["Labels"]["own"] == "yes"
        images = read_images(engine)
        assert resolve_base("", own, engine=engine, images=images, say=lambda text: None) == made
        with pytest.raises(BaseUnfit, match=r"has Python 3\.11, 3\.12 is asked for") as caught:
            resolve_base("3.12", own, engine=engine, images=images, say=lambda text: None)
        assert "leave `python` out" in str(caught.value.hint)
    finally:
        for tag in (own, made.reference if made else own):
            engine.call("DELETE", f"/images/{tag}", accept=(404, 409))


def test_an_image_without_python_is_no_base(project: Project, tmp_path: Path) -> None:
    own = "ops0-test-build/empty:1"
    docker_build(tmp_path, own, "FROM scratch\nLABEL nothing=here\n")
    try:
        with pytest.raises(BaseBuildFailed, match="python3") as caught:
            resolve_base("", own, engine=project.engine, images=NO_IMAGES, say=lambda text: None)
        assert len(str(caught.value)) < 600, "the recipe's own text is left out"
        assert "python3" in str(caught.value.hint)
    finally:
        project.engine.call("DELETE", f"/images/{own}", accept=(404,))


def test_all_failed_proofs_are_told_together(project: Project) -> None:
    plan, tree, wheels = project.plan()
    broken = dataclasses.replace(
        plan,
        images=tuple(
            dataclasses.replace(image, imports=(*image.imports, "ghost")) for image in plan.images
        ),
    )
    with pytest.raises(ErrorGroup) as caught:
        build_images(broken, tree, wheels, engine=project.engine, on_event=lambda event: None)
    assert {one.step for one in caught.value.errors} == {"left", "right"}
    assert json.dumps([str(one) for one in caught.value.errors]).count("`ghost`") == 2


def test_alternatives_that_a_package_asks_for_are_there(project: Project) -> None:
    """The package has a folder /bin, which must not replace the base's link of that name either."""
    project.system = ("netcat-openbsd",)
    _, digests, _ = project.build()
    code = "import shutil, os; print(os.path.realpath(shutil.which('nc')))"
    assert project.run(digests[StepName("left")], code) == "/usr/bin/nc.openbsd"
