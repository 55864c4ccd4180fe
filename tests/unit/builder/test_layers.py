from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ops0.core.plan import Layer
from ops0_builder.layers import HEAVY, MOST, package_layers

SIZES = st.sampled_from([10, 1000, HEAVY - 1, HEAVY, 30_000_000])
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


def test_an_image_has_no_more_layers_than_the_engine_can_mount(make: Any) -> None:
    heavy = tuple(make.distribution(f"heavy{n:03}", size=HEAVY * (1 + n)) for n in range(300))
    result = package_layers({"a": (make.base(), make.step_lock("a", heavy))})
    assert len(result["a"]) <= MOST
    assert len([one for layer in result["a"] for one in layer.distributions]) == 300


def test_more_groups_than_the_engine_can_mount_become_one_layer(make: Any) -> None:
    small = [make.distribution(f"small{n:03}") for n in range(MOST + 1)]
    locks = {f"s{n}": (small[n],) for n in range(MOST + 1)} | {"all": tuple(small)}
    result = package_layers(
        {name: (make.base(), make.step_lock(name, found)) for name, found in locks.items()}
    )
    assert [len(layer.distributions) for layer in result["all"]] == [MOST + 1]
    assert [len(layer.distributions) for layer in result["s7"]] == [1]
