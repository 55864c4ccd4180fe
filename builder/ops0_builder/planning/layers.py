"""Which distribution goes into which layer. Pure; the order is one for all images, so that they share prefixes.

A heavy distribution has a layer of its own, in every image and every project the same blob. The light ones are grouped:
one layer for all that are used by exactly the same steps, so no byte is stored twice and a version bump makes one layer
anew. Where an image would have too many layers, the lightest lose theirs, one after the other, until it has not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ops0.core.digest import digest_of
from ops0.core.few import few
from ops0.core.locked import LockedDistribution, StepLock
from ops0.core.pipeline import StepName
from ops0.core.plan import BaseImage, Layer
from ops0_builder.planning.left_out import left_out

HEAVY = 1_000_000
"""Bytes of a wheel that earn it a layer of its own; by measurement (docs/performance.md)."""

MOST = 56
"""Package layers an image may have: with the base's, system, runner and code about 60. overlayfs ends at 128."""

NAMED = 3
"""Distributions of a group that its title names."""

LAYER_FORMAT = 1
"""Part of every layer's key: raised when the same wheels are installed to other bytes."""

_Users = tuple[StepName, ...]


@dataclass(frozen=True, slots=True)
class _Member:
    """A distribution with the steps that use it."""

    users: _Users
    distribution: LockedDistribution

    @property
    def heavy(self) -> bool:
        return self.distribution.wheel.size >= HEAVY

    def rank(self) -> tuple[int, str, _Users]:
        """The lightest first, by powers of two and without the version: a bump seldom changes who keeps a layer."""
        return (self.distribution.wheel.size.bit_length(), self.distribution.name, self.users)


def package_layers(
    locks: Mapping[StepName, tuple[BaseImage, StepLock]],
) -> Mapping[StepName, tuple[Layer, ...]]:
    """The package layers of each step's image, in the one canonical order, at most MOST of them.

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
    found: dict[StepName, list[Layer]] = {step: [] for step in locks}
    for users, layer in _layers(base, _alone(_members(locks))):
        for step in users:
            found[step].append(layer)
    return _ordered({step: _bounded(base, layers) for step, layers in found.items()})


def _members(locks: Mapping[StepName, StepLock]) -> tuple[_Member, ...]:
    users: dict[LockedDistribution, list[StepName]] = defaultdict(list)
    for step in sorted(locks):
        for distribution in locks[step].distributions:
            users[distribution].append(step)
    return tuple(_Member(tuple(steps), distribution) for distribution, steps in users.items())


def _alone(members: tuple[_Member, ...]) -> Mapping[_Member, bool]:
    """Who has a layer of its own: the heavy ones, but for the lightest of these in images with too many layers.

    One round from light to heavy is enough, for the number of layers of an image only falls.
    """
    alone = {one: one.heavy for one in members}
    grouped = Counter(one.users for one in members if not one.heavy)
    layers = Counter(step for users in grouped for step in users)
    layers.update(step for one in members if one.heavy for step in one.users)
    for one in sorted((one for one in members if one.heavy), key=_Member.rank):
        if any(layers[step] > MOST for step in one.users):
            alone[one] = False
            if grouped[one.users]:
                layers.subtract(one.users)
            grouped[one.users] += 1
    for one in members:
        if grouped[one.users] == 1 and one.heavy:  # a group of one is no gain
            alone[one] = True
    return alone


def _layers(base: str, alone: Mapping[_Member, bool]) -> list[tuple[_Users, Layer]]:
    groups: dict[_Users, list[LockedDistribution]] = defaultdict(list)
    made: list[tuple[_Users, Layer]] = []
    for one, own in alone.items():
        if own:
            made.append((one.users, _package(base, one.distribution)))
        else:
            groups[one.users].append(one.distribution)
    made.extend((users, _group(base, tuple(found))) for users, found in groups.items())
    return made


def _bounded(base: str, layers: list[Layer]) -> list[Layer]:
    """The lightest of an image's layers in one, where it is used together with too many unlike sets of steps.

    Only here are bytes stored twice: those of the merged layers, which other images have apart.
    """
    if len(layers) <= MOST:
        return layers
    ranked = sorted(layers, key=lambda layer: (layer.size.bit_length(), _names(layer)))
    merged = ranked[: len(layers) - MOST + 1]
    inside = tuple(one for layer in merged for one in layer.distributions)
    return [*ranked[len(merged) :], _group(base, inside)]


def _ordered(found: Mapping[StepName, list[Layer]]) -> Mapping[StepName, tuple[Layer, ...]]:
    """One order for all: the most shared first, then by users, then those of their own, then by name."""
    users: dict[str, list[StepName]] = defaultdict(list)
    for step in sorted(found):
        for layer in found[step]:
            users[layer.key].append(step)

    def order(layer: Layer) -> tuple[int, list[StepName], bool, str]:
        steps = users[layer.key]
        return (-len(steps), steps, layer.kind == "group", _names(layer))

    return {step: tuple(sorted(layers, key=order)) for step, layers in found.items()}


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
    return Layer(
        kind="group",
        key=_key(base, members),
        title=_title(members),
        distributions=members,
        size=sum(one.wheel.size for one in members),
    )


def _title(members: tuple[LockedDistribution, ...]) -> str:
    """The largest by name, as many as people read."""
    largest = sorted(members, key=lambda one: (-one.wheel.size, one.name))
    return few([f"{one.name} {one.version}" for one in largest], NAMED)


def _key(base: str, members: tuple[LockedDistribution, ...]) -> str:
    wheels = [[one.wheel.filename, one.wheel.sha256] for one in members]
    without = left_out(members)
    return digest_of(["packages", LAYER_FORMAT, base, wheels, *([without] if without else [])])


def _names(layer: Layer) -> str:
    return " ".join(one.name for one in layer.distributions)
