"""What a push says of its images: a bill of materials and provenance beside each, in the registry."""
# ruff: noqa: PLC0415 - a build alone loads none of it

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from ops0.cli.say import saying
from ops0.cli.work import Work
from ops0.core.pipeline import StepName
from ops0.core.plan import Plan

if TYPE_CHECKING:
    from ops0_builder.about.revision import Revision
    from ops0_builder.registry.client import Repository
    from ops0_builder.registry.push import Pushed
    from ops0_builder.registry.referrers import Attachment

PREDICATE = "in-toto.io/predicate-type"
SLSA = "https://slsa.dev/provenance/v1"


def attach_shown(
    work: Work, plan: Plan, pushed: Mapping[StepName, Pushed]
) -> Mapping[StepName, Mapping[str, str]]:
    """Attach to each pushed image what it holds and how it came to be; gives the documents' digests by kind.

    raises: RegistryError, EngineError and their kinds
    """
    from ops0_builder.about.revision import revision_of
    from ops0_builder.registry.client import open_repository
    from ops0_builder.registry.reference import parse_reference
    from ops0_builder.registry.side_by_side import side_by_side

    if not pushed:
        return {}
    revision = revision_of(work.project.root)
    where = parse_reference(next(iter(pushed.values())).reference)
    registry = open_repository(where, write=True)
    with saying() as say:
        say(f"bills of materials and provenance of {len(pushed)} images")
        one = partial(_attach, work, plan, pushed, registry, revision)
        return side_by_side(one, pushed, registry.transport.stop)


def _attach(
    work: Work,
    plan: Plan,
    pushed: Mapping[StepName, Pushed],
    registry: Repository,
    revision: Revision | None,
    step: StepName,
) -> Mapping[str, str]:
    from ops0_builder.registry.referrers import attach

    digest = pushed[step].digest
    documents = attachments(work, plan, step, digest, revision)
    return {kind: attach(registry, digest, one) for kind, one in documents.items()}


def attachments(
    work: Work, plan: Plan, step: StepName, digest: str, revision: Revision | None
) -> Mapping[str, Attachment]:
    """The documents about one image, ``sbom`` and ``provenance``. ``digest``: the image's in the registry."""
    import ops0
    from ops0_builder.about import provenance, sbom
    from ops0_builder.about.about import about_step
    from ops0_builder.registry.referrers import Attachment

    planned = plan.image(step)
    contents = about_step(work.engine, planned).contents
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
