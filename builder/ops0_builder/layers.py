"""Which distribution goes into which layer. Pure; the order is one for all images, so that they share prefixes.

A heavy distribution has a layer of its own, in every image the same blob. The light ones are grouped: one layer for
all that are used by exactly the same steps, so no byte is stored twice and a version bump makes one layer anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ops0.core.digest import digest_of
from ops0.core.locked import LockedDistribution, StepLock
from ops0.core.pipeline import StepName
from ops0.core.plan import BaseImage, Layer

HEAVY = 1_000_000
"""Bytes of a wheel that earn it a layer of its own; the threshold with which the design was measured."""

MOST = 96
"""Package layers an image may have. overlayfs ends at 128 with base, system, runner and code."""

LAYER_FORMAT = 1
"""Part of every layer's key: raised when the same wheels are installed to other bytes."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A layer with the steps that use it."""

    steps: tuple[StepName, ...]
    layer: Layer

    def order(self) -> tuple[int, tuple[StepName, ...], bool, str]:
        return (-len(self.steps), self.steps, self.layer.kind == "group", _names(self.layer))


def package_layers(
    locks: Mapping[StepName, tuple[BaseImage, StepLock]],
) -> Mapping[StepName, tuple[Layer, ...]]:
    """The package layers of each step's image, in the one canonical order.

    shape: every distribution of a step's lock is in exactly one of its layers; layers that many steps share come first
    """
    bases: dict[str, dict[StepName, StepLock]] = defaultdict(dict)
    for step, (base, lock) in locks.items():
        bases[base.digest][step] = lock
    result: dict[StepName, tuple[Layer, ...]] = {}
    for digest, members in sorted(bases.items()):
        result |= _of_one_base(digest, members)
    return {step: result[step] for step in locks}


def _of_one_base(
    base: str, locks: Mapping[StepName, StepLock]
) -> Mapping[StepName, tuple[Layer, ...]]:
    heavy = HEAVY
    largest = max((d.wheel.size for lock in locks.values() for d in lock.distributions), default=0)
    while True:
        placed = _place(base, locks, heavy)
        result = {step: tuple(one.layer for one in placed if step in one.steps) for step in locks}
        if all(len(layers) <= MOST for layers in result.values()):
            return result
        if heavy > largest:  # only groups are left: such an image gets its packages in one layer
            return {
                step: layers if len(layers) <= MOST else (_group(base, locks[step].distributions),)
                for step, layers in result.items()
            }
        heavy *= 2


def _place(base: str, locks: Mapping[StepName, StepLock], heavy: int) -> tuple[_Placed, ...]:
    users: dict[LockedDistribution, list[StepName]] = defaultdict(list)
    for step in sorted(locks):
        for distribution in locks[step].distributions:
            users[distribution].append(step)
    placed: list[_Placed] = []
    groups: dict[tuple[StepName, ...], list[LockedDistribution]] = defaultdict(list)
    for distribution, steps in users.items():
        if distribution.wheel.size >= heavy:
            placed.append(_Placed(tuple(steps), _package(base, distribution)))
        else:
            groups[tuple(steps)].append(distribution)
    placed.extend(_Placed(steps, _group(base, tuple(members))) for steps, members in groups.items())
    return tuple(sorted(placed, key=_Placed.order))


def _package(base: str, distribution: LockedDistribution) -> Layer:
    return Layer(
        kind="package",
        key=_key(base, (distribution,)),
        title=f"{distribution.name} {distribution.version}",
        distributions=(distribution,),
        size=distribution.wheel.size,
    )


def _group(base: str, members: tuple[LockedDistribution, ...]) -> Layer:
    members = tuple(sorted(members, key=lambda one: (one.name, one.version)))
    first = members[0]
    more = f" and {len(members) - 1} more" if len(members) > 1 else ""
    return Layer(
        kind="group",
        key=_key(base, members),
        title=f"{first.name} {first.version}{more}",
        distributions=members,
        size=sum(one.wheel.size for one in members),
    )


def _key(base: str, members: tuple[LockedDistribution, ...]) -> str:
    wheels = [[one.wheel.filename, one.wheel.sha256] for one in members]
    return digest_of(["packages", LAYER_FORMAT, base, wheels])


def _names(layer: Layer) -> str:
    return " ".join(one.name for one in layer.distributions)
