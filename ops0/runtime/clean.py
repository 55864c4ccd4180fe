"""What killed runs left in the engine: found by label, removed when its owner is certainly gone."""

from __future__ import annotations

from ops0.runtime.docker_api import DockerApi, Owned
from ops0.runtime.owner import Owner, is_gone, parse_owner, this_process
from ops0.runtime.profile import OWNER_LABEL, RUN_LABEL


def remove_orphans(api: DockerApi, *, dry_run: bool = False) -> tuple[str, ...]:
    """Remove every container and volume of a run whose owner is gone; containers first, they hold the volumes.

    Gives their names. Things of a live owner, of another machine, or without a readable owner stay.
    raises: EngineError
    """
    found = orphans(api.owned(RUN_LABEL), this_process())
    for thing in found if not dry_run else ():
        if thing.kind == "container":
            api.remove_container(thing.name)
        else:
            api.remove_volume(thing.name)
    return tuple(thing.name for thing in found)


def orphans(things: tuple[Owned, ...], asker: Owner) -> tuple[Owned, ...]:
    """Those whose owner is certainly gone, in the given order."""
    return tuple(
        thing
        for thing in things
        if (owner := parse_owner(thing.labels.get(OWNER_LABEL, ""))) and is_gone(owner, asker)
    )
