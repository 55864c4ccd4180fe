"""Which layers the images of a plan share, and the bytes that this saves. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ops0.cli.show.one_line import plain
from ops0.cli.show.plan import size_text
from ops0.cli.terminal import filled
from ops0.core.pipeline import StepName
from ops0.core.plan import ImagePlan, LayerKind

_LEAST = 12
"""Characters of a title that are always shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedLayer:
    """One layer, however many images have it. ``size``: bytes of wheels or files, 0 where the plan does not know it."""

    key: str
    kind: LayerKind
    title: str
    size: int
    steps: tuple[StepName, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sharing:
    """All layers of a plan.

    layers: each once, in the order of the first image that has it
    images: bytes of all images together, were nothing shared;  unique: bytes of the layers, each once
    """

    layers: tuple[SharedLayer, ...]
    images: int
    unique: int


def sharing(images: tuple[ImagePlan, ...]) -> Sharing:
    """Who has which layer; without the bases and Debian packages, whose sizes only the engine and the archive know."""
    steps: dict[str, list[StepName]] = {}
    known = {layer.key: layer for image in images for layer in image.layers}
    for image in images:
        for layer in image.layers:
            steps.setdefault(layer.key, []).append(image.step)
    layers = tuple(
        SharedLayer(
            key=key,
            kind=known[key].kind,
            title=known[key].title,
            size=known[key].size,
            steps=tuple(found),
        )
        for key, found in steps.items()
    )
    return Sharing(
        layers=layers,
        images=sum(one.size * len(one.steps) for one in layers),
        unique=sum(one.size for one in layers),
    )


def image_lines(images: tuple[ImagePlan, ...], width: int | None = None) -> Iterator[str]:
    """Each image's layers, with how many images have them; in the end what all of them come to.

    width: of the terminal, to which long titles are cut; None: nothing is cut
    """
    found = sharing(images)
    shared = {one.key: len(one.steps) for one in found.layers}
    for image in images:
        yield ""
        sizes = sum(layer.size for layer in image.layers)
        told = f"{size_text(sizes)} in {len(image.layers) - 1} layers on the base"
        yield f"{image.tag}  {filled(told, width, 2, len(image.tag) + 2)}"
        for layer in image.layers:
            count = shared[layer.key]
            note = f"  shared by {count}" if count > 1 and layer.kind != "base" else ""
            size = size_text(layer.size) if layer.size else ""
            head = f"  {layer.kind:<8} {layer.key[:12]}  {size:>9}  "
            room = None if width is None else max(_LEAST, width - len(head) - len(note))
            yield f"{head}{layer.title if room is None else plain(layer.title, room)}{note}"
    if len(images) > 1:
        count = sum(one.kind != "base" for one in found.layers)
        yield ""
        told = (
            f"{len(images)} images: {size_text(found.images)} on their bases; "
            f"{size_text(found.unique)} in {count} layers, each stored once"
        )
        yield filled(told, width, 2, 0)
