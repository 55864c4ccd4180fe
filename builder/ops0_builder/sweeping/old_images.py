"""Steps' images that newer ones have replaced. Nothing is lost with them but the time to build them again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from ops0.host.engine_errors import EngineRefused
from ops0.host.engine_socket import EngineSocket, quoted
from ops0.host.leftovers import Leftover
from ops0_builder.building.unproven import is_unproven
from ops0_builder.engine.engine_images import THREADS, inspected, list_images
from ops0_builder.sweeping.image_bytes import freed_bytes

STEP_IMAGES = "ops0/*/*"
_TIME = re.compile(
    r"(?P<second>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(?P<rest>\d+))?(?P<zone>Z|[+-]\d\d:\d\d)",
    re.ASCII,
)
"""RFC 3339, in nanoseconds, which Python 3.10 does not read."""
_UNKNOWN = (0.0, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class StepImage:
    """One tag of a step's image; of one without a tag, its digest.

    tagged: when it got its tag, as the engine writes it; "" where that is not known. Its own time is the same for all
    """

    name: str
    digest: str
    tagged: str = ""

    @property
    def repository(self) -> str:
        """``ops0/<pipeline>/<step>``; "" for one without a tag."""
        return "" if self.name == self.digest else self.name.rpartition(":")[0]


def image_leftovers(
    engine: EngineSocket,
    keep: int,
    repositories: str = STEP_IMAGES,
    *,
    named: frozenset[str] = frozenset(),
    before: float | None = None,
) -> Iterator[Leftover]:
    """The images of steps but the ``keep`` newest of each, and those without a tag. None that a container uses.

    repositories: a pattern; with another than that for all, images without a tag are left alone
    named:  digests and tags that somebody else still wants, as deployments do
    before: seconds since 1970: only images that got their tag earlier, so none without a tag; None: of any age
    raises: EngineError
    """
    listed = step_images(engine, repositories, untagged=repositories == STEP_IMAGES)
    whole = tuple(one for one in listed if not is_unproven(one.name.rpartition(":")[2]))
    gone = replaced(_with_times(engine, whole, keep), keep, _used_images(engine) | named)
    if before is not None:
        gone = tuple(one for one in gone if tagged_before(one, before))
    sizes = sizes_of(engine, gone, listed)
    for image in gone:
        yield Leftover(
            kind="image",
            name=image.name,
            size=sizes.get(image.name),
            remove=partial(_remove, engine, image.name),
        )


def replaced(images: Iterable[StepImage], keep: int, used: frozenset[str]) -> tuple[StepImage, ...]:
    """All but the newest of each repository, of those without a tag all; none that is used. Pure; sorted by name."""
    images = tuple(images)
    groups: dict[str, list[StepImage]] = {}
    for image in images:
        groups.setdefault(image.repository, []).append(image)
    kept: set[str] = set()
    for repository, members in groups.items():
        newest = sorted(members, key=lambda one: (_moment(one.tagged), one.name), reverse=True)
        kept.update(one.name for one in newest[: keep if repository else 0])
    gone = (one for one in images if one.name not in kept and not used & {one.name, one.digest})
    return tuple(sorted(gone, key=lambda one: one.name))


def tagged_before(image: StepImage, moment: float) -> bool:
    """Whether it certainly got its tag before then (seconds since 1970). Pure."""
    tagged = _moment(image.tagged)
    return tagged != _UNKNOWN and tagged[0] < moment


def _moment(tagged: str) -> tuple[float, str]:
    """Whole seconds since 1970, and the digits behind the point, both of which sort; _UNKNOWN before all others."""
    written = _TIME.fullmatch(tagged)
    if written is None or written["second"].startswith("0001-"):
        return _UNKNOWN  # the engine writes the year 1 where it does not know
    zone = written["zone"].replace("Z", "+00:00")
    try:
        second = datetime.fromisoformat(f"{written['second']}{zone}").timestamp()
    except (ValueError, OverflowError):
        return _UNKNOWN
    return second, written["rest"] or ""


def sizes_of(
    engine: EngineSocket, gone: Iterable[StepImage], listed: Iterable[StepImage]
) -> Mapping[str, int]:
    """Bytes that go with each tag, by name: with the first of an image's tags if all of them go, else 0.

    raises: EngineError
    """
    gone = tuple(gone)
    left = Counter(one.digest for one in listed)
    left.subtract(one.digest for one in gone)
    bytes_of = freed_bytes(engine, (one.digest for one in gone if left[one.digest] <= 0))
    found: dict[str, int] = {}
    counted: set[str] = set()
    for image in gone:
        if left[image.digest] > 0 or image.digest in counted:
            found[image.name] = 0
        elif image.digest in bytes_of:
            found[image.name] = bytes_of[image.digest]
        counted.add(image.digest)
    return found


def step_images(
    engine: EngineSocket, repositories: str = STEP_IMAGES, *, untagged: bool = False
) -> tuple[StepImage, ...]:
    """The images of steps, one for each tag, without times. ``untagged``: those that have lost theirs too."""
    label = {"label": ["ops0.kind=step"]}
    filters = [{**label, "reference": [repositories]}]
    if untagged:
        filters.append({**label, "dangling": ["true"]})
    found: dict[str, StepImage] = {}
    for one in filters:
        for told in list_images(engine, one):
            for name in told["RepoTags"] or (told["Id"],):
                found[name] = StepImage(name=name, digest=told["Id"])
    return tuple(found.values())


def _used_images(engine: EngineSocket) -> frozenset[str]:
    """What containers, running or not, say that they were made of: digests and names."""
    told = engine.call("GET", "/containers/json", query={"all": "1"}).json() or ()
    return frozenset(name for one in told for name in (one["Image"], one["ImageID"]))


def _with_times(
    engine: EngineSocket, images: tuple[StepImage, ...], keep: int
) -> tuple[StepImage, ...]:
    """With the time of the tag where it matters: in repositories of more images than are kept."""
    count = Counter(image.repository for image in images)

    def timed(image: StepImage) -> StepImage:
        if not image.repository or count[image.repository] <= keep:
            return image
        told = inspected(engine, image.name) or {}
        return replace(image, tagged=(told.get("Metadata") or {}).get("LastTagTime") or "")

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return tuple(pool.map(timed, images))


def _remove(engine: EngineSocket, name: str) -> bool:
    """Without force: the engine itself refuses where a container has come to use it."""
    try:
        answer = engine.call("DELETE", f"/images/{quoted(name)}", accept=(404, 409))
    except EngineRefused:
        return False
    return answer.status != 409
