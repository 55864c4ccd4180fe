from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0_builder.engine.names import (
    FIT,
    bundled_name,
    image_component,
    image_tag,
    is_fit,
    stage_name,
    target_name,
)

COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*", re.ASCII)
FITTING = st.from_regex(FIT, fullmatch=True) | st.from_regex(
    re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII), fullmatch=True
)


@given(name=FITTING)
def test_every_fit_name_fits_the_engine(name: str) -> None:
    assert is_fit(name)
    assert COMPONENT.fullmatch(image_component(name))
    assert len(image_tag(name, name, "f" * 64)) < 255
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", target_name(name))
    assert re.fullmatch(r"[a-z][a-z0-9-]*", stage_name("package", name, "f" * 64))


@given(names=st.lists(FITTING, unique=True, min_size=2, max_size=2))
def test_two_names_never_share_an_image_or_a_target(names: list[str]) -> None:
    assert image_component(names[0]) != image_component(names[1])
    assert target_name(names[0]) != target_name(names[1])


def test_ordinary_names_stay_as_they_are() -> None:
    assert image_tag("flight_delays", "train-model", "0123456789abcdef99") == (
        "ops0/flight_delays/train-model:0123456789abcdef"
    )
    assert image_component("Load") == "load-8a6bdb6b"
    assert image_component("a___b").startswith("a-b-")


def test_names_that_could_change_a_dockerfile_are_unfit() -> None:
    for name in (
        "",
        "a\nRUN x",
        "a b",
        "a$b",
        "ä",
        "-a",
        ".a",
        "a/b",
        "a" * 64,
        "a\0",
        "a\r",
        "\u0130",
    ):
        assert not is_fit(name), name


@pytest.mark.parametrize(
    ("name", "bundled"),
    [
        ("ops0/flow/step:0123456789abcdef", "ops0-bundle/flow/step:0123456789abcdef"),
        ("ops0/myops0/ops0:0123456789abcdef", "ops0-bundle/myops0/ops0:0123456789abcdef"),
        ("registry.invalid/ops0/a/b:0", "registry.invalid/ops0-bundle/a/b:0"),
        ("", ""),
    ],
)
def test_an_image_has_another_name_in_a_bundle(name: str, bundled: str) -> None:
    assert bundled_name(name) == bundled
