"""What killed builds and pushes left, and what no build has used for a day: tags, wheels, blobs, staged contexts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import lock_if_free
from ops0.host.leftovers import Kind, Leftover, folder_size, remove_folder
from ops0_builder.building.unproven import left_tags
from ops0_builder.engine.engine_images import image_id, remove_tag
from ops0_builder.environments import environments_dir, environments_lock
from ops0_builder.lock.wheelhouse import WORK_PREFIX, user_wheelhouse
from ops0_builder.planning.context import contexts_dir, contexts_lock
from ops0_builder.registry.folders import pushes_dir, pushes_lock
from ops0_builder.registry.given_tags import LeftTags
from ops0_builder.registry.given_tags import left_tags as pushed_tags
from ops0_builder.sweeping.old_images import STEP_IMAGES, sizes_of, step_images
from ops0_builder.whole_folder import WHOLE

UNUSED_SECONDS = 24 * 3600.0
"""A staged context or an environment that nothing has used for so long; it is made again when it is needed."""
_ALWAYS = float("inf")


def folder_leftovers(now: float) -> Iterator[Leftover]:
    """Wheels and blobs that nobody moves any more, environments, contexts. ``now``: seconds since 1970."""
    house = user_wheelhouse()
    for folder in _folders(house.folder):
        if folder.name.startswith(WORK_PREFIX) and _is_free(house.lock):
            yield _folder("wheels", folder, house.lock, _ALWAYS)
    for folder in _folders(pushes_dir()):
        if _is_free(pushes_lock()):
            yield _folder("push", folder, pushes_lock(), _ALWAYS)
    for folder in _folders(environments_dir()):
        limit = now - UNUSED_SECONDS if (folder / WHOLE).is_file() else _ALWAYS
        if _last_use(folder) < limit and _is_free(environments_lock()):
            yield _folder("environment", folder, environments_lock(), limit)
    for folder in _folders(contexts_dir()):
        # One that begins with a dot was being written: it is of no use to another build.
        limit = _ALWAYS if folder.name.startswith(".") else now - UNUSED_SECONDS
        if _last_use(folder) < limit and _is_free(contexts_lock()):
            yield _folder("context", folder, contexts_lock(), limit)


def tag_leftovers(engine: EngineSocket) -> Iterator[Leftover]:
    """The tags of images that were never proved, and those that killed pushes gave. Raises EngineError."""
    for left in pushed_tags(engine):
        remove = partial(_take_away, engine, left)
        yield Leftover(kind="tag", name=" ".join(left.images), size=None, remove=remove)
    tags = left_tags(engine, STEP_IMAGES)
    listed = step_images(engine) if tags else ()
    sizes = sizes_of(engine, (one for one in listed if one.name in tags), listed) if tags else {}
    for tag in tags:
        untag = partial(_untag, engine, tag)
        yield Leftover(kind="tag", name=tag, size=sizes.get(tag), remove=untag)


def _folder(kind: Kind, folder: Path, lock: Path, limit: float) -> Leftover:
    return Leftover(
        kind=kind,
        name=str(folder),
        size=folder_size(folder),
        remove=partial(_remove, folder, lock, limit),
    )


def _remove(folder: Path, lock: Path, limit: float) -> bool:
    """Remove a folder while nobody holds the lock, unless it has been used since it was found."""
    with lock_if_free(lock) as free:
        return free and _last_use(folder) < limit and remove_folder(folder)


def _untag(engine: EngineSocket, tag: str) -> bool:
    remove_tag(engine, tag)
    return image_id(engine, tag) is None


def _take_away(engine: EngineSocket, left: LeftTags) -> bool:
    left.take_away(engine)
    return True


def _folders(parent: Path) -> tuple[Path, ...]:
    if not parent.is_dir():
        return ()
    return tuple(sorted(one for one in parent.iterdir() if one.is_dir() and not one.is_symlink()))


def _last_use(folder: Path) -> float:
    """Seconds since 1970; see ops0_builder.planning.context.mark_used. One that is gone was never used."""
    try:
        return folder.stat().st_ctime
    except FileNotFoundError:
        return 0.0


def _is_free(lock: Path) -> bool:
    with lock_if_free(lock) as free:
        return free
