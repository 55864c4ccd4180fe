from __future__ import annotations

import json

from ops0.cli.show.layers import image_lines, sharing
from ops0.cli.show.plain_json import json_text
from ops0.core.locked import Target
from ops0.core.pipeline import StepName
from ops0.core.plan import BaseImage, ImagePlan, Layer
from ops0.core.step_options import StepOptions

BASE = Layer(kind="base", key="b" * 64, title="ops0-base:3.11")
NUMPY = Layer(kind="package", key="1" * 64, title="numpy 2.0", size=17_000_000)
RUNNER = Layer(kind="runner", key="2" * 64, title="runner", size=60_000)


def image(step: str, *layers: Layer) -> ImagePlan:
    code = Layer(kind="code", key=f"{step:0>64}", title=f"code of {step}", size=500)
    return ImagePlan(
        step=StepName(step),
        base=BaseImage(reference=BASE.title, digest="sha256:00", target=Target(python="3.11")),
        layers=(BASE, *layers, RUNNER, code),
        imports=(),
        module="pipeline",
        function=step,
        options=StepOptions(),
        key=f"{step:0>64}",
        tag=f"ops0/flow/{step}:1",
    )


def test_every_layer_is_there_once_with_the_steps_that_have_it() -> None:
    found = sharing((image("a", NUMPY), image("b", NUMPY), image("c")))
    assert [(one.title, one.steps) for one in found.layers] == [
        ("ops0-base:3.11", ("a", "b", "c")),
        ("numpy 2.0", ("a", "b")),
        ("runner", ("a", "b", "c")),
        ("code of a", ("a",)),
        ("code of b", ("b",)),
        ("code of c", ("c",)),
    ]
    assert found.images == 2 * 17_000_000 + 3 * 60_000 + 3 * 500
    assert found.unique == 17_000_000 + 60_000 + 3 * 500
    assert json.loads(json_text(found))["layers"][1]["steps"] == ["a", "b"]


def test_the_text_says_what_is_shared_and_what_it_comes_to() -> None:
    assert list(image_lines((image("a", NUMPY), image("b", NUMPY)))) == [
        "",
        "ops0/flow/a:1  17.1 MB in 3 layers on the base",
        "  base     bbbbbbbbbbbb             ops0-base:3.11",
        "  package  111111111111    17.0 MB  numpy 2.0  shared by 2",
        "  runner   222222222222      60 kB  runner  shared by 2",
        "  code     000000000000      500 B  code of a",
        "",
        "ops0/flow/b:1  17.1 MB in 3 layers on the base",
        "  base     bbbbbbbbbbbb             ops0-base:3.11",
        "  package  111111111111    17.0 MB  numpy 2.0  shared by 2",
        "  runner   222222222222      60 kB  runner  shared by 2",
        "  code     000000000000      500 B  code of b",
        "",
        "2 images: 34.1 MB on their bases; 17.1 MB in 4 layers, each stored once",
    ]


def test_without_images_nothing_is_said() -> None:
    assert list(image_lines(())) == []
    assert sharing(()).layers == ()


def test_on_a_terminal_a_long_title_is_cut_and_not_who_shares_it() -> None:
    group = Layer(
        kind="group", key="3" * 64, title="python-dateutil 2.9.0.post0 and 1 more", size=9
    )
    images = (image("a", group), image("b", group))
    line = list(image_lines(images, 80))[3]
    assert len(line) == 80
    assert line.startswith("  group    333333333333        9 B  python-dateutil 2.9.0.post0 a")
    assert line.endswith("…  shared by 2")
    assert list(image_lines(images, 200)) == list(image_lines(images))
