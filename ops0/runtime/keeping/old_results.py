"""Cached results that hold no longer, that nobody has used for long, or that take too much room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from ops0.host.leftovers import Leftover, folder_size, remove_folder
from ops0.runtime.keeping.cached_results import Entry, ResultCache, user_results

UNNAMED_SECONDS = 24 * 3600.0
"""A value that no entry names may be one that is just being kept; after so long it was left by a killed run."""


@dataclass(frozen=True, slots=True)
class CachedResult:
    """One cached result. ``used``: when it was asked for last, seconds since 1970."""

    key: str
    used: float
    entry: Entry


def result_leftovers(
    now: float,
    older_than: float | None = None,
    room: int | None = None,
    cache: ResultCache | None = None,
) -> Iterator[Leftover]:
    """What is expired; used longer ago than ``older_than`` seconds; beyond ``room`` bytes; named by no entry.

    A run that uses one has names of its own for its files, so nothing is taken from it.
    """
    cache = cache or user_results()
    kept = [CachedResult(*one) for one in cache.entries()]
    for one in spent(kept, now, older_than, room):
        folder, size = cache.value(one.entry.manifest), one.entry.size
        yield Leftover(
            kind="result", name=str(folder), size=size, remove=partial(_remove, cache, one)
        )
    named = {one.entry.manifest for one in kept}
    for folder in sorted(cache.values.iterdir()) if cache.values.is_dir() else ():
        with suppress(FileNotFoundError):
            if folder.name not in named and folder.stat().st_mtime < now - UNNAMED_SECONDS:
                remove = partial(remove_folder, folder)
                yield Leftover(
                    kind="result", name=str(folder), size=folder_size(folder), remove=remove
                )


def spent(
    kept: Sequence[CachedResult], now: float, older_than: float | None, room: int | None
) -> tuple[CachedResult, ...]:
    """Those to remove, the ones used longest ago first. Pure."""
    gone: list[CachedResult] = []
    total = 0
    for one in sorted(kept, key=lambda one: (-one.used, one.key)):
        expired = one.entry.until is not None and one.entry.until < now
        old = older_than is not None and one.used < now - older_than
        beyond = room is not None and total + one.entry.size > room
        if expired or old or beyond:
            gone.append(one)
        else:
            total += one.entry.size
    return tuple(reversed(gone))


def _remove(cache: ResultCache, kept: CachedResult) -> bool:
    """Remove it, unless it has been kept anew meanwhile."""
    cache.drop(kept.key, kept.entry)
    return not cache.value(kept.entry.manifest).exists()
