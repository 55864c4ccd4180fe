"""What the engine already holds: asked by tag, several at once, each tag once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ops0.core.pipeline import StepName
from ops0.core.plan import Plan
from ops0.host.ahead import Answers
from ops0.host.engine_errors import EngineFull, EngineRefused, says_full
from ops0.host.engine_socket import Answer, EngineSocket, quoted

THREADS = 8
"""Questions at a time. One takes the engine 10 to 25 ms, and listing by label reads every image that it has."""
_LISTING_SECONDS = 300.0
"""For lists of images, which the engine makes by looking into each: 534 took a busy one 16 s."""

_LISTINGS = 4
"""Times that a list is asked for anew: where an image goes while it is looked into, the engine gives 404 for all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineImage:
    """One image. ``digest`` is the engine's id of it; ``size``: bytes, as the engine counts them."""

    digest: str
    labels: Mapping[str, str] = field(default_factory=dict)
    size: int = 0


class EngineImages:
    """The images of one moment. What is there is asked once; what is not may have been made since."""

    def __init__(self, ask: Callable[[str, EngineImage | None], EngineImage | None]) -> None:
        self._kept: dict[str, EngineImage] = {}
        self._answers = Answers(lambda tag: ask(tag, self._kept.get(tag)), THREADS)

    def expect(self, tags: Iterable[str], kept: Mapping[str, EngineImage] | None = None) -> None:
        """Start asking for tags that will likely be looked up, and return at once.

        kept: what the engine said of a tag earlier, which may hold no more
        """
        self._kept.update(kept or {})
        self._answers.want(tags)

    def get(self, tag: str) -> EngineImage | None:
        """One image, or None where the engine has none of that tag. Raises EngineError."""
        image = self._answers.get(tag)
        if image is None:
            self._answers.forget(tag)
        return image

    def found(self, tags: Iterable[str]) -> Mapping[str, EngineImage]:
        """Those of the tags that the engine has. Raises EngineError."""
        wanted = tuple(tags)
        self.expect(wanted)
        answers = {tag: self.get(tag) for tag in wanted}
        return {tag: one for tag, one in answers.items() if one is not None}


def read_images(engine: EngineSocket) -> EngineImages:
    """The engine's images; it is asked when one is looked up."""

    def ask(tag: str, kept: EngineImage | None) -> EngineImage | None:
        if kept is not None and _digest_of(engine, tag) == kept.digest:
            return kept  # a digest is of bytes, labels among them
        told = inspected(engine, tag)
        if told is None:
            return None
        labels = told["Config"].get("Labels") or {}
        return EngineImage(digest=told["Id"], labels=labels, size=int(told.get("Size") or 0))

    return EngineImages(ask)


def inspected(engine: EngineSocket, reference: str) -> Mapping[str, Any] | None:
    """All that the engine tells of one image; None where it has none of that name. Raises EngineError.

    source: https://docs.docker.com/reference/api/engine/version/v1.44/#tag/Image/operation/ImageInspect
    """
    answer = engine.call("GET", f"/images/{quoted(reference)}/json", accept=(404,))
    told: Mapping[str, Any] | None = None if answer.status == 404 else answer.json()
    return told


def _digest_of(engine: EngineSocket, tag: str) -> str | None:
    """The digest under a tag, by the question that costs an engine with containerd's store a third; None: ask in full.

    An image's history begins with the image itself. Of one for another platform an engine may not tell it.
    """
    answer = engine.call("GET", f"/images/{quoted(tag)}/history", accept=(400, 404, 500))
    entries = answer.json() if answer.status == 200 else None
    first = entries[0] if isinstance(entries, list) and entries else None
    return str(first["Id"]) if isinstance(first, dict) and "Id" in first else None


def present_images(plan: Plan, images: EngineImages) -> Mapping[StepName, str]:
    """The digests of those of a plan's images that are there: tag and whole content key agree."""
    found = images.found(image.tag for image in plan.images)
    return {
        image.step: found[image.tag].digest
        for image in plan.images
        if image.tag in found and found[image.tag].labels.get("ops0.key") == image.key
    }


def missing_images(plan: Plan, images: EngineImages) -> tuple[StepName, ...]:
    """The steps whose images must be built, in the plan's order."""
    present = present_images(plan, images)
    return tuple(image.step for image in plan.images if image.step not in present)


def image_id(engine: EngineSocket, reference: str) -> str | None:
    """The engine's id of one image, or None where it has none of that name. Raises EngineError."""
    digest = _digest_of(engine, reference)
    if digest is not None:
        return digest
    told = inspected(engine, reference)
    return None if told is None else str(told["Id"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpacked:
    """An image by the engine's id of it, and the digests of its unpacked layers, the lowest first."""

    digest: str
    layers: tuple[str, ...]


def unpacked(engine: EngineSocket, reference: str) -> Unpacked | None:
    """One image as it is unpacked; None where there is none of that name. Raises EngineError."""
    told = inspected(engine, reference)
    if told is None:
        return None
    return Unpacked(digest=told["Id"], layers=tuple(told["RootFS"].get("Layers") or ()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """Where an engine keeps images. ``id``: the engine's own.

    containerd: packed, by the digests that a registry gives them, and unpacked beside; the older one keeps files alone
    rootless:   the engine runs as a user, with a network of its own: this machine's loopback is not its
    """

    id: str
    containerd: bool
    rootless: bool = False


def image_store(engine: EngineSocket) -> Store:
    """The engine's store.

    raises: EngineError
    source: https://docs.docker.com/reference/api/engine/version/v1.44/#tag/System/operation/SystemInfo
    """
    told = engine.call("GET", "/info").json() or {}
    rows = told.get("DriverStatus") or ()
    return Store(
        id=str(told.get("ID") or ""),
        containerd=any("io.containerd.snapshotter.v1" in row for row in rows),
        rootless=is_rootless(told),
    )


def is_rootless(told: Mapping[str, Any]) -> bool:
    """Whether an engine runs as a user without rights. ``told``: its answer to ``GET /info``. Pure."""
    return any("name=rootless" in str(one).split(",") for one in told.get("SecurityOptions") or ())


def image_tags(engine: EngineSocket, repositories: str) -> tuple[str, ...]:
    """The tags of all images whose repository matches a pattern as ``ops0/flow/*``, sorted. Raises EngineError."""
    listed = list_images(engine, {"reference": [repositories]})
    return tuple(sorted(tag for one in listed for tag in one.get("RepoTags") or ()))


def list_images(
    engine: EngineSocket, filters: Mapping[str, Sequence[str]] | None = None
) -> Sequence[Mapping[str, Any]]:
    """What the engine tells of each image, of all or of those that its filters let pass. Raises EngineError."""
    query = {"filters": json.dumps(filters)} if filters else None

    def ask(*accept: int) -> Answer:
        return engine.call(
            "GET", "/images/json", query=query, accept=accept, timeout=_LISTING_SECONDS
        )

    for _ in range(_LISTINGS):
        answer = ask(404)
        if answer.status != 404:
            return answer.json() or ()
    return ask().json() or ()


def load_archive(engine: EngineSocket, chunks: Iterable[bytes]) -> None:
    """Load images from a tar, which may come in pieces. Raises EngineError's kinds, and what ``chunks`` raises."""
    from ops0.host.engine_streams import upload  # noqa: PLC0415 - a build with nothing to do loads no http.client

    for told in upload(engine, "/images/load?quiet=1", chunks):
        fault = told.get("error") if isinstance(told, dict) else None
        if fault and says_full(str(fault)):
            raise EngineFull("POST /images/load")
        if fault:
            raise EngineRefused("POST /images/load", 200, str(fault))


def add_tag(engine: EngineSocket, digest: str, tag: str) -> None:
    """Give an image a tag; moves it there if another has it. Raises EngineError."""
    repository, _, name = tag.rpartition(":")
    engine.call("POST", f"/images/{quoted(digest)}/tag", query={"repo": repository, "tag": name})


def remove_tag(engine: EngineSocket, tag: str) -> None:
    """Take a tag away; the image goes with its last tag. One that is not there is no error."""
    engine.call("DELETE", f"/images/{quoted(tag)}", accept=(404, 409))
