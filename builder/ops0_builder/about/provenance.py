"""How an image came to be: an in-toto statement with SLSA provenance v1. Pure.

It is made of the plan, so it cannot hold what the plan does not: no address of an index, no proxy, no environment.
Source and revision are no part of the content key: they stand here, not in the image, whose digest they would change.
source: https://slsa.dev/spec/v1.0/provenance
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ops0.core.locked import LockedDistribution
from ops0.core.plan import ImagePlan
from ops0_builder.about.revision import Revision
from ops0_builder.about.sbom import pypi_purl
from ops0_builder.planning.context import EPOCH
from ops0_builder.planning.keys import IMAGE_FORMAT

if TYPE_CHECKING:
    from ops0.core.models.store import ModelVersion

MEDIA_TYPE = "application/vnd.in-toto+json"
_BUILD_TYPE = "urn:ops0:image:v1"
_BUILDER = "urn:ops0:builder"


def provenance_of(
    image: ImagePlan,
    *,
    pipeline: str,
    entry: str,
    digest: str,
    program: str,
    revision: Revision | None = None,
) -> bytes:
    """The statement.

    entry:   the pipeline's file, relative to the project;  digest: ``sha256:…`` of the image, the subject
    program: ops0's version;  revision: of the project, None where it is under no version control
    """
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": image.tag, "digest": _digest(digest)}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": _BUILD_TYPE,
                "externalParameters": {
                    "pipeline": pipeline,
                    "step": image.step,
                    "entry": entry,
                    "platform": image.base.target.platform,
                    "python": image.base.target.python,
                },
                "internalParameters": {
                    "contentKey": image.key,
                    "format": IMAGE_FORMAT,
                    "layers": [[layer.kind, layer.key] for layer in image.layers],
                    "sourceDateEpoch": EPOCH,
                },
                "resolvedDependencies": [*_project(revision), *_materials(image)],
            },
            "runDetails": {"builder": {"id": _BUILDER, "version": {"ops0": program}}},
        },
    }
    return (json.dumps(statement, indent=2, sort_keys=True) + "\n").encode()


def _project(revision: Revision | None) -> list[dict[str, Any]]:
    if revision is None:
        return []
    told: dict[str, Any] = {
        "name": "project",
        "digest": {"gitCommit": revision.commit},
        "annotations": {"changed": revision.changed},
    }
    return [{**told, "uri": f"git+{revision.source}"} if revision.source else told]


def _materials(image: ImagePlan) -> list[dict[str, Any]]:
    base = {"name": "base", "uri": image.base.reference, "digest": _digest(image.base.digest)}
    model = image.model
    return [
        base,
        *(_wheel(one) for one in image.distributions),
        *([] if model is None else [_material_of(model)]),
    ]


def _wheel(one: LockedDistribution) -> dict[str, Any]:
    sha256, source = one.wheel.sha256, one.source
    told: dict[str, Any] = {
        "name": one.wheel.filename,
        "uri": pypi_purl(one.name, one.version, sha256 if source else ""),
        "digest": {"sha256": sha256},
    }
    if source is None:
        return told
    made_of = {"kind": source.kind, "place": source.place, "digest": source.digest}
    made_of |= {"inside": source.inside} if source.inside else {}
    return {**told, "annotations": {"source": made_of, "builtWith": list(one.build)}}


def _material_of(model: ModelVersion) -> dict[str, Any]:
    return {"name": f"model {model.name}@{model.version}", "digest": {"sha256": model.digest}}


def _digest(text: str) -> dict[str, str]:
    algorithm, _, value = text.partition(":")
    return {algorithm: value}
