"""What ``ops0 inspect`` prints."""

from __future__ import annotations

import pytest

from ops0.cli.reporting import titled
from ops0.cli.show.image import image_lines, layer_titles
from ops0.core.locked import Target
from ops0.core.pipeline import StepName
from ops0.core.plan import BaseImage, ImagePlan, Layer
from ops0.core.step_options import StepOptions
from ops0_builder.about.about import About
from ops0_builder.about.contents import Contents, DebianPackage, Distribution
from ops0_builder.about.image import ImageFacts, read_facts

TOLD = {
    "Id": "sha256:" + "d" * 64,
    "Os": "linux",
    "Architecture": "amd64",
    "Size": 5,
    "Config": {
        "User": "65532:65532",
        "Entrypoint": ["/python", "-I"],
        "Labels": {"ops0.step": "train", "ops0.key": "k"},
    },
}
HISTORY = [  # the newest first, as the engine tells it
    {"CreatedBy": "CMD []", "Size": 0},
    {"CreatedBy": "COPY / / # buildkit", "Size": 2_000},
    {"CreatedBy": "COPY /layer/ / # buildkit", "Size": 3_000_000},
    {"CreatedBy": "ADD rootfs.tar /", "Size": 70_000_000},
]
CONTENTS = Contents(
    python="3.11.2",
    release=("debian", "bookworm"),
    own=(),
    distributions=(Distribution(name="numpy", version="2.1", license="BSD-3-Clause"),),
    packages=(DebianPackage(name="libc6", version="2.36-9", architecture="amd64", source="glibc"),),
)


def plan() -> ImagePlan:
    kinds = (("base", "ops0-base:3.11"), ("package", "numpy"), ("code", "code of train"))
    return ImagePlan(
        step=StepName("train"),
        base=BaseImage(reference="ops0-base:3.11", digest="sha256:b", target=Target(python="3.11")),
        layers=tuple(Layer(kind=kind, key=kind, title=title) for kind, title in kinds),  # type: ignore[arg-type]
        imports=(),
        module="flow",
        function="train",
        options=StepOptions(),
        key="k",
        tag="ops0/flow/train:k",
    )


def test_layers_are_told_from_the_lowest_up_by_the_plan_or_their_instruction() -> None:
    facts = read_facts("ops0/flow/train:k", TOLD, HISTORY)
    assert list(layer_titles(About(facts, CONTENTS, plan()))) == [
        (70_000_000, "base"),
        (3_000_000, "package  numpy"),
        (2_000, "code     code of train"),
    ]
    assert [title for _, title in layer_titles(About(facts, CONTENTS))] == [
        "ADD rootfs.tar /",
        "COPY /layer/ / # buildkit",
        "COPY / / # buildkit",
    ]


def labelled(titles: str) -> ImageFacts:
    labels = {"ops0.kind": "step", "ops0.layers": titles}
    return read_facts("ops0/flow/train:k", {**TOLD, "Config": {"Labels": labels}}, HISTORY)


def test_an_image_of_ops0_names_its_layers_itself() -> None:
    facts = labelled('["numpy 2.1", "code of train"]')
    named = [(70_000_000, "base"), (3_000_000, "numpy 2.1"), (2_000, "code of train")]
    assert list(layer_titles(About(facts, CONTENTS))) == named
    assert [title for _, title in titled(facts)] == ["the base", "numpy 2.1", "code of train"]


@pytest.mark.parametrize(
    "titles",
    [
        "",
        "[",
        "{}",
        "[1]",
        '["\\u001b[2J", "x"]',
        '["one"]',
        '[""]',
        '["a","b","c","d"]',
        "[" * 9999,
    ],
)
def test_an_image_that_names_its_layers_wrongly_is_shown_all_the_same(titles: str) -> None:
    facts = labelled(titles)
    assert len(list(layer_titles(About(facts, CONTENTS)))) == 3
    shown = [title for _, title in titled(facts)]
    assert shown == ["the base", "a layer of ops0", "a layer of ops0"]


def test_the_page_as_it_is() -> None:
    lines = list(image_lines(About(read_facts("a:k", TOLD, HISTORY), CONTENTS)))
    assert lines[:2] == ["a:k", "  digest       sha256:" + "d" * 64]
    assert "  user         65532:65532" in lines
    assert "  entry        /python -I" in lines
    assert "  unpacked     73.0 MB" in lines
    assert "  numpy                          2.1              BSD-3-Clause" in lines
    assert lines[-1] == "  libc6                          2.36-9"
