"""Images of the engine into one repository: nothing that is there already travels, and no tag is moved unasked.

All steps go into one repository, ``HOST/PATH:STEP-TAG``, so that a layer which they share is sent once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ops0.core.errors import raise_together
from ops0.core.pipeline import StepName
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import cache_dir
from ops0_builder.names import image_component
from ops0_builder.oci.errors import ExportFault
from ops0_builder.oci.export import export_images
from ops0_builder.oci.layout import blob_path
from ops0_builder.oci.values import INDEXES, MANIFESTS, Descriptor, Image
from ops0_builder.registry.blobs import missing_blobs, send_blobs, side_by_side
from ops0_builder.registry.client import Manifest, Repository, open_repository
from ops0_builder.registry.errors import NotInRegistry, TagTaken
from ops0_builder.registry.patience import Patience
from ops0_builder.registry.reference import parse_repository


@dataclass(frozen=True, kw_only=True, slots=True)
class Local:
    """One step's image in the engine. ``tag``: its name there;  ``digest``: the engine's id of it."""

    step: StepName
    tag: str
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """One step's image in the registry. ``reference``: ``HOST/PATH@DIGEST``;  ``tags``: those it has there now."""

    step: StepName
    reference: str
    digest: str
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PushEvent:
    """Where a push is. Blobs and bytes count those that the registry lacked when it was asked."""

    blobs: int = 0
    of_blobs: int = 0
    bytes: int = 0
    of_bytes: int = 0


OnPush = Callable[[PushEvent], None]


def push_images(
    images: Sequence[Local],
    repository: str,
    *,
    engine: EngineSocket,
    tags: Iterable[str],
    own_tags: Mapping[StepName, Iterable[str]] | None = None,
    force: bool = False,
    on_event: OnPush = lambda _: None,
    patience: Patience | None = None,
) -> Mapping[StepName, Pushed]:
    """Push images and read every digest back.

    repository: ``HOST/PATH``
    tags:       of every image, ``own_tags`` of one; in the registry each begins with its step: ``STEP-TAG``
    force:      move tags that hold something else
    raises:     BadReference and TagTaken before anything is sent (all of them together); RegistryError's other kinds,
                ExportFault, EngineError
    """
    where = parse_repository(repository)
    common, own = tuple(tags), own_tags or {}
    wanted = {
        one.step: tuple(
            where.tagged(f"{image_component(one.step)}-{tag}").tag
            for tag in dict.fromkeys((*own.get(one.step, ()), *common))
        )
        for one in images
    }
    registry = open_repository(where, write=True, patience=patience)
    stop = registry.transport.stop
    held = side_by_side(registry.digest_of, {one.digest for one in images}, stop)
    absent = [one for one in images if held[one.digest] != one.digest]
    cache_dir().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="push-", dir=cache_dir()) as name:
        folder = Path(name)
        exported = _export(engine, absent, folder) if absent else {}
        digests = {
            one.step: exported[one.step].root.digest if one.step in exported else one.digest
            for one in images
        }
        todo = _tags_to_set(registry, digests, wanted, force=force)
        _send(registry, exported.values(), folder, on_event)
        _set_tags(registry, digests, todo)
    return {
        step: Pushed(step=step, reference=where.pinned(one), digest=one, tags=wanted[step])
        for step, one in digests.items()
    }


def _export(
    engine: EngineSocket, images: Sequence[Local], folder: Path
) -> Mapping[StepName, Image]:
    found = export_images(engine, [one.tag for one in images], folder)
    for one in images:
        image = found[one.tag]
        # The older image store knows an image by its configuration, the containerd store by its manifest or index.
        ids = {image.root.digest, *(manifest.config.digest for manifest in image.manifests)}
        if one.digest not in ids:
            raise ExportFault(one.tag, "another build has moved this tag meanwhile")
    return {one.step: found[one.tag] for one in images}


def _tags_to_set(
    registry: Repository,
    digests: Mapping[StepName, str],
    wanted: Mapping[StepName, tuple[str, ...]],
    *,
    force: bool,
) -> Mapping[str, StepName]:
    """The tags that do not hold their digest yet. Raises TagTaken for those that hold another."""
    steps = {tag: step for step, tags in wanted.items() for tag in tags}
    held = side_by_side(registry.digest_of, steps, registry.transport.stop)
    if not force:
        raise_together(
            [
                TagTaken(f"{registry.reference.repository}:{tag}", found, digests[steps[tag]])
                for tag, found in held.items()
                if found is not None and found != digests[steps[tag]]
            ]
        )
    return {tag: step for tag, step in steps.items() if held[tag] != digests[step]}


def _send(registry: Repository, images: Iterable[Image], folder: Path, on_event: OnPush) -> None:
    documents: dict[str, Descriptor] = {}
    blobs: dict[str, Descriptor] = {}
    for image in images:
        for one in image.blobs:
            kind = documents if one.media_type in MANIFESTS | INDEXES else blobs
            kind.setdefault(one.digest, one)
    lacking = missing_blobs(registry, blobs.values())
    total = sum(one.size for one in lacking)
    sent: list[int] = []

    def tell(descriptor: Descriptor | None) -> None:
        if descriptor is not None:
            sent.append(descriptor.size)
        on_event(PushEvent(blobs=len(sent), of_blobs=len(lacking), bytes=sum(sent), of_bytes=total))

    tell(None)
    send_blobs(registry, lacking, folder, tell)
    # In the images' own order: an index comes after the manifests that it names.
    for one in sorted(documents.values(), key=lambda one: one.media_type in INDEXES):
        data = blob_path(folder, one.digest).read_bytes()
        registry.put_manifest(one.digest, Manifest(media_type=one.media_type, data=data))


def _set_tags(
    registry: Repository, digests: Mapping[StepName, str], todo: Mapping[str, StepName]
) -> None:
    side_by_side(partial(_set_tag, registry, digests, todo), todo, registry.transport.stop)


def _set_tag(
    registry: Repository,
    digests: Mapping[StepName, str],
    todo: Mapping[str, StepName],
    tag: str,
) -> None:
    digest = digests[todo[tag]]
    manifest = registry.manifest(digest)
    if manifest is None:
        raise NotInRegistry(registry.reference.pinned(digest))
    registry.put_manifest(tag, manifest)
