"""What killed runs and builds left in the engine: found by label, removed when its owner is certainly gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ops0.core.errors import Ops0Error, raise_together
from ops0.host.engine_errors import EngineRefused
from ops0.host.owner import OWNER_LABEL, Owner, is_left, this_process
from ops0.runtime.engine import Spare, spare_none
from ops0.runtime.engines.docker_api import DockerApi, Owned
from ops0.runtime.engines.profile import RUN_LABEL
from ops0.runtime.engines.removing import remove_each
from ops0.runtime.runs import RunId

_PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between tries: an engine that is clearing its store was seen to take half a minute for a removal."""


def remove_orphans(
    api: DockerApi, *, spare: Spare = spare_none, dry_run: bool = False
) -> tuple[str, ...]:
    """Remove every container and volume whose owner is gone. Gives the names of what was removed.

    Things of a live owner, of another machine, or without a readable owner stay, and so does what another state folder
    has left less than a day ago. What the engine refuses to remove, as a volume that a container of somebody else uses
    by now, stays too: that must not keep anyone from running.
    spare:  what of which run stays
    raises: EngineError when the engine does not answer
    """
    left = orphans(api.owned(OWNER_LABEL), this_process(), time.time())
    found = [one for one in left if not _spared(one, spare)]
    if dry_run:
        return tuple(thing.name for thing in found)
    stayed: set[tuple[str, str]] = set()

    def remove(thing: Owned) -> None:
        try:
            _remove(api, thing)
        except EngineRefused:
            stayed.add((thing.kind, thing.name))

    _containers_first(remove, found)
    return tuple(thing.name for thing in found if (thing.kind, thing.name) not in stayed)


def _spared(thing: Owned, spare: Spare) -> bool:
    stays = spare(RunId(thing.labels.get(RUN_LABEL, "")))
    return stays == "all" or (stays == "values" and thing.kind == "volume")


def remove_all(api: DockerApi, things: Sequence[Owned]) -> None:
    """Remove them, containers first; what fails keeps nothing else from being removed. Raises EngineRefused at the end.

    A volume whose container is just being removed by another request is still in use for a moment: it is asked again.
    """
    refusals: list[Ops0Error] = []

    def remove(thing: Owned) -> None:
        try:
            _insist(api, thing)
        except EngineRefused as refusal:
            refusals.append(refusal)

    _containers_first(remove, things)
    raise_together(refusals)


def _containers_first(remove: Callable[[Owned], None], things: Sequence[Owned]) -> None:
    for kind in ("container", "volume"):
        remove_each(remove, [thing for thing in things if thing.kind == kind])


def _insist(api: DockerApi, thing: Owned) -> None:
    for pause in _PAUSES:
        try:
            _remove(api, thing)
        except EngineRefused:  # noqa: PERF203 - a request costs more
            time.sleep(pause)
        else:
            return
    _remove(api, thing)


def _remove(api: DockerApi, thing: Owned) -> None:
    if thing.kind == "container":
        api.remove_container(thing.name)
    else:
        api.remove_volume(thing.name)


def orphans(things: tuple[Owned, ...], asker: Owner, now: float) -> tuple[Owned, ...]:
    """Those that the asker may remove, in the given order. ``now``: seconds since 1970."""
    return tuple(one for one in things if is_left(one.labels, one.created, asker, now))
