"""Builds that fail, are interrupted or killed: what is told, and that no image has a tag that was not proved."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import time
from pathlib import Path

import pytest
from building import PIPELINE, Project, docker_build, own_tags

from ops0.core.errors import ErrorGroup
from ops0.core.pipeline import StepName
from ops0.host.engine_errors import EngineUnreachable
from ops0.host.engine_socket import EngineSocket
from ops0.host.owner import this_process
from ops0_builder.bases.finding import resolve_base
from ops0_builder.build_errors import (
    BaseBuildFailed,
    BaseMoved,
    ProofFailed,
    StepBuildFailed,
)
from ops0_builder.building.build import build_images
from ops0_builder.building.build_events import BuildEvent, ImageProgress
from ops0_builder.engine.engine_images import (
    EngineImages,
    add_tag,
    read_images,
)
from ops0_builder.engine.rawjson import Instruction

pytestmark = pytest.mark.docker
NO_IMAGES = EngineImages(lambda tag, kept: None)


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
        build_images(plan, tree, wheels, site=project.site, on_event=lambda event: None)
    assert caught.value.steps == ("left",)
    assert "RUN" in caught.value.instruction
    assert "light" in caught.value.log
    assert caught.value.layer.startswith("light ")
    assert own_tags(project.engine) == []


def test_ctrl_c_stops_buildkit_and_leaves_no_tag(project: Project) -> None:
    plan, tree, wheels = project.plan()

    def interrupt(event: BuildEvent) -> None:
        if isinstance(event, Instruction) and event.text.startswith("RUN"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_images(plan, tree, wheels, site=project.site, on_event=interrupt, no_cache=True)
    assert own_tags(project.engine) == []
    assert set(project.build()[1]) == {"left", "right"}


def test_the_tags_that_a_killed_build_noted_are_taken_away(project: Project) -> None:
    """And nothing else: not another build's, nor a proved image's, whatever the note says."""
    _, digests, _ = project.build()
    mine, others = (f"ops0/{PIPELINE}/left:unproven-1000000000-{salt}" for salt in ("aa", "bb"))
    for tag in (mine, others):
        add_tag(project.engine, digests[StepName("left")], tag)
    proved = [tag for tag in own_tags(project.engine) if "unproven" not in tag]
    note = project.site.note(project.plan()[0])
    note.write_text(f"{mine}\nops0/{PIPELINE}/gone:unproven-1-cc\n{proved[0]}\n")
    project.left_code = "def left():\n    return 3\n"
    project.build()
    assert [tag for tag in own_tags(project.engine) if "unproven" in tag] == [others]
    assert set(proved) <= set(own_tags(project.engine))
    assert not note.exists()


def test_no_engine_is_said_in_one_line(project: Project) -> None:
    gone = EngineSocket.from_environment({"DOCKER_HOST": "unix:///nowhere/docker.sock"})
    with pytest.raises(EngineUnreachable, match=r"/nowhere/docker\.sock"):
        read_images(gone).get("x")


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
        build_images(broken, tree, wheels, site=project.site, on_event=lambda event: None)
    assert {one.step for one in caught.value.errors} == {"left", "right"}
    assert json.dumps([str(one) for one in caught.value.errors]).count("`ghost`") == 2


def test_ctrl_c_does_not_wait_for_an_import(project: Project) -> None:
    """A proof may take minutes: its container is removed."""
    project.light_body = b"import time; time.sleep(300)\n"
    plan, tree, wheels = project.plan()

    def interrupt(event: BuildEvent) -> None:
        if isinstance(event, ImageProgress) and event.state == "proving":
            os.kill(os.getpid(), signal.SIGINT)

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        build_images(plan, tree, wheels, site=project.site, on_event=interrupt)
    assert time.monotonic() - begun < 150
    assert own_tags(project.engine) == []
    query = {"all": "1", "filters": json.dumps({"label": ["ops0.kind=proof", "ops0.step=left"]})}
    proofs = project.engine.call("GET", "/containers/json", query=query).json()
    mine = str(this_process())
    assert [one for one in proofs if mine in one["Labels"].values()] == []


@pytest.mark.parametrize("more", ["LABEL more=1", "COPY Dockerfile /more"])
def test_a_base_whose_tag_moves_meanwhile_gives_no_image(
    project: Project, tmp_path: Path, more: str
) -> None:
    """The image would hold what its key and labels do not say, for ever."""
    engine = project.engine
    ours, other = f"{PIPELINE}/base:1", f"{PIPELINE}/other:1"
    add_tag(engine, project.base.digest, ours)
    docker_build(tmp_path, other, f"FROM {ours}\n{more}\n")
    project.base = dataclasses.replace(project.base, reference=ours)
    plan, tree, wheels = project.plan()

    def move(event: BuildEvent) -> None:
        if isinstance(event, ImageProgress) and event.state == "building":
            add_tag(engine, project.inspect(other)["Id"], ours)

    try:
        with pytest.raises(BaseMoved, match="was replaced"):
            build_images(plan, tree, wheels, site=project.site, on_event=move)
        assert own_tags(engine) == []
    finally:
        for tag in (ours, other):
            engine.call("DELETE", f"/images/{tag}", accept=(404, 409))
