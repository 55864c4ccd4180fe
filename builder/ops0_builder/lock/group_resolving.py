"""Resolving one group of steps with what its places come to: a place is built when the resolution reaches it.

uv is never told an address that it would fetch by itself. It sees the wheel that a place came to; of one whose wheel
names addresses in turn a copy that names none; and for a name with a place that nothing has asked for yet a wheel that
is not there: where uv wants that, the place is built, and uv asked again. So no index is asked for a name with a place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from packaging.utils import canonicalize_name

from ops0.core.requirements.together import one_address
from ops0.host.temporary import temporary_folder
from ops0_builder.lock.constraints import Held
from ops0_builder.lock.diagnosis import resolve_or_explain
from ops0_builder.lock.errors import Conflict
from ops0_builder.lock.placing import Placed, Placing
from ops0_builder.lock.resolver import GroupResolution, StepGroup, StepRequirement
from ops0_builder.lock.uv_program import PlaceReached, Uv
from ops0_builder.lock.wheel_check import wheel_requires
from ops0_builder.lock.wheel_plain import plain_wheel


def resolve_placed(
    group: StepGroup,
    placing: Placing,
    held: Sequence[Held],
    elsewhere: Mapping[str, str],
) -> tuple[GroupResolution, Placed]:
    """The resolution, and what came of the places that it reached.

    elsewhere: name -> address of what the project takes from no index, whoever needs it
    raises:    Conflict, as ``resolve_or_explain`` and ``Placing.placed``
    """
    wanted = _addresses(group.asked)
    while True:
        placed = placing.placed(wanted, group.target)
        beside: dict[str, str] = dict(elsewhere)
        for one in placed.values():
            beside = {**placing.needed_beside(one), **beside}
        unbuilt = frozenset(beside.keys() - wanted.keys())
        try:
            with _told(placing, placed, unbuilt) as uv:
                found = resolve_or_explain(group, uv, held)
                return found, placed
        except PlaceReached as reached:
            wanted.update({name: beside[name] for name in sorted(reached.names)})


def _addresses(asked: Sequence[StepRequirement]) -> dict[str, str]:
    """Name -> address of what steps ask for. Raises Conflict for the first name that has two of them."""
    named: dict[str, dict[str, StepRequirement]] = {}
    for entry in asked:
        if entry.requirement.url is not None:
            of_name = named.setdefault(canonicalize_name(entry.requirement.name), {})
            of_name.setdefault(entry.requirement.url, entry)
    found: dict[str, str] = {}
    for name, entries in named.items():
        address = one_address([*entries])
        if address is None:
            every = tuple((one.step, one.place, one.text) for one in entries.values())
            said = f"  {name} is one distribution, for steps that are resolved together"
            raise Conflict(every, said)
        found[name] = address
    return found


@contextmanager
def _told(placing: Placing, placed: Placed, unbuilt: frozenset[str]) -> Iterator[Uv]:
    with temporary_folder("lock") as folder:
        addresses: dict[str, str] = {}
        for name, one in placed.items():
            wheel = placing.tools.wheelhouse.path(one.wheel)
            if any("@" in text for text in wheel_requires(wheel)):
                wheel = plain_wheel(wheel, folder)
            addresses[name] = wheel.as_uri()
        yield replace(placing.tools.uv, placed=addresses, unbuilt=unbuilt)
