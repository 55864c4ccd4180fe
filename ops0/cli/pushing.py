"""Pushing what was built, with its progress, and what is printed of it: for ``ops0 push`` and ``ops0 build --push``."""
# ruff: noqa: PLC0415 - a build alone loads none of it

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from ops0.cli.wiring import Built
from ops0.cli.work import Work
from ops0.core.pipeline import StepName

if TYPE_CHECKING:
    from ops0_builder.registry.blobs import OnPush
    from ops0_builder.registry.push import Pushed

REVISION_DIGITS = 12


def push(
    work: Work,
    built: Built,
    repository: str,
    *,
    tags: Iterable[str] = (),
    force: bool = False,
    on_event: OnPush = lambda _: None,
) -> Mapping[StepName, Pushed]:
    """Push a build's images with the tags STEP-KEY, STEP-REVISION where no tracked file is changed, and ``tags``.

    raises: RegistryError, BundleError, EngineError and their kinds, BadReference
    """
    from ops0_builder.about.revision import revision_of
    from ops0_builder.registry.push import Local, push_images

    images = [one for one in built.plan.images if one.step in built.digests]
    revision = revision_of(work.project.root)
    clean = revision is not None and not revision.changed
    return push_images(
        [Local(step=one.step, tag=one.tag, digest=built.digests[one.step]) for one in images],
        repository,
        engine=work.engine,
        tags=(*([revision.commit[:REVISION_DIGITS]] if revision and clean else []), *tags),
        own_tags={one.step: (one.key[:16],) for one in images},
        force=force,
        on_event=on_event,
    )


def push_shown(
    work: Work,
    built: Built,
    repository: str,
    *,
    tags: Iterable[str] = (),
    force: bool = False,
) -> Mapping[StepName, Pushed]:
    """Push the images of a build, with progress on stderr. Raises what ``push`` raises."""
    from ops0.cli.push_progress import push_progress

    with push_progress() as on_event:
        return push(work, built, repository, tags=tags, force=force, on_event=on_event)


def show_pushed(pushed: Mapping[StepName, Pushed]) -> None:
    """One line an image: its pinned reference, and its tags."""
    for one in pushed.values():
        click.echo(f"{one.reference}  {' '.join(one.tags)}")


def pushed_json(
    pushed: Mapping[StepName, Pushed],
    documents: Mapping[StepName, Mapping[str, str]] = MappingProxyType({}),
) -> dict[str, dict[str, object]]:
    """What ``--json`` says of each image. ``documents``: the digests of what is attached to it, by kind."""
    return {
        step: {
            "reference": one.reference,
            "digest": one.digest,
            "tags": list(one.tags),
            **({"attached": dict(documents[step])} if step in documents else {}),
        }
        for step, one in pushed.items()
    }
