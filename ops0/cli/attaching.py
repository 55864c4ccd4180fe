"""What a push says of its images: a bill of materials and provenance beside each, in the registry."""
# ruff: noqa: PLC0415 - a build alone loads none of it

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ops0.cli.platforms import BuiltOn
from ops0.cli.say import saying
from ops0.core.pipeline import StepName

if TYPE_CHECKING:
    from ops0_builder.about.revision import Revision
    from ops0_builder.registry.client import Repository
    from ops0_builder.registry.images import Pushed
    from ops0_builder.registry.referrers import Attachment

PREDICATE = "in-toto.io/predicate-type"
SLSA = "https://slsa.dev/provenance/v1"


def attach_shown(
    builds: Sequence[BuiltOn], pushed: Mapping[StepName, Pushed], registry: Repository
) -> Mapping[str, Mapping[str, str]]:
    """Attach to each pushed image what it holds and how it came to be.

    registry: where they were pushed
    gives:  of each image, by its digest in the registry, the documents' digests by kind
    raises: RegistryError, EngineError and their kinds
    """
    from ops0_builder.registry.side_by_side import side_by_side

    if not pushed:
        return {}
    revision = builds[0].work.revision_of(builds[0].plan.pipeline)
    images = {
        pushed[image.step].platforms.get(one.platform, pushed[image.step].digest): (one, image.step)
        for one in builds
        for image in one.images
    }
    with saying() as say:
        say(f"bills of materials and provenance of {len(images)} images")
        one = partial(_attach, images, registry, revision)
        return side_by_side(one, images, registry.transport.stop)


def _attach(
    images: Mapping[str, tuple[BuiltOn, StepName]],
    registry: Repository,
    revision: Revision | None,
    digest: str,
) -> Mapping[str, str]:
    from ops0_builder.registry.referrers import attach

    built, step = images[digest]
    documents = _documents(built, step, digest, revision)
    attached = attach(registry, digest, tuple(documents.values()))
    return dict(zip(documents, attached, strict=True))


def _documents(
    built: BuiltOn, step: StepName, digest: str, revision: Revision | None
) -> Mapping[str, Attachment]:
    """The documents about one image, ``sbom`` and ``provenance``. ``digest``: the image's in the registry."""
    import ops0
    from ops0_builder.about import provenance, sbom
    from ops0_builder.about.about import step_contents
    from ops0_builder.registry.referrers import Attachment

    plan = built.plan
    planned = plan.image(step)
    contents = step_contents(built.work.engine, planned, built.built.digests[step])
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
            media_type=provenance.MEDIA_TYPE, data=made, annotations={PREDICATE: SLSA}
        ),
    }
