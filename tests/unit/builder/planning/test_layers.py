from __future__ import annotations

import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.plan import Layer
from ops0_builder.planning import left_out
from ops0_builder.planning.context import wheels_context
from ops0_builder.planning.layers import HEAVY, MOST, package_layers

SIZES = st.sampled_from([10, 1000, HEAVY - 1, HEAVY, 30_000_000])
BROAD = [500, HEAVY - 1, HEAVY, 3 * HEAVY, 3 * HEAVY + 9, 50 * HEAVY]
NAMES = [f"dist{number}" for number in range(14)]


@st.composite
def members(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    steps = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True))
    chosen = st.lists(st.sampled_from(NAMES), unique=True).map(lambda found: tuple(sorted(found)))
    return {step: draw(chosen) for step in steps}


def layered(
    make: Any, steps: dict[str, tuple[str, ...]], sizes: dict[str, int], **versions: str
) -> dict[str, tuple[Layer, ...]]:
    found = {
        step: (
            make.base(),
            make.step_lock(
                step,
                tuple(
                    make.distribution(name, versions.get(name, "1.0"), sizes[name])
                    for name in names
                ),
            ),
        )
        for step, names in steps.items()
    }
    return dict(package_layers(found))


@given(steps=members(), sizes=st.fixed_dictionaries(dict.fromkeys(NAMES, SIZES)))
def test_every_distribution_is_in_one_layer_of_its_image_and_no_byte_twice(
    make: Any, steps: dict[str, tuple[str, ...]], sizes: dict[str, int]
) -> None:
    result = layered(make, steps, sizes)
    assert list(result) == list(steps)
    for step, names in steps.items():
        inside = [one.name for layer in result[step] for one in layer.distributions]
        assert sorted(inside) == sorted(names)
    every = {layer.key: layer for layers in result.values() for layer in layers}
    stored = [one.name for layer in every.values() for one in layer.distributions]
    assert len(stored) == len(set(stored))
    for layer in every.values():
        assert (layer.kind == "package") == (layer.distributions[0].wheel.size >= HEAVY)


@given(steps=members(), sizes=st.fixed_dictionaries(dict.fromkeys(NAMES, SIZES)))
def test_one_order_for_all_and_more_shared_layers_first(
    make: Any, steps: dict[str, tuple[str, ...]], sizes: dict[str, int]
) -> None:
    result = layered(make, steps, sizes)
    users = {
        layer.key: sum(layer in layers for layers in result.values())
        for layers in result.values()
        for layer in layers
    }
    for layers in result.values():
        counts = [users[layer.key] for layer in layers]
        assert counts == sorted(counts, reverse=True)
    for one in result.values():
        for other in result.values():
            assert [k for k in one if k in other] == [k for k in other if k in one]


@given(
    steps=members(),
    sizes=st.fixed_dictionaries(dict.fromkeys(NAMES, SIZES)),
    bumped=st.sampled_from(NAMES),
)
def test_a_version_bump_makes_one_layer_anew(
    make: Any, steps: dict[str, tuple[str, ...]], sizes: dict[str, int], bumped: str
) -> None:
    before = layered(make, steps, sizes)
    after = layered(make, steps, sizes, **{bumped: "2.0"})
    for step in steps:
        old, new = before[step], after[step]
        assert len(old) == len(new)
        changed = [at for at, layer in enumerate(old) if layer.key != new[at].key]
        assert changed == [
            at
            for at, layer in enumerate(old)
            if bumped in [one.name for one in layer.distributions]
        ]


def test_the_same_wheel_on_another_base_is_another_layer(make: Any) -> None:
    numpy = make.distribution("numpy", size=HEAVY)
    result = package_layers(
        {
            name: (make.base(f"sha256:{digit * 64}"), make.step_lock(name, (numpy,)))
            for name, digit in (("a", "1"), ("b", "2"))
        }
    )
    assert result["a"][0].key != result["b"][0].key


def test_of_too_many_heavy_ones_the_lightest_share_a_layer(make: Any) -> None:
    heavy = tuple(make.distribution(f"heavy{n:03}", size=HEAVY * (1 + n)) for n in range(300))
    (layers,) = package_layers({"a": (make.base(), make.step_lock("a", heavy))}).values()
    assert len(layers) == MOST
    assert sorted(len(layer.distributions) for layer in layers) == [1] * (MOST - 1) + [
        300 - MOST + 1
    ]
    group = layers[-1]
    assert group.kind == "group"
    assert max(one.wheel.size for one in group.distributions) < 2 * min(
        layer.size for layer in layers[:-1]
    )


def test_an_image_with_room_keeps_its_layers_when_another_has_too_many(make: Any) -> None:
    heavy = tuple(make.distribution(f"heavy{n:03}", size=HEAVY * (1 + n)) for n in range(MOST + 5))
    result = package_layers(
        {
            "all": (make.base(), make.step_lock("all", heavy)),
            "few": (make.base(), make.step_lock("few", heavy[:20])),
            "own": (make.base(), make.step_lock("own", (make.distribution("x", size=HEAVY),))),
        }
    )
    assert len(result["all"]) == MOST
    assert [layer.kind for layer in result["own"]] == ["package"]
    assert {layer.key for layer in result["few"]} <= {layer.key for layer in result["all"]}


def test_only_too_many_unlike_sets_of_users_store_bytes_twice(make: Any) -> None:
    small = [make.distribution(f"small{n:03}", size=10 + n) for n in range(MOST + 4)]
    locks = {f"s{n}": (small[n],) for n in range(MOST + 4)} | {"all": tuple(small)}
    result = package_layers(
        {name: (make.base(), make.step_lock(name, found)) for name, found in locks.items()}
    )
    assert len(result["all"]) == MOST
    assert sorted(one.name for layer in result["all"] for one in layer.distributions) == [
        one.name for one in small
    ]
    own = {layer.key for name, layers in result.items() if name != "all" for layer in layers}
    (merged,) = [layer for layer in result["all"] if layer.key not in own]
    assert [one.name for one in merged.distributions] == [one.name for one in small[:5]]


@given(seed=st.integers(0, 2**32), count=st.integers(MOST, 220))
def test_the_bound_holds_no_byte_is_there_twice_and_the_order_of_the_steps_is_all_one(
    make: Any, seed: int, count: int
) -> None:
    """Hundreds of heavy distributions in few sets of steps: each image has to merge, none has to copy."""
    chance = random.Random(seed)  # hundreds of draws of hypothesis's own take seconds
    names = [f"dist{number:03}" for number in range(count)]
    sizes = {name: chance.choice(BROAD) for name in names}
    users = {name: chance.choice(["a", "b", "c", "ab", "bc", "abc"]) for name in names}
    steps = {step: tuple(name for name in names if step in users[name]) for step in "abc"}
    result = layered(make, steps, sizes)
    assert all(len(layers) <= MOST for layers in result.values())
    for step, wanted in steps.items():
        assert sorted(one.name for layer in result[step] for one in layer.distributions) == list(
            wanted
        )
    every = {layer.key: layer for layers in result.values() for layer in layers}
    assert sum(layer.size for layer in every.values()) == sum(sizes.values())
    backwards = layered(make, dict(reversed(steps.items())), sizes)
    assert {step: backwards[step] for step in steps} == result
    bumped = chance.choice(names)
    after = layered(make, steps, sizes, **{bumped: "2.0"})
    fresh = {layer.key for layers in after.values() for layer in layers} - set(every)
    assert len(fresh) == 1


@given(
    steps=members(),
    sizes=st.fixed_dictionaries(dict.fromkeys(NAMES, SIZES)),
    bumped=st.sampled_from(NAMES),
    size=SIZES,
)
def test_a_bump_that_crosses_the_threshold_makes_its_own_layer_and_its_group_anew(
    make: Any, steps: dict[str, tuple[str, ...]], sizes: dict[str, int], bumped: str, size: int
) -> None:
    before = layered(make, steps, sizes)
    after = layered(make, steps, sizes | {bumped: size}, **{bumped: "2.0"})
    for step in steps:
        assert len({layer.key for layer in after[step]} - {one.key for one in before[step]}) <= 2


def test_a_heavy_distribution_is_the_same_layer_in_every_project(make: Any) -> None:
    numpy = make.distribution("numpy", size=HEAVY)
    light = make.distribution("light")
    one = package_layers({"a": (make.base(), make.step_lock("a", (light, numpy)))})
    other = package_layers(
        {step: (make.base(), make.step_lock(step, (numpy,))) for step in ("b", "c")}
    )
    assert one["a"][0] == other["b"][0] == other["c"][0]


def test_a_thousand_steps_with_sets_of_their_own_are_planned_at_once(make: Any) -> None:
    """Linear in the pairs of steps and distributions; three million comparisons would be seen."""
    names = [f"dist{number:03}" for number in range(40)]
    steps = {
        f"s{at:04}": tuple(name for k, name in enumerate(names) if (at >> (k % 10)) & 1)
        for at in range(1000)
    }
    sizes = {name: HEAVY * (k % 3) + 10 for k, name in enumerate(names)}
    began = time.process_time()
    result = layered(make, steps, sizes)
    assert time.process_time() - began < 5
    assert len(result) == 1000


def test_a_layer_goes_without_what_no_step_reads_and_its_key_says_so(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = {"train": ("numpy", "torch")}
    sizes = {"numpy": HEAVY, "torch": 50 * HEAVY}
    whole, less = (
        {layer.title.split()[0]: layer for layer in layered(make, steps, sizes)["train"]}
        for table in ({}, left_out._FOLDERS)
        if monkeypatch.setattr(left_out, "_FOLDERS", table) is None
    )
    assert whole["numpy"].key == less["numpy"].key
    assert whole["torch"].key != less["torch"].key
    listed = {
        name: wheels_context(name, layer.distributions).files.get("left-out.txt")
        for name, layer in less.items()
    }
    assert listed == {"numpy": None, "torch": b"torch/test\n"}
