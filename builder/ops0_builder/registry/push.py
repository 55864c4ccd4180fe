"""Images of the engine into one repository: nothing that is there already travels, and no tag is moved unasked.

All steps go into one repository, ``HOST/PATH:STEP-TAG``, so that a layer which they share is sent once. A step's images
for several platforms go under one index, which the tags name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ops0.core.errors import raise_together
from ops0.core.pipeline import StepName
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import file_lock
from ops0_builder.names import image_component
from ops0_builder.oci.values import Descriptor, Image
from ops0_builder.registry.blobs import OnPush, Uploads
from ops0_builder.registry.client import Manifest, Repository
from ops0_builder.registry.errors import NotInRegistry, TagTaken
from ops0_builder.registry.folders import pushes_dir, pushes_lock
from ops0_builder.registry.images import Local, OnImage, Pushed
from ops0_builder.registry.platforms import image_index
from ops0_builder.registry.reference import Reference
from ops0_builder.registry.side_by_side import side_by_side


def push_images(  # noqa: PLR0913 - each is one thing that a push may be told
    images: Sequence[Local],
    registry: Repository,
    *,
    engine: EngineSocket,
    tags: Iterable[str],
    own_tags: Mapping[StepName, Iterable[str]] | None = None,
    force: bool = False,
    by_engine: bool = False,
    on_event: OnPush = lambda _: None,
    on_image: OnImage = lambda *_: None,
) -> Mapping[StepName, Pushed]:
    """Push images and read every digest back.

    images:    of a step one without platform, or one for each of several; these get an index, which the tags name
    registry:  the repository, open for writing
    tags:      of every step, ``own_tags`` of one; in the registry each begins with its step: ``STEP-TAG``
    force:     move tags that hold something else
    by_engine: let the engine try first: see ``by_engine.py``
    on_image:  told of images that the engine sends, while it sends the next ones
    raises:    BadReference and TagTaken before anything is sent (all of them together); RegistryError's other kinds,
               ExportFault, EngineError
    """
    where = registry.reference
    steps = _tags(where, images, tuple(tags), own_tags or {})
    held = _held(registry, images, steps)
    ids = {one.step: "" if one.joined else one.digest for one in images}
    sent: Mapping[str, str | None] = {}
    if by_engine and _absent(images, held):
        from ops0_builder.registry.engine_first import sent_by_engine  # noqa: PLC0415 - only where something is missing
        from ops0_builder.registry.joining import known_indexes  # noqa: PLC0415

        joined = known_indexes(engine, images)
        ids |= {step: index.digest for step, index in joined.items()}
        if force or not _taken(where, held, steps, ids):
            sent = sent_by_engine(engine, registry, images, joined, steps, held, on_event, on_image)
            held = {**held, **sent}
    absent = _absent(images, held)
    with file_lock(pushes_lock(), shared=True), _work_folder() as name:
        uploads = Uploads(registry, Path(name), on_event)
        # With the older image store a digest is known only after the export: a tag may hold just that.
        at_once = force or not _taken(where, held, steps, ids)
        exported = _exported(engine, absent, uploads, at_once=at_once) if absent else {}
        digests = {one: one.digest for one in images}
        digests |= {one: image.root.digest for one, image in exported.items()}
        indexes = _indexes(digests, uploads, exported)
        ends = {one.step: digest for one, digest in digests.items()}
        ends |= {step: index.digest for step, index in indexes.items()}
        if not force:
            raise_together(_taken(where, held, steps, ends))
        manifests = _archived(uploads, exported) if exported else {}
        manifests |= {index.digest: index for index in indexes.values()}
        if not exported and not sent:
            uploads.tell()  # that nothing is missing
        there = set(held.values())
        todo = {one.digest: [one.digest] for one in indexes.values() if one.digest not in there}
        for tag, step in steps.items():
            if held[tag] != ends[step]:
                todo.setdefault(ends[step], []).append(tag)
        side_by_side(partial(_set_tags, registry, todo, manifests), todo, registry.transport.stop)
    return {step: _pushed(where, step, ends[step], steps, digests) for step in ends}


def _indexes(
    digests: Mapping[Local, str], uploads: Uploads, exported: Mapping[Local, Image]
) -> Mapping[StepName, Manifest]:
    """The index of each step that has images by platform. Raises NotInRegistry."""
    registry = uploads.repository
    joined = [one for one in digests if one.joined]
    there = [digests[one] for one in joined if one not in exported]
    manifests = side_by_side(registry.manifest, there, registry.transport.stop)
    found: dict[StepName, dict[str, Descriptor]] = {}
    for one in joined:
        if one in exported:
            root = exported[one].root
        elif (manifest := manifests[digests[one]]) is not None:
            root = manifest.descriptor
        else:
            raise NotInRegistry(registry.reference.pinned(digests[one]))
        found.setdefault(one.step, {})[one.platform] = root
    return {step: image_index(manifests) for step, manifests in found.items()}


def _pushed(
    where: Reference,
    step: StepName,
    digest: str,
    tags: Mapping[str, StepName],
    digests: Mapping[Local, str],
) -> Pushed:
    return Pushed(
        step=step,
        reference=where.pinned(digest),
        digest=digest,
        tags=tuple(tag for tag, of in tags.items() if of == step),
        platforms={
            one.platform: own
            for one, own in sorted(digests.items(), key=lambda pair: pair[0].platform)
            if one.step == step and one.joined
        },
    )


def _work_folder() -> tempfile.TemporaryDirectory[str]:
    pushes_dir().mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=pushes_dir())


def _held(
    registry: Repository, images: Sequence[Local], tags: Iterable[str]
) -> Mapping[str, str | None]:
    """What each tag stands for in the registry, and each image's digest: that of a tag's image is there."""
    stop = registry.transport.stop
    held = side_by_side(registry.digest_of, tags, stop)
    digests = sorted({one.digest for one in images})
    there = {digest: digest for digest in digests if digest in held.values()}
    rest = [digest for digest in digests if digest not in there]
    return {**held, **there, **side_by_side(registry.digest_of, rest, stop)}


def _absent(images: Sequence[Local], held: Mapping[str, str | None]) -> list[Local]:
    """The images that the registry lacks."""
    return [one for one in images if held[one.digest] != one.digest]


def _tags(
    where: Reference,
    images: Sequence[Local],
    common: Sequence[str],
    own: Mapping[StepName, Iterable[str]],
) -> Mapping[str, StepName]:
    """The tags that shall be set. Raises BadReference."""
    return {
        where.tagged(f"{image_component(one.step)}-{tag}").tag: one.step
        for one in images
        for tag in (*own.get(one.step, ()), *common)
    }


def _taken(
    where: Reference,
    held: Mapping[str, str | None],
    steps: Mapping[str, StepName],
    digests: Mapping[StepName, str],
) -> list[TagTaken]:
    """A fault for each tag that holds something else."""
    return [
        TagTaken(f"{where.repository}:{tag}", found, digests[step])
        for tag, step in steps.items()
        if (found := held[tag]) is not None and found != digests[step]
    ]


def _exported(
    engine: EngineSocket, images: Sequence[Local], uploads: Uploads, *, at_once: bool
) -> Mapping[Local, Image]:
    from ops0_builder.registry.by_archive import export_layers  # noqa: PLC0415 - rarely needed

    return export_layers(engine, images, uploads, at_once=at_once)


def _archived(uploads: Uploads, exported: Mapping[Local, Image]) -> dict[str, Manifest]:
    from ops0_builder.registry.by_archive import send_images  # noqa: PLC0415 - rarely needed

    return dict(send_images(uploads, exported.values()))


def _set_tags(
    registry: Repository,
    tags: Mapping[str, Sequence[str]],
    manifests: Mapping[str, Manifest],
    digest: str,
) -> None:
    """The tags of one digest, one after the other: each writes its manifest anew (see ``put_missing_blob``)."""
    manifest = manifests.get(digest) or registry.manifest(digest)
    if manifest is None:
        raise NotInRegistry(registry.reference.pinned(digest))
    for tag in tags[digest]:
        registry.put_manifest(tag, manifest)
