"""One built image with all that is known of it, and its SBOM as bytes to store beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ops0.core.digest import digest_of
from ops0.core.plan import ImagePlan
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import cache_dir
from ops0_builder.about.contents import Contents, with_wheels
from ops0_builder.about.image import ImageFacts, image_contents, image_facts, kept_contents
from ops0_builder.about.sbom import sbom_of
from ops0_builder.building.proof import below_code
from ops0_builder.registry.errors import BadReference
from ops0_builder.registry.reference import parse_reference


@dataclass(frozen=True)
class About:
    """One image with what it holds. ``planned``: its plan, None where only the image itself is known."""

    image: ImageFacts
    contents: Contents
    planned: ImagePlan | None = None

    @cached_property
    def sbom(self) -> bytes:
        """The same bytes whenever it is asked."""
        return sbom_of(self.contents, image=self.image.reference, digest=self.image.digest)


def about_image(engine: EngineSocket, reference: str) -> About:
    """An image by its name or digest, told by itself alone. Raises NoSuchImage, ImageSilent, EngineError."""
    image = image_facts(engine, reference, hint=_how_to_have(reference))
    return About(image, image_contents(engine, image, _note(_bare(image.digest))))


def about_step(engine: EngineSocket, planned: ImagePlan) -> About:
    """The built image of a step, with the wheels of its lock. Raises NoSuchImage, ImageSilent, EngineError."""
    hint = f"build it first: ops0 build --step {planned.step}"
    image = image_facts(engine, planned.tag, hint=hint)
    note = _note(contents_key(planned, image.digest))
    return About(image, with_wheels(image_contents(engine, image, note), planned), planned)


def step_contents(engine: EngineSocket, planned: ImagePlan, digest: str) -> Contents:
    """What the built image of a step holds, with the wheels of its lock; one of those that are alike is asked, once.

    digest: the engine's id of the image
    raises: as ``about_step``
    """
    kept = kept_contents(_note(contents_key(planned, digest)))
    return about_step(engine, planned).contents if kept is None else with_wheels(kept, planned)


def contents_key(planned: ImagePlan, digest: str) -> str:
    """The same for images that hold the same packages: those that differ in their code alone. Pure.

    digest: the image's own, which tells what no key does: the day's versions of its system packages
    """
    if any(layer.kind == "system" for layer in planned.layers):
        return _bare(digest)
    return digest_of(["contents", planned.base.digest, below_code(planned)])


def _note(key: str) -> Path:
    return cache_dir() / "contents" / key


def _bare(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _how_to_have(reference: str) -> str:
    try:
        return f"bring it here first: `docker pull {parse_reference(reference)}`"
    except BadReference:  # it names no registry
        return "`ops0 build` makes the images of a pipeline"
