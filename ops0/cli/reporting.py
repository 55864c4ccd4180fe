"""The edges of ``ops0 report``: the run's folder, and of the engine what it still knows of the images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ops0.core.errors import EngineError
from ops0.host.engine_socket import EngineSocket
from ops0.runtime.events import read_events
from ops0.runtime.page.page import ImageShown, report_page
from ops0.runtime.runs import RunFolder
from ops0.runtime.watching.history import history_of
from ops0_builder.about.image import ImageFacts, NoSuchImage, image_facts

_OWN = ("COPY / /", "COPY /layer/ /")
"""How BuildKit notes the instructions that ops0's template ends with: the last, and those before it."""


def run_page(folder: RunFolder) -> str:
    """The page. An engine that does not answer, or has an image no more, leaves the sizes out. Raises RunLogFault."""
    calls = history_of(read_events(folder.events)).calls.values()
    return report_page(folder, _known(dict.fromkeys(one.image for one in calls if one.image)))


def _known(images: Iterable[str]) -> dict[str, ImageShown]:
    found: dict[str, ImageShown] = {}
    try:
        engine = EngineSocket.from_environment()
        for image in images:
            try:
                found[image] = _shown(image_facts(engine, image, hint=""))
            except NoSuchImage:  # noqa: PERF203 - each may be gone
                continue
    except EngineError:
        pass
    return found


def _shown(facts: ImageFacts) -> ImageShown:
    size = sum(one.size for one in facts.layers)
    return ImageShown(reference=facts.reference, size=size, layers=tuple(titled(facts)))


def titled(facts: ImageFacts) -> Iterator[tuple[int, str]]:
    """Size and title of each layer. What ops0 has put on the base, an image of ops0 names itself."""
    own = 0
    while own < len(facts.layers) and facts.layers[-1 - own].made_by.startswith(_OWN[own > 0]):
        own += 1
    below = facts.layers[: len(facts.layers) - own]
    if facts.labels.get("ops0.kind") != "step" or not own:
        yield from ((one.size, " ".join(one.made_by.split())[:160]) for one in facts.layers)
        return
    yield sum(one.size for one in below), "the base"
    titles = facts.titles if len(facts.titles) == own else ("a layer of ops0",) * own
    yield from zip((one.size for one in facts.layers[len(below) :]), titles, strict=True)
