"""What the engine sends of a push by itself, told as what the registry has afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing

from ops0.core.pipeline import StepName
from ops0.host.engine_socket import EngineSocket
from ops0_builder.registry.blobs import OnPush
from ops0_builder.registry.by_engine import engine_can_push, push_by_engine
from ops0_builder.registry.client import Manifest, Repository
from ops0_builder.registry.images import LocalImage, OnImage
from ops0_builder.registry.side_by_side import side_by_side


def sent_by_engine(
    engine: EngineSocket,
    registry: Repository,
    images: Sequence[LocalImage],
    joined: Mapping[StepName, Manifest],
    steps: Mapping[str, StepName],
    held: Mapping[str, str | None],
    on_event: OnPush,
    on_image: OnImage,
) -> Mapping[str, str | None]:
    """Have the engine send what is missing, each image or index under one of its free tags.

    joined: the index of each step that has one, as far as it is known
    steps:  the tags that shall be set;  held: what each tag and each image's digest stands for in the registry
    gives:  what the registry has now, in the same form
    raises: RegistryError's kinds, and what ``on_image`` raises
    """
    lacks = _lacking(images, joined, held)
    free = {step: tag for tag, step in steps.items() if step in lacks and held[tag] is None}
    if not free or not engine_can_push(engine, registry.reference.host):
        return {}
    indexes = {one.digest: one for one in joined.values()}
    digests = {
        tag: joined[step].digest if lacks[step].joined else lacks[step].digest
        for step, tag in free.items()
    }
    layers = {tag: lacks[step].layers for step, tag in free.items() if not lacks[step].joined}

    for tag, digest in digests.items():
        if digest not in indexes:
            on_image.leaves(steps[tag], digest)

    def read_back(tag: str) -> str | None:
        manifest = registry.manifest(tag)
        if manifest is None:
            return None
        if manifest.digest == digests[tag] and manifest.digest not in indexes:
            on_image.is_there(steps[tag], manifest)
        return manifest.digest

    stop = registry.transport.stop
    pushes = push_by_engine(engine, digests, registry.reference, on_event, indexes, layers)
    with closing(pushes) as sent:
        told = dict(side_by_side(read_back, sent, stop))
    told.update(side_by_side(registry.digest_of, [one for one in digests if one not in told], stop))
    parts = {one.digest for one in images if one.joined and one.step in free}
    below = side_by_side(registry.digest_of, sorted(parts), stop)
    there = {digest: digest for digest in told.values() if digest is not None}
    # An engine that lacks a part of an index may send another part alone under that name: then the tag is still ours.
    tags = {tag: None if digest in parts else digest for tag, digest in told.items()}
    return {**tags, **there, **below}


def _lacking(
    images: Sequence[LocalImage],
    joined: Mapping[StepName, Manifest],
    held: Mapping[str, str | None],
) -> Mapping[StepName, LocalImage]:
    """Of each step an image that the registry lacks and the engine can send, alone or under an index."""
    return {
        one.step: one
        for one in images
        if held[one.digest] != one.digest and (not one.joined or one.step in joined)
    }
