from __future__ import annotations

import dataclasses
import io

from terminals import Terminal

from ops0.cli.progress.build import BuildBoard, LiveProgress, PlainProgress, build_progress
from ops0.cli.show.one_line import plain
from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline
from ops0.core.plan import BaseImage, ImagePlan, Layer, Plan
from ops0.core.step_options import StepOptions
from ops0_builder.building.build_events import ImageProgress
from ops0_builder.engine.rawjson import Instruction, InstructionLog
from ops0_builder.planning.tree import layer_name

BASE = BaseImage(reference="b", digest="sha256:1", target=Target(python="3.11"))
RUNNER = Layer(kind="runner", key="1" * 64, title="runner")
IMAGE = ImagePlan(
    step="load",
    base=BASE,
    layers=(
        Layer(kind="base", key="0", title="b"),
        RUNNER,
        Layer(kind="code", key="2", title="code of load"),
    ),
    imports=(),
    module="m",
    function="f",
    options=StepOptions(),
    key="k",
    tag="ops0/p/load:k",
)
PLAN = Plan(
    pipeline=Pipeline(name="p", entry="p.py", steps=(), calls=(), results=(), explicit=True),
    images=(IMAGE,),
)
STAGE = layer_name(RUNNER)


def instruction(state: str, text: str = "RUN x", stage: str = STAGE) -> Instruction:
    return Instruction(id="1", steps=("load",), stage=stage, text=text, state=state, seconds=1.25)


def test_a_build_as_plain_lines() -> None:
    stream = io.StringIO()
    with PlainProgress(PLAN, stream) as show:
        for event in (
            ImageProgress(step="load", state="waiting"),
            ImageProgress(step="load", state="staging"),
            ImageProgress(step="load", state="building"),
            instruction("started"),
            InstructionLog(id="1", text="noise"),
            instruction("done"),
            ImageProgress(step="load", state="proving"),
            ImageProgress(step="load", state="proved"),
        ):
            show(event)
    assert stream.getvalue().splitlines() == [
        "load: waiting for another build of this pipeline",
        "load: preparing",
        "load: building",
        "layer runner: 1.2 s, in load",
        "load: importing what it needs, without a network",
    ]


def test_a_layer_that_several_rounds_have_is_told_once() -> None:
    board = BuildBoard(PLAN, {STAGE: "runner"}, lambda: 0.0)
    board.take(ImageProgress(step="load", state="building"))
    told = [board.take(instruction(state)) for state in ("cached", "cached", "done", "cached")]
    assert told == [
        ("layer runner: from the cache, in load",),
        (),
        ("layer runner: 1.2 s, in load",),
        (),
    ]


def test_an_image_that_is_only_read_is_not_said_to_import_anything() -> None:
    board = BuildBoard(PLAN, {}, lambda: 0.0)
    told = board.take(ImageProgress(step="load", state="reading"))
    assert told == ("load: reading whether what it needs is there, nothing is run",)


def test_the_board_knows_how_far_an_image_is() -> None:
    now = [10.0]
    board = BuildBoard(PLAN, {STAGE: "runner"}, lambda: now[0])
    board.take(ImageProgress(step="load", state="building"))
    board.take(instruction("started"))
    line = board.lines["load"]
    assert (line.layers, line.ended, line.now) == (1, set(), "runner")
    board.take(instruction("cached"))
    assert line.ended == {STAGE}
    now[0] = 12.5
    assert board.take(ImageProgress(step="load", state="ready")) == ("load: ready after 2.5 s",)
    assert board.take(ImageProgress(step="load", state="found")) == (
        "load: made by the other build",
    )


def test_buildkits_own_work_is_told_in_words() -> None:
    board = BuildBoard(PLAN, {}, lambda: 0.0)
    board.take(ImageProgress(step="load", state="building"))
    for stage, text, said in (
        ("image", "LINK COPY --link --from=x / /", "putting its layers together"),
        ("", "exporting to image", "storing the image"),
    ):
        board.take(instruction("started", text, stage))
        assert board.lines["load"].now == said


def test_an_image_is_not_said_to_be_at_a_layer_that_is_made() -> None:
    other = Layer(kind="group", key="3" * 64, title="six 1.17.0")
    image = dataclasses.replace(IMAGE, layers=(*IMAGE.layers, other))
    board = BuildBoard(
        dataclasses.replace(PLAN, images=(image,)),
        {STAGE: "runner", layer_name(other): "six 1.17.0"},
        lambda: 0.0,
    )
    board.take(ImageProgress(step="load", state="building"))
    line = board.lines["load"]
    six = dataclasses.replace(instruction("started", stage=layer_name(other)), id="2")
    for event, said in (
        (instruction("started"), "runner"),
        (six, "six 1.17.0"),
        (dataclasses.replace(six, state="done"), "runner"),
        (instruction("done"), "storing the image"),
    ):
        board.take(event)
        assert line.now == said
    board.take(ImageProgress(step="load", state="proving"))
    assert line.now == "importing what it needs, without a network"


def test_a_log_says_once_that_images_are_being_stored() -> None:
    board = BuildBoard(PLAN, {}, lambda: 0.0)
    board.take(ImageProgress(step="load", state="building"))
    exporting = dataclasses.replace(instruction("started", "exporting to image", ""), steps=())
    assert board.take(exporting) == ("the images: storing them on the engine",)
    assert board.take(dataclasses.replace(exporting, id="2")) == ()


def test_a_failure_is_a_line() -> None:
    board = BuildBoard(PLAN, {}, lambda: 0.0)
    assert board.take(instruction("failed", "RUN \x1b[31mx\x1b[0m\n")) == ("load: failed: RUN  x",)
    board = BuildBoard(PLAN, {STAGE: "runner"}, lambda: 0.0)
    assert board.take(instruction("failed")) == ("layer runner: failed, in load",)


def test_a_layer_of_many_images_names_few_of_them() -> None:
    board = BuildBoard(PLAN, {STAGE: "runner"}, lambda: 0.0)
    board.take(ImageProgress(step="load", state="building"))
    many = dataclasses.replace(instruction("done"), steps=("load", *"abcdef"))
    assert board.take(many) == ("layer runner: 1.2 s, in load, a, b and 4 more",)


def test_nothing_that_a_terminal_would_obey_gets_through() -> None:
    assert plain("a\x1b]0;title\x07b\x1b[2Jc\rd\x9be") == "a b c d e"
    assert len(plain("x" * 500)) == 100


def test_a_pipe_gets_plain_lines() -> None:
    assert isinstance(build_progress(PLAN, io.StringIO()), PlainProgress)


def test_a_terminal_gets_a_table_that_moves() -> None:
    stream = Terminal()
    with build_progress(PLAN, stream) as show:
        assert isinstance(show, LiveProgress)
        for event in (
            ImageProgress(step="load", state="building"),
            instruction("started"),
            ImageProgress(step="load", state="ready"),
        ):
            show(event)
    shown = stream.getvalue()
    assert "✓" in shown
    assert "load" in shown
    assert "ready" in shown


def test_a_cache_that_gives_nothing_is_a_line() -> None:
    board = BuildBoard(PLAN, {}, clock=lambda: 0.0)
    event = dataclasses.replace(
        instruction("missed", "importing cache manifest from h:1/a:load", ""), fact="not found"
    )
    assert board.take(event) == ("no cache: importing cache manifest from h:1/a:load: not found",)
