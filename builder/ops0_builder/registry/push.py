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
from ops0_builder.engine.engine_images import image_store
from ops0_builder.engine.names import image_component
from ops0_builder.oci.values import Descriptor, Image
from ops0_builder.registry.blobs import OnPush, Uploads
from ops0_builder.registry.client import Manifest, Repository
from ops0_builder.registry.errors import NotInRegistry, TagTaken
from ops0_builder.registry.folders import pushes_dir, pushes_lock
from ops0_builder.registry.images import NOBODY, LocalImage, OnImage, Pushed, Tags
from ops0_builder.registry.noted import note, noted
from ops0_builder.registry.platforms import image_index
from ops0_builder.registry.reference import Reference
from ops0_builder.registry.side_by_side import side_by_side


def push_images(
    images: Sequence[LocalImage],
    registry: Repository,
    *,
    engine: EngineSocket,
    tags: Tags,
    by_engine: bool = False,
    on_event: OnPush = lambda _: None,
    on_image: OnImage = NOBODY,
) -> Mapping[StepName, Pushed]:
    """Push images and read every digest back.

    images:    of a step one without platform, or one for each of several; these get an index, which the tags name
    registry:  the repository, open for writing
    by_engine: let the engine try first: see ``by_engine.py``
    on_image:  told of images that the engine sends, while it sends the next ones
    raises:    BadReference and TagTaken before anything is sent (all of them together); RegistryError's other kinds,
               ImagesUnreadable, EngineError
    """
    steps = _steps_by_tag(tags, registry.reference, images)
    push = _Push(engine, registry, [noted(one) for one in images], steps, force=tags.force)
    if by_engine:
        push.send_by_engine(on_event, on_image)
    with file_lock(pushes_lock(), shared=True), _work_folder() as name:
        return push.send_the_rest(Uploads(registry, Path(name), on_event))


class _Push:
    """What one push shall set, and what the registry has of it."""

    def __init__(
        self,
        engine: EngineSocket,
        registry: Repository,
        images: Sequence[LocalImage],
        steps: Mapping[str, StepName],
        *,
        force: bool,
    ) -> None:
        self._engine, self._registry, self._images = engine, registry, images
        self._steps, self._force = steps, force
        self._held = _held(engine, registry, images, steps)
        self._ends = {one.step: "" if one.joined else one.wanted for one in images}
        self._sent: Mapping[str, str | None] = {}

    def send_by_engine(self, on_event: OnPush, on_image: OnImage) -> None:
        """Have the engine send what it can of what is missing."""
        if not self._absent():
            return
        from ops0_builder.registry.engine_first import EngineShare  # noqa: PLC0415 - only where something is missing
        from ops0_builder.registry.joining import known_indexes  # noqa: PLC0415

        joined = known_indexes(self._engine, self._images)
        self._ends |= {step: index.digest for step, index in joined.items()}
        if self._force or not self._taken():
            share = EngineShare(
                engine=self._engine,
                registry=self._registry,
                images=self._images,
                joined=joined,
                steps=self._steps,
                held=self._held,
            )
            self._sent = share.send(on_event, on_image)
            self._held |= self._sent

    def send_the_rest(self, uploads: Uploads) -> Mapping[StepName, Pushed]:
        """Send what is still missing as archives, then set the tags."""
        absent = self._absent()
        # With the older image store a digest is known only after the export: a tag may hold just that.
        at_once = self._force or not self._taken()
        exported = _exported(self._engine, absent, uploads, at_once=at_once) if absent else {}
        digests = {one: one.wanted for one in self._images}
        digests |= {one: image.root.digest for one, image in exported.items()}
        indexes = _indexes(digests, uploads, exported)
        self._ends = {one.step: digest for one, digest in digests.items()}
        self._ends |= {step: index.digest for step, index in indexes.items()}
        if not self._force:
            raise_together(self._taken())
        manifests = _archived(uploads, exported) if exported else {}
        if not exported and not self._sent:
            uploads.tell()  # that nothing is missing
        self._name({**manifests, **{index.digest: index for index in indexes.values()}}, indexes)
        where = self._registry.reference
        return {
            step: _pushed(where, step, digest, self._steps, digests)
            for step, digest in self._ends.items()
        }

    def _name(
        self, manifests: Mapping[str, Manifest], indexes: Mapping[StepName, Manifest]
    ) -> None:
        """Store the indexes, and set the tags that do not hold what they shall."""
        there = set(self._held.values())
        todo = {one.digest: [one.digest] for one in indexes.values() if one.digest not in there}
        for tag, step in self._steps.items():
            if self._held[tag] != self._ends[step]:
                todo.setdefault(self._ends[step], []).append(tag)
        work = partial(_set_tags, self._registry, todo, manifests)
        side_by_side(work, todo, self._registry.transport.stop)

    def _absent(self) -> list[LocalImage]:
        """The images that the registry lacks."""
        return [one for one in self._images if self._held[one.wanted] != one.wanted]

    def _taken(self) -> list[TagTaken]:
        """A fault for each tag that holds something else."""
        return [
            TagTaken(f"{self._registry.reference.repository}:{tag}", found, self._ends[step])
            for tag, step in self._steps.items()
            if (found := self._held[tag]) is not None and found != self._ends[step]
        ]


def _indexes(
    digests: Mapping[LocalImage, str], uploads: Uploads, exported: Mapping[LocalImage, Image]
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
    digests: Mapping[LocalImage, str],
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
    engine: EngineSocket, registry: Repository, images: Sequence[LocalImage], tags: Iterable[str]
) -> dict[str, str | None]:
    """What each tag stands for in the registry, and each image's digest: that of a tag's image is there."""
    stop = registry.transport.stop
    held = side_by_side(registry.digest_of, tags, stop)
    there = {one.wanted: one.wanted for one in images if one.wanted in held.values()}
    rest = [one for one in images if one.wanted not in there]
    if rest and not image_store(engine).containerd:
        # What such an engine knows an image by is no manifest: Docker's registry has it as a blob, and fails over it.
        rest = [one for one in rest if one.manifest]
    asked = sorted({one.wanted for one in rest})
    nothing: dict[str, str | None] = dict.fromkeys(one.wanted for one in images)
    return {**nothing, **held, **there, **side_by_side(registry.digest_of, asked, stop)}


def _steps_by_tag(
    tags: Tags, where: Reference, images: Sequence[LocalImage]
) -> Mapping[str, StepName]:
    """The tags that shall be set. Raises BadReference."""
    return {
        where.tagged(f"{image_component(one.step)}-{tag}").tag: one.step
        for one in images
        for tag in (*tags.own.get(one.step, ()), *tags.common)
    }


def _exported(
    engine: EngineSocket, images: Sequence[LocalImage], uploads: Uploads, *, at_once: bool
) -> Mapping[LocalImage, Image]:
    from ops0_builder.registry.by_archive import export_layers  # noqa: PLC0415 - rarely needed

    return export_layers(engine, images, uploads, at_once=at_once)


def _archived(uploads: Uploads, exported: Mapping[LocalImage, Image]) -> Mapping[str, Manifest]:
    from ops0_builder.registry.by_archive import send_images  # noqa: PLC0415 - rarely needed

    manifests = send_images(uploads, exported.values())
    note(exported)
    return manifests


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
