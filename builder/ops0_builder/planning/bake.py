"""The bake document: a dict written as JSON. One target a step; what targets share, BuildKit does once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ops0.core.plan import ImagePlan
from ops0_builder.engine.names import image_component
from ops0_builder.planning.context import BUILD_ARGUMENTS
from ops0_builder.planning.keys import IMAGE_FORMAT, TITLES


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A step's target.

    context: the main context's folder;  recipe: the folder of its Dockerfile
    named:   the folders that the Dockerfile names, each by its own name
    """

    name: str
    context: str
    recipe: str
    named: tuple[str, ...]
    image: ImagePlan

    @property
    def folders(self) -> tuple[str, ...]:
        """Every folder that must be staged for it."""
        return (self.context, self.recipe, *self.named)


def bake_document(pipeline: str, targets: tuple[Target, ...]) -> Mapping[str, object]:
    """The document for all of a pipeline's images.

    shape:  ``{"group": {"default": …}, "target": {NAME: …}}``
    source: https://docs.docker.com/build/bake/reference/
    """
    return {
        "group": {"default": {"targets": [target.name for target in targets]}},
        "target": {target.name: _target(pipeline, target) for target in targets},
    }


def _target(pipeline: str, target: Target) -> Mapping[str, object]:
    image = target.image
    contexts = {name: name for name in target.named}
    contexts["base"] = f"docker-image://{image.base.reference}"
    if image.base.native:
        contexts["native"] = f"docker-image://{image.base.native}"
    return {
        "context": target.context,
        "dockerfile": f"../{target.recipe}/Dockerfile",
        "target": "image",
        "contexts": {name: _literal(value) for name, value in sorted(contexts.items())},
        "args": BUILD_ARGUMENTS,
        "labels": {name: _literal(value) for name, value in labels(pipeline, image).items()},
        "tags": [image.tag],
        "platforms": [image.base.target.platform],
        # Provenance has today's date in it, and build arguments: it is attached apart, not here.
        "attest": ["type=provenance,disabled=true", "type=sbom,disabled=true"],
        "output": ["type=docker,oci-mediatypes=true"],
    }


def labels(pipeline: str, image: ImagePlan) -> Mapping[str, str]:
    """What an image says of itself, and nothing that its content key does not cover: its digest would change.

    source: https://github.com/opencontainers/image-spec/blob/main/annotations.md
    """
    return {
        "org.opencontainers.image.title": f"{image_component(pipeline)}/{image.step}",
        "org.opencontainers.image.version": image.key[:16],
        "org.opencontainers.image.base.digest": image.base.digest,
        "ops0.kind": "step",
        "ops0.format": str(IMAGE_FORMAT),
        "ops0.pipeline": image_component(pipeline),
        "ops0.step": image.step,
        "ops0.key": image.key,
        TITLES: json.dumps([layer.title for layer in image.layers if layer.kind != "base"]),
    }


def _literal(text: str) -> str:
    """A string that bake does not take for a template of its own language."""
    return text.replace("${", "$${").replace("%{", "%%{")
