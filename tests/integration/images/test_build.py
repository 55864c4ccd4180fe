"""Plan to proved images on the real engine, with wheels made here: no index, no network."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from building import Project, docker_build, own_tags

from ops0.core.pipeline import StepName
from ops0_builder.bases.finding import resolve_base
from ops0_builder.build_errors import BaseUnfit
from ops0_builder.building.build_events import ImageProgress
from ops0_builder.engine.engine_images import (
    EngineImages,
    image_store,
    missing_images,
    present_images,
    read_images,
)
from ops0_builder.engine.rawjson import Instruction

pytestmark = pytest.mark.docker
NO_IMAGES = EngineImages(lambda tag, kept: None)


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


def test_two_checkouts_of_a_project_build_beside_each_other(project: Project) -> None:
    """They share names, layers, proofs and the image of the step that is the same in both."""
    (project.folder.parent / "other").mkdir()
    other = replace(
        project,
        folder=project.folder.parent / "other",
        left_code="def left():\n    return 2\n",
        light_body=b"NAME = 'other'\n",
    )
    with ThreadPoolExecutor(2) as pool:
        builds = list(pool.map(Project.build, (project, other)))
    for (plan, digests, _), name in zip(builds, ("light", "other"), strict=True):
        images = {image.step: project.inspect(image.tag) for image in plan.images}
        assert {step: image["Id"] for step, image in images.items()} == digests
        assert project.run(digests[StepName("left")], "import light; print(light.NAME)") == name
    assert builds[0][1]["right"] == builds[1][1]["right"]
    tags = {image.tag for plan, _, _ in builds for image in plan.images}
    assert set(own_tags(project.engine)) == tags, "nothing is left of what either has not proved"


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
        if isinstance(one, ImageProgress) and (one.step, one.state) == ("right", "building")
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


def test_system_packages_come_from_the_bases_own_release(project: Project) -> None:
    project.system = ("libsndfile1", "libgomp1")
    plan, digests, _ = project.build()
    assert plan.images[0].layers[1].system == ("libsndfile1",)  # the base has the other
    code = "import ctypes; print(ctypes.CDLL('libsndfile.so.1').sf_version_string and 'found')"
    assert project.run(digests[StepName("left")], code) == "found"
    assert project.run(digests[StepName("right")], code) == ""


@pytest.mark.parametrize("asked", ["openssl", "easy-rsa"])
def test_programs_that_the_base_does_without_come_where_they_are_asked_for_or_depended_on(
    project: Project, asked: str
) -> None:
    project.system = (asked,)
    plan, digests, _ = project.build()
    assert plan.images[0].layers[1].system == (asked,)
    code = "import subprocess; print(subprocess.check_output(['openssl', 'version'], text=True))"
    assert project.run(digests[StepName("left")], code).startswith("OpenSSL 3")


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


def test_alternatives_that_a_package_asks_for_are_there(project: Project) -> None:
    """The package has a folder /bin, which must not replace the base's link of that name either."""
    project.system = ("netcat-openbsd",)
    _, digests, _ = project.build()
    code = "import shutil, os; print(os.path.realpath(shutil.which('nc')))"
    assert project.run(digests[StepName("left")], code) == "/usr/bin/nc.openbsd"
