"""What a push says of its images: a bill of materials and provenance beside each, in the registry."""
# ruff: noqa: PLC0415 - a build alone loads none of it

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from ops0.cli.platforms import BuiltOn
from ops0.cli.progress.say import saying
from ops0.core.pipeline import StepName
from ops0.host.ahead import Answers

if TYPE_CHECKING:
    from ops0_builder.about.contents import Contents
    from ops0_builder.about.revision import Revision
    from ops0_builder.registry.client import Manifest, Repository
    from ops0_builder.registry.images import Pushed
    from ops0_builder.registry.referrers import Attachment

_PREDICATE = "in-toto.io/predicate-type"
SLSA = "https://slsa.dev/provenance/v1"
AHEAD = 2
"""Images whose documents are made at once, beside three that are sent."""


class Documents:
    """What a push attaches to its images: what each holds and how it came to be. Threads may share it."""

    def __init__(self, builds: Sequence[BuiltOn], registry: Repository) -> None:
        """``registry``: where the images of these builds are pushed."""
        self.builds, self.registry = builds, registry
        self._attached: dict[str, Mapping[str, str]] = {}
        self._leaving: dict[str, StepName] = {}
        self._sent = Answers(self._send, AHEAD)
        self._asking: dict[str, Lock] = {}

    @cached_property
    def _revision(self) -> Revision | None:
        return self.builds[0].work.revision_of(self.builds[0].plan.pipeline)

    def leaves(self, step: StepName, digest: str) -> None:
        """Make and send an image's documents while the image is on its way; they are attached when it is there."""
        if len(self.builds) == 1:  # else an image is not known by its step alone
            self._leaving[digest] = step
            self._sent.want((digest,))

    def is_there(self, step: StepName, image: Manifest) -> None:
        """Attach an image's documents. Raises as ``attach``."""
        if len(self.builds) == 1:
            self.attach(step, image.digest, image=image)

    def attach(
        self, step: StepName, digest: str, platform: str = "", image: Manifest | None = None
    ) -> Mapping[str, str]:
        """Attach an image's documents, once. Gives their digests by kind.

        digest:   the image's in the registry;  platform: its build's, "" where there is one build
        image:    its manifest there, where it has been read just now
        raises:   RegistryError, EngineError and their kinds
        """
        if digest not in self._attached:
            from ops0_builder.registry.referrers import attach

            ahead = digest in self._leaving
            documents = self._sent.get(digest) if ahead else self._made(step, digest, platform)
            attached = attach(self.registry, digest, tuple(documents.values()), image)
            self._attached[digest] = dict(zip(documents, attached, strict=True))
        return self._attached[digest]

    def _send(self, digest: str) -> Mapping[str, Attachment]:
        from ops0_builder.registry.referrers import upload

        documents = self._made(self._leaving[digest], digest)
        upload(self.registry, tuple(documents.values()))
        return documents

    def _made(self, step: StepName, digest: str, platform: str = "") -> Mapping[str, Attachment]:
        built = next(one for one in self.builds if platform in ("", one.platform))
        return _documents(built, step, digest, self._contents(built, step), self._revision)

    def _contents(self, built: BuiltOn, step: StepName) -> Contents:
        """What an image holds; of those that are alike one is asked, while the others wait."""
        from ops0_builder.about.about import contents_key, step_contents

        planned, digest = built.plan.image(step), built.built.digests[step]
        with self._asking.setdefault(contents_key(planned, digest), Lock()):
            return step_contents(built.work.engine, planned, digest)


def attach_shown(
    documents: Documents, pushed: Mapping[StepName, Pushed]
) -> Mapping[str, Mapping[str, str]]:
    """Attach to each pushed image its documents, where that has not been done while others were pushed.

    gives:  of each image, by its digest in the registry, the documents' digests by kind
    raises: as ``Documents.attach``
    """
    from ops0_builder.registry.side_by_side import side_by_side

    if not pushed:
        return {}
    images = {
        pushed[image.step].platforms.get(one.platform, pushed[image.step].digest): (
            image.step,
            one.platform,
        )
        for one in documents.builds
        for image in one.images
    }

    def attach(digest: str) -> Mapping[str, str]:
        step, platform = images[digest]
        return documents.attach(step, digest, platform)

    with saying() as say:
        say(f"bills of materials and provenance of {len(images)} images")
        return side_by_side(attach, images, documents.registry.transport.stop)


def _documents(
    built: BuiltOn, step: StepName, digest: str, contents: Contents, revision: Revision | None
) -> Mapping[str, Attachment]:
    """The documents about one image, ``sbom`` and ``provenance``. ``digest``: the image's in the registry."""
    import ops0
    from ops0_builder.about import provenance, sbom
    from ops0_builder.registry.referrers import Attachment

    plan = built.plan
    planned = plan.image(step)
    made = provenance.provenance_of(
        planned,
        pipeline=plan.pipeline.name,
        entry=plan.pipeline.entry,
        digest=digest,
        program=ops0.__version__,
        revision=revision,
    )
    holds = sbom.sbom_of(contents, image=planned.tag, digest=digest)
    return {
        "sbom": Attachment(media_type=sbom.MEDIA_TYPE, data=holds),
        "provenance": Attachment(
            media_type=provenance.MEDIA_TYPE, data=made, annotations={_PREDICATE: SLSA}
        ),
    }
