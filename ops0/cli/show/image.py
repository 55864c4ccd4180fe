"""What an image is, as text for people: what ``ops0 inspect`` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ops0.cli.show.plan import size_text

if TYPE_CHECKING:
    from ops0_builder.about.about import About

NAMES = {"ops0.pipeline": "pipeline", "ops0.step": "step", "ops0.key": "content key"}


def image_lines(about: About) -> Iterator[str]:
    """Name, facts, layers from the lowest up, packages."""
    image, contents = about.image, about.contents
    yield image.reference
    facts = {
        "digest": image.digest,
        **{title: image.labels.get(label, "") for label, title in NAMES.items()},
        "base": image.labels.get("org.opencontainers.image.base.digest", ""),
        "platform": image.platform,
        "python": contents.python,
        "user": image.user,
        "entry": " ".join(image.entrypoint),
        "unpacked": size_text(sum(layer.size for layer in image.layers)),
    }
    for title, value in facts.items():
        if value:
            yield f"  {title:<12} {value}"
    yield "\nlayers"
    for size, title in layer_titles(about):
        yield f"  {size_text(size):>9}  {title}"
    yield f"\nPython distributions: {len(contents.distributions)}, and what ops0 brings"
    for one in (*contents.distributions, *contents.own):
        yield f"  {one.name:<30} {one.version:<16} {one.license}".rstrip()
    yield f"\n{' '.join(contents.release)} packages: {len(contents.packages)}"
    for package in contents.packages:
        yield f"  {package.name:<30} {package.version}"


def layer_titles(about: About) -> Iterator[tuple[int, str]]:
    """Size and title of each layer: those that ops0 put on the base are told by the plan, else by the image itself."""
    layers = about.image.layers
    own = (
        [f"{one.kind:<8} {one.title}" for one in about.planned.layers[1:]]
        if about.planned
        else about.image.titles
    )
    at = max(0, len(layers) - len(own))
    for number, layer in enumerate(layers):
        if own and number >= at:
            yield layer.size, own[number - at]
        elif own:
            yield layer.size, "base"
        else:
            yield layer.size, " ".join(layer.made_by.split())[:80]
