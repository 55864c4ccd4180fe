"""Wheels that no build has used for long: by age, and by the room that all of them take. They can be fetched again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ops0.host.folders import lock_if_free
from ops0.host.leftovers import Leftover, remove_folder
from ops0_builder.lock.wheelhouse import Wheelhouse, user_wheelhouse

IN_USE_SECONDS = 24 * 3600.0
"""A wheel used within so long may be on its way into a build, which has looked at it and links to it later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptWheel:
    """One file of the wheelhouse. ``size``: bytes. ``used``: when a build last asked for it, seconds since 1970."""

    folder: Path
    name: str
    size: int
    used: float


def wheel_leftovers(
    now: float, older_than: float | None = None, room: int | None = None
) -> Iterator[Leftover]:
    """Wheels that were used longer ago than ``older_than`` seconds, and what is beyond ``room`` bytes.

    None: no bound. While wheels are being fetched none is found: whoever fetches holds the wheelhouse.
    """
    house = user_wheelhouse()
    for wheel in spent(_kept_wheels(house), now, older_than, room):
        yield Leftover(
            kind="wheel",
            name=str(wheel.folder / wheel.name),
            size=wheel.size,
            remove=partial(_remove, house, wheel),
        )


def spent(
    wheels: Iterable[KeptWheel], now: float, older_than: float | None, room: int | None
) -> tuple[KeptWheel, ...]:
    """Those to remove, the ones used longest ago first; never one in use. What is in use counts for the room. Pure."""
    gone: list[KeptWheel] = []
    total = 0
    for wheel in sorted(wheels, key=lambda one: (-one.used, one.folder)):
        total += wheel.size
        old = older_than is not None and wheel.used < now - older_than
        beyond = room is not None and total > room
        if (old or beyond) and wheel.used < now - IN_USE_SECONDS:
            gone.append(wheel)
            total -= wheel.size  # a smaller one that was used before it may still fit
    return tuple(reversed(gone))


def _kept_wheels(house: Wheelhouse) -> tuple[KeptWheel, ...]:
    """All files of the wheelhouse, by hash."""
    found: list[KeptWheel] = []
    for folder in sorted(house.folder.glob("[0-9a-f][0-9a-f]/*")):
        with suppress(FileNotFoundError, NotADirectoryError):
            used = folder.stat().st_mtime
            found += (
                KeptWheel(folder=folder, name=one.name, size=one.stat().st_size, used=used)
                for one in sorted(folder.iterdir())
                if one.is_file()
            )
    return tuple(found)


def _remove(house: Wheelhouse, wheel: KeptWheel) -> bool:
    """Remove it unless somebody has asked for it since: who asks marks it under the same lock."""
    with lock_if_free(house.lock) as free:
        if not free:
            return False
        with suppress(FileNotFoundError):
            if wheel.folder.stat().st_mtime > wheel.used:
                return False
        return remove_folder(wheel.folder)
