"""Pushing what was built, with its progress, and what is printed of it: for all commands that push."""
# ruff: noqa: PLC0415 - a build alone loads none of it

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import click

from ops0.cli.attaching import Documents, attach_shown
from ops0.cli.platforms import BuiltOn
from ops0.cli.push_options import PushOptions
from ops0.core.digest import digest_of
from ops0.core.pipeline import StepName

if TYPE_CHECKING:
    from ops0_builder.registry.blobs import OnPush
    from ops0_builder.registry.client import Repository
    from ops0_builder.registry.images import LocalImage, OnImage, Pushed
    from ops0_builder.registry.signing import Cosign

_REVISION_DIGITS = 12
_KEY_DIGITS = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What a push gave. ``documents``: of each image, by its digest, the digests of what is attached, by kind."""

    pushed: Mapping[StepName, Pushed] = field(default_factory=dict)
    documents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def welcome(repository: str | None) -> Callable[[], None] | None:
    """Give what asks a registry, once, whether it takes images: to be done before minutes go into building them.

    None where nothing is pushed
    """
    if repository is None:
        return None

    @cache
    def ask() -> None:
        from ops0.cli.progress.retries import told_patience
        from ops0_builder.registry.client import open_repository
        from ops0_builder.registry.reference import parse_repository

        reference = parse_repository(repository)
        open_repository(reference, write=True, patience=told_patience()).check_write()

    return ask


def publish_shown(
    builds: Sequence[BuiltOn], repository: str, options: PushOptions, signer: Cosign | None
) -> Published:
    """Push the images of a project's builds, sign them where asked, and attach their documents; progress on stderr.

    builds: one, or one for each platform: then a step's images go under one index
    raises: what ``push`` raises, CosignFailed, NotSigned
    """
    from ops0.cli.progress.push import push_progress
    from ops0.cli.progress.retries import told_patience
    from ops0_builder.registry.client import open_repository
    from ops0_builder.registry.reference import parse_repository

    registry = open_repository(parse_repository(repository), write=True, patience=told_patience())
    documents = Documents(builds, registry)
    with push_progress() as on_event:
        pushed = push(
            builds,
            registry,
            tags=options.tags,
            force=options.force,
            on_event=on_event,
            on_image=documents if options.attest else None,
        )
    if signer is not None:
        from ops0.cli.signing import sign_shown

        sign_shown(signer, pushed)
    told = attach_shown(documents, pushed) if options.attest else {}
    return Published(pushed=pushed, documents=told)


def push(
    builds: Sequence[BuiltOn],
    registry: Repository,
    *,
    tags: Iterable[str] = (),
    force: bool = False,
    on_event: OnPush = lambda _: None,
    on_image: OnImage | None = None,
) -> Mapping[StepName, Pushed]:
    """Push builds' images with the tags STEP-KEY, STEP-REVISION where all that is in them is committed, and ``tags``.

    raises: RegistryError, BundleError, EngineError and their kinds, BadReference
    """
    from ops0_builder.registry.images import NOBODY, Tags
    from ops0_builder.registry.push import push_images

    work = builds[0].work
    revision = work.revision_of(builds[0].plan.pipeline)
    clean = revision is not None and not revision.changed
    named = [revision.commit[:_REVISION_DIGITS]] if revision and clean else []
    own = {step: (key[:_KEY_DIGITS],) for step, key in step_keys(builds).items()}
    return push_images(
        [image for one in builds for image in _locals(one, joined=len(builds) > 1)],
        registry,
        engine=work.engine,
        tags=Tags(common=(*named, *tags), own=own, force=force),
        by_engine=True,
        on_event=on_event,
        on_image=on_image or NOBODY,
    )


def _locals(one: BuiltOn, *, joined: bool) -> Iterable[LocalImage]:
    from ops0_builder.registry.images import LocalImage

    for image in one.images:
        yield LocalImage(
            step=image.step,
            tag=image.tag,
            digest=one.built.digests[image.step],
            platform=one.platform if joined else "",
            layers={image.base.digest: 0, **{layer.key: layer.size for layer in image.layers}},
        )


def step_keys(builds: Sequence[BuiltOn]) -> Mapping[StepName, str]:
    """What is in each step: its image's content key; for several platforms one made of all of theirs. Pure."""
    keys: dict[StepName, dict[str, str]] = {}
    for one in builds:
        for image in one.images:
            keys.setdefault(image.step, {})[one.platform] = image.key
    return {
        step: next(iter(found.values()))
        if len(found) == 1
        else digest_of(dict(sorted(found.items())))
        for step, found in keys.items()
    }


def show_pushed(pushed: Mapping[StepName, Pushed]) -> None:
    """One line an image: its pinned reference, and its tags. An index has its platforms' images below it."""
    for one in pushed.values():
        click.echo(f"{one.reference}  {' '.join(one.tags)}")
        for platform, digest in one.platforms.items():
            click.echo(f"  {platform}  {digest}")


def pushed_json(published: Published) -> dict[str, dict[str, object]]:
    """What ``--json`` says of each step's image, or of its index and each platform's image."""
    return {step: _told(one, published.documents) for step, one in published.pushed.items()}


def _told(one: Pushed, documents: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    told = {"reference": one.reference, "digest": one.digest, "tags": list(one.tags)}
    if not one.platforms:
        return {**told, **_attached(one.digest, documents)}
    platforms = {
        name: {"digest": digest, **_attached(digest, documents)}
        for name, digest in one.platforms.items()
    }
    return {**told, "platforms": platforms}


def _attached(digest: str, documents: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    return {"attached": dict(documents[digest])} if digest in documents else {}
