"""Which images wait for others: those that would unpack the same large layers beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.pipeline import StepName
from ops0.core.plan import ImagePlan, Layer
from ops0_builder.building.rounds import MOST, WORTH, in_rounds

MB = 1_000_000
SIZES = {
    "numpy": 17 * MB,
    "pandas": 12 * MB,
    "pyarrow": 55 * MB,
    "scipy": 35 * MB,
    "plots": 24 * MB,
}
SIZES |= {"flights": 11 * MB, "small": MB}


def image(make: Any, name: str, packages: Sequence[str]) -> ImagePlan:
    step = make.step(name)
    kinds = [*(("package", one) for one in packages), ("runner", "runner"), ("code", name)]
    layers = tuple(
        Layer(kind=kind, key=key, title=key, size=SIZES.get(key, 1000)) for kind, key in kinds
    )
    return ImagePlan(
        step=step.name,
        base=make.base(),
        layers=layers,
        imports=(),
        module="m",
        function="f",
        options=step.options,
        key=f"key-{name}",
        tag=f"tag-{name}",
    )


@pytest.fixture
def images(make: Any) -> Callable[..., list[ImagePlan]]:
    return lambda **packages: [image(make, name, some.split()) for name, some in packages.items()]


def steps(rounds: Sequence[Sequence[ImagePlan]]) -> list[list[StepName]]:
    return [[one.step for one in some] for some in rounds]


def test_one_of_those_that_share_comes_first(images: Callable[..., list[ImagePlan]]) -> None:
    example = images(
        load="numpy pandas pyarrow flights",
        join="numpy pandas pyarrow",
        train="numpy pandas pyarrow scipy",
        evaluate="numpy pandas pyarrow scipy",
        plot="numpy plots",
        report="",
    )
    rounds = in_rounds(example)
    # plot's own bytes are more than those it shares: it does not leave a processor idle.
    assert steps(rounds) == [["train", "plot", "report"], ["load", "join", "evaluate"]]


def test_what_the_engine_has_is_waited_for_by_nobody(
    images: Callable[..., list[ImagePlan]],
) -> None:
    one, two, three = images(a="numpy scipy", b="numpy scipy", c="numpy scipy")
    assert steps(in_rounds([one, two], there=[three])) == [["a", "b"]]


def test_small_layers_are_worth_no_round(images: Callable[..., list[ImagePlan]]) -> None:
    assert steps(in_rounds(images(a="small", b="small", c=""))) == [["a", "b", "c"]]


def test_a_layer_on_other_layers_is_another(images: Callable[..., list[ImagePlan]]) -> None:
    assert steps(in_rounds(images(a="numpy scipy", b="scipy numpy"))) == [["a", "b"]]


def test_all_that_is_left_is_in_the_last_round(images: Callable[..., list[ImagePlan]]) -> None:
    nested = images(a="numpy pandas pyarrow", b="numpy scipy", c="numpy scipy", d="numpy scipy")
    assert steps(in_rounds(nested)) == [["a", "b"], ["c", "d"]]
    assert in_rounds([]) == ()


@given(
    wanted=st.lists(st.lists(st.sampled_from(sorted(SIZES)), unique=True, max_size=5), max_size=8)
)
def test_each_image_is_in_one_round_and_waits_for_good_reason(
    make: Any, wanted: list[list[str]]
) -> None:
    every = [image(make, f"s{at}", packages) for at, packages in enumerate(wanted)]
    rounds = in_rounds(every)
    assert len(rounds) <= MOST
    assert all(rounds)
    assert sorted(one.step for some in rounds for one in some) == sorted(one.step for one in every)
    for some in rounds:  # the plan's order within each
        assert [every.index(one) for one in some] == sorted(every.index(one) for one in some)
    total = {one.step: sum(layer.size for layer in one.layers) for one in every}
    for some in rounds[1:]:
        assert all(total[one.step] >= WORTH for one in some)
