"""What the engine sends of a push by itself, told as what the registry has afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from ops0.core.pipeline import StepName
from ops0.host.engine_socket import EngineSocket
from ops0_builder.registry.blobs import OnPush
from ops0_builder.registry.by_engine import engine_can_push, push_by_engine
from ops0_builder.registry.client import Manifest, Repository
from ops0_builder.registry.images import LocalImage, OnImage
from ops0_builder.registry.side_by_side import side_by_side


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineShare:
    """The part of a push that the engine can send by itself.

    joined: the index of each step that has one, as far as it is known
    steps:  the tags that shall be set;  held: what each tag and each image's digest stands for in the registry
    """

    engine: EngineSocket
    registry: Repository
    images: Sequence[LocalImage]
    joined: Mapping[StepName, Manifest]
    steps: Mapping[str, StepName]
    held: Mapping[str, str | None]

    def send(self, on_event: OnPush, on_image: OnImage) -> Mapping[str, str | None]:
        """Have the engine send what is missing, each image or index under one of its free tags.

        gives:  what the registry has now, in the form of ``held``
        raises: RegistryError's kinds, and what ``on_image`` raises
        """
        registry, lacks = self.registry, self._lacking()
        free = {tag: step for step, tag in self._free_tags(lacks).items()}
        if not free or not engine_can_push(self.engine, registry.reference.host):
            return {}
        digests = {
            tag: self.joined[step].digest if lacks[step].joined else lacks[step].digest
            for tag, step in free.items()
        }
        layers = {tag: lacks[step].layers for tag, step in free.items() if not lacks[step].joined}
        indexes = {one.digest: one for one in self.joined.values()}
        alone = {tag for tag, digest in digests.items() if digest not in indexes}
        for tag, digest in digests.items():
            if tag in alone:
                on_image.leaves(free[tag], digest)
        stop = registry.transport.stop
        read_back = partial(self._read_back, digests, alone, on_image)
        pushes = push_by_engine(self.engine, digests, registry.reference, on_event, indexes, layers)
        with closing(pushes) as sent:
            told = dict(side_by_side(read_back, sent, stop))
        rest = [one for one in digests if one not in told]
        told.update(side_by_side(registry.digest_of, rest, stop))
        return self._found(told, set(free.values()))

    def _lacking(self) -> Mapping[StepName, LocalImage]:
        """Of each step an image that the registry lacks and the engine can send, alone or under an index."""
        return {
            one.step: one
            for one in self.images
            if self.held[one.digest] != one.digest and (not one.joined or one.step in self.joined)
        }

    def _free_tags(self, lacks: Mapping[StepName, LocalImage]) -> Mapping[StepName, str]:
        """A tag of each step that lacks something, which the registry does not have yet."""
        return {
            step: tag
            for tag, step in self.steps.items()
            if step in lacks and self.held[tag] is None
        }

    def _read_back(
        self, digests: Mapping[str, str], alone: Collection[str], on_image: OnImage, tag: str
    ) -> str | None:
        """What a tag stands for now. ``alone``: the tags of images that no index names."""
        manifest = self.registry.manifest(tag)
        if manifest is None:
            return None
        if manifest.digest == digests[tag] and tag in alone:
            on_image.is_there(self.steps[tag], manifest)
        return manifest.digest

    def _found(
        self, told: Mapping[str, str | None], sent: Collection[StepName]
    ) -> Mapping[str, str | None]:
        """What the registry has of the tags, and of the images below the indexes of these steps."""
        parts = {one.digest for one in self.images if one.joined and one.step in sent}
        below = side_by_side(self.registry.digest_of, sorted(parts), self.registry.transport.stop)
        there = {digest: digest for digest in told.values() if digest is not None}
        # An engine that lacks a part of an index may send another part alone under that name: the tag is still ours.
        tags = {tag: None if digest in parts else digest for tag, digest in told.items()}
        return {**tags, **there, **below}
