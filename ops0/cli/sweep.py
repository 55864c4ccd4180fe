"""All that ``ops0 gc`` finds: this machine's folders first, for them no engine is needed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain

from ops0.host.asides import aside_leftovers
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import cache_dir
from ops0.host.leftovers import Leftover
from ops0.host.temporary import temporary_leftovers
from ops0.runtime.keeping.old_results import result_leftovers
from ops0.runtime.sweeping.cleanups import cleanup_leftovers
from ops0.runtime.sweeping.leftovers import engine_leftovers, process_leftovers
from ops0_builder.building.foresight import last_tags
from ops0_builder.deploy.local_records import deployed_images
from ops0_builder.sweeping.leftovers import folder_leftovers, tag_leftovers
from ops0_builder.sweeping.old_commits import commit_leftovers
from ops0_builder.sweeping.old_images import image_leftovers
from ops0_builder.sweeping.old_notes import note_leftovers
from ops0_builder.sweeping.old_wheels import wheel_leftovers


def leftovers(
    keep_images: int | None,
    older_than: float | None,
    room: int | None,
    *,
    others: bool,
) -> Iterator[Leftover]:
    """What nobody owns any more, each found when the one before has been dealt with.

    keep_images: how many images of each step are kept, and with them those of each project's last build; None: all
    older_than:  seconds: also wheels, commits of repositories and cached results unused for so long; of images only
                 those tagged before that
    room:        bytes: also wheels beyond it, those used longest ago; and cached results beyond it
    others:      also what killed runs and builds of other state folders left less than a day ago
    raises: EngineError and DeploymentDamaged, when all that needs no engine has been given
    """
    now = time.time()
    yield from chain(cleanup_leftovers(now), process_leftovers(now), folder_leftovers(now))
    yield from chain(temporary_leftovers(), aside_leftovers(now), note_leftovers(now))
    yield from result_leftovers(now, older_than, room)
    if older_than is not None or room is not None:
        yield from wheel_leftovers(now, older_than, room)
    if older_than is not None:
        yield from commit_leftovers(now, older_than)
    engine = EngineSocket.from_environment()
    yield from chain(engine_leftovers(engine, now, others=others), tag_leftovers(engine))
    if keep_images is not None:
        before = None if older_than is None else now - older_than
        named = deployed_images() | (last_tags(cache_dir()) if keep_images else frozenset())
        yield from image_leftovers(engine, keep_images, named=named, before=before)
