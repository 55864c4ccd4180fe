"""Asks the engine, while a pipeline is being analysed, for the images that its last build looked up."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.host.folders import cache_dir
from ops0_builder.building.foresight import foreseen, foresight_file, keep_foresight, tags_of

if TYPE_CHECKING:
    from ops0.cli.work import Work
    from ops0.core.plan import Plan


def expect_images(work: Work) -> None:
    """Start asking, and return at once. What goes wrong is told where an image is really looked up."""
    found = foreseen(_file(work))
    if found:
        work.images.expect(found, {tag: one for tag, one in found.items() if one is not None})


def expect_run(work: Work) -> None:
    """``expect_images``, and make the engine's client meanwhile: much of that is waiting, too."""
    expect_images(work)
    work.client.want(("",))


def keep_tags(work: Work, plan: Plan) -> None:
    """Keep what the next ``expect_images`` may ask for; a cache that cannot be written costs time, not the build.

    raises: EngineError, where the engine has not been asked for the plan's images yet
    """
    found = work.images.found(tags_of(plan))
    with suppress(OSError):
        keep_foresight(_file(work), plan, found)


def _file(work: Work) -> Path:
    project = work.project
    return foresight_file(cache_dir(), project.root, project.entry, project.selected, work.platform)
