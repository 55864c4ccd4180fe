"""An image that is not here: where it may come from; and images that hold the same."""

from __future__ import annotations

from typing import Any

import pytest

from ops0.core.project_files import MemorySource
from ops0_builder.about.about import _how_to_have, contents_key
from ops0_builder.planning.plan import make_plan
from ops0_builder.planning.runner_files import RunnerFiles


@pytest.mark.parametrize(
    ("reference", "word"),
    [
        ("registry.example/team/flow:load-1", "docker pull registry.example/team/flow:load-1"),
        ("localhost:5000/flow:x", "docker pull localhost:5000/flow:x"),
        ("ops0/flow/load:0123456789abcdef", "ops0 build"),
        ("sha256:12", "ops0 build"),
    ],
)
def test_what_is_not_on_the_engine_is_pulled_or_built(reference: str, word: str) -> None:
    assert word in _how_to_have(reference)


def test_images_that_differ_in_their_code_alone_hold_the_same(make: Any) -> None:
    steps = [
        make.step("load", code="def run():\n    return 1\n"),
        make.step("split", code="def run():\n    return 2\n"),
        make.step("plot"),
        make.step("sound", system=("libsndfile1",)),
    ]
    numpy, mpl = make.distribution("numpy"), make.distribution("matplotlib")
    members = {"load": (numpy,), "split": (numpy,), "plot": (numpy, mpl), "sound": (numpy,)}
    plan = make_plan(
        make.pipeline(*steps),
        make.lock(**members),
        {step.name: make.base() for step in steps},
        source=MemorySource(),
        runner=RunnerFiles({"ops0_runner/__init__.py": b""}),
    )
    load, split, plot, sound = plan.images
    assert contents_key(load, "sha256:1") == contents_key(split, "sha256:2")
    assert contents_key(plot, "sha256:1") != contents_key(load, "sha256:1")
    # Debian's packages are those of the day: no key tells their versions.
    assert contents_key(sound, "sha256:1") != contents_key(sound, "sha256:2")
