"""What the engine already holds: one question, answered for all images of a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from ops0.core.pipeline import StepName
from ops0.core.plan import Plan
from ops0.host.engine_socket import EngineSocket, quoted


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineImage:
    """One image of ops0's. ``digest`` is the engine's id of it."""

    digest: str
    labels: Mapping[str, str] = field(default_factory=dict)


def read_images(engine: EngineSocket) -> Mapping[str, EngineImage]:
    """Every image with an ops0 label, by tag. Raises EngineError."""
    query = {"filters": json.dumps({"label": ["ops0.kind"]})}
    found = engine.call("GET", "/images/json", query=query).json() or []
    return {
        tag: EngineImage(digest=one["Id"], labels=one.get("Labels") or {})
        for one in found
        for tag in one.get("RepoTags") or ()
    }


def present_images(plan: Plan, images: Mapping[str, EngineImage]) -> Mapping[StepName, str]:
    """The digests of those of a plan's images that are there: tag and whole content key agree. Pure."""
    return {
        image.step: images[image.tag].digest
        for image in plan.images
        if image.tag in images and images[image.tag].labels.get("ops0.key") == image.key
    }


def missing_images(plan: Plan, images: Mapping[str, EngineImage]) -> tuple[StepName, ...]:
    """The steps whose images must be built, in the plan's order. Pure."""
    present = present_images(plan, images)
    return tuple(image.step for image in plan.images if image.step not in present)


def image_id(engine: EngineSocket, reference: str) -> str | None:
    """The engine's id of one image, or None where it has none of that name. Raises EngineError."""
    answer = engine.call("GET", f"/images/{quoted(reference)}/json", accept=(404,))
    return None if answer.status == 404 else str(answer.json()["Id"])


def add_tag(engine: EngineSocket, digest: str, tag: str) -> None:
    """Give an image a tag; moves it there if another has it. Raises EngineError."""
    repository, _, name = tag.rpartition(":")
    engine.call("POST", f"/images/{quoted(digest)}/tag", query={"repo": repository, "tag": name})


def remove_tag(engine: EngineSocket, tag: str) -> None:
    """Take a tag away; the image goes with its last tag. One that is not there is no error."""
    engine.call("DELETE", f"/images/{quoted(tag)}", accept=(404, 409))
