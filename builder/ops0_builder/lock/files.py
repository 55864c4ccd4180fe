"""Pins and offers -> locked files: the wheel that fits, its hash and size, and wheels built where there are none.

What the index says is taken as it is. Where it does not say a hash or a size, the file is fetched and measured;
where only a source archive is offered, that is fetched and built. Both end in the wheelhouse, where the build of
the images wants them anyway.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from ops0.core.errors import LockError, raise_together
from ops0.core.locked import LockedDistribution, LockedFile, Target
from ops0.host.disk import FULL
from ops0_builder.lock.errors import FetchFailed, HashMismatch, NoFittingFile
from ops0_builder.lock.fetch import Pip, Wanted, fetch
from ops0_builder.lock.inputs import target_text
from ops0_builder.lock.offers import Offer, Offers
from ops0_builder.lock.repositories import Repositories
from ops0_builder.lock.source_build import build_wheel
from ops0_builder.lock.taking import take_expected
from ops0_builder.lock.uv_program import Progress, Uv
from ops0_builder.lock.wheel_choice import best_wheel
from ops0_builder.lock.wheelhouse import Wheelhouse


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """What locking works with. ``usual``: the default index; None where none is asked, or nobody wants to know."""

    uv: Uv
    pip: Pip
    wheelhouse: Wheelhouse
    repositories: Repositories
    progress: Progress
    usual: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Choice:
    """The file that one distribution will be locked by."""

    offers: Offers
    target: Target
    offer: Offer
    is_sdist: bool

    @property
    def title(self) -> str:
        return f"{self.offers.name} {self.offers.version}"


Known = Mapping[tuple[Target, str, str], LockedDistribution]
"""What an earlier lock says of (target, name, version)."""


def lock_files(
    offers: Iterable[Offers],
    target: Target,
    places: Mapping[str, str],
    known: Known,
    tools: Tools,
) -> dict[str, LockedDistribution]:
    """Lock each of these distributions: name -> distribution.

    places: name -> where the user's code asks for it, for those that are asked for directly
    known:  what was locked before and is not to be upgraded
    raises: NoFittingFile, FetchFailed, HashMismatch, BrokenWheel, SourceBuildFailed (those found together, together)
    """
    choices = _choose(offers, target, places)
    done: dict[str, LockedDistribution] = {}
    for choice in choices:
        locked = _from_index(choice) or _from_earlier(choice, known)
        if locked is not None:
            done[choice.offers.name] = locked
    rest = [choice for choice in choices if choice.offers.name not in done]
    for choice in rest:
        # told before pip fetches it, who asks a source archive for its metadata
        if choice.is_sdist:
            told = "has only a source archive: building it runs its code on this machine"
            tools.progress(f"lock: {choice.title} {told}")
    files = _measure(rest, tools)
    for choice in rest:
        file = files[choice.offer.filename]
        done[choice.offers.name] = _locked(choice, file, tools)
    raise_together(_replaced(done, target, known))
    return done


def _replaced(
    done: Mapping[str, LockedDistribution], target: Target, known: Known
) -> list[LockError]:
    """Files that have the name of an earlier locked one and other bytes: an index must never do that."""
    pairs = ((entry, known.get((target, entry.name, entry.version))) for entry in done.values())
    return [
        HashMismatch(new.filename, old.sha256, new.sha256)
        for entry, earlier in pairs
        if earlier is not None
        for new, old in ((entry.sdist or entry.wheel, earlier.sdist or earlier.wheel),)
        if new.filename == old.filename and new.sha256 != old.sha256
    ]


def _choose(
    offers: Iterable[Offers], target: Target, places: Mapping[str, str]
) -> tuple[_Choice, ...]:
    choices: list[_Choice] = []
    faults: list[LockError] = []
    for entry in offers:
        wheels = {wheel.filename: wheel for wheel in entry.wheels}
        best = best_wheel(wheels, target)
        offer = wheels[best] if best is not None else entry.sdist
        if offer is None:
            title = f"{entry.name} {entry.version}"
            faults.append(NoFittingFile(title, target_text(target), places.get(entry.name)))
        else:
            choices.append(_Choice(offers=entry, target=target, offer=offer, is_sdist=best is None))
    raise_together(faults)
    return tuple(choices)


def _from_index(choice: _Choice) -> LockedDistribution | None:
    offer = choice.offer
    if choice.is_sdist or offer.sha256 is None or offer.size is None:
        return None
    wheel = LockedFile(filename=offer.filename, sha256=offer.sha256, size=offer.size)
    return _distribution(choice, wheel)


def _from_earlier(choice: _Choice, known: Known) -> LockedDistribution | None:
    """What the lock said before, if the index still says the same hash of the same file."""
    earlier = known.get((choice.target, choice.offers.name, choice.offers.version))
    if earlier is None:
        return None
    file = earlier.sdist if choice.is_sdist else earlier.wheel
    same = file is not None and (file.filename, file.sha256) == (
        choice.offer.filename,
        choice.offer.sha256,
    )
    return earlier if same and bool(earlier.sdist) == choice.is_sdist else None


def _measure(choices: Iterable[_Choice], tools: Tools) -> dict[str, LockedFile]:
    """Bring the files here: from a folder of this machine by copying, from elsewhere by pip."""
    choices = list(choices)
    files = _held(choices, tools.wheelhouse)
    choices = [choice for choice in choices if choice.offer.filename not in files]
    local = [choice for choice in choices if choice.offer.local_path is not None]
    remote = [choice for choice in choices if choice.offer.local_path is None]
    if choices:
        tools.progress(
            f"lock: reading {_count(len(choices), 'file')} whose hash, size or wheel is not known"
        )
    wanted = [
        Wanted(
            name=choice.offers.name,
            version=choice.offers.version,
            sha256=choice.offer.sha256,
            size=choice.offer.size or 0,
            target=choice.target,
            filename=choice.offer.filename,
            is_sdist=choice.is_sdist,
            url=tools.pip.direct(choice.offer.bare_url),
        )
        for choice in remote
    ]
    with ThreadPoolExecutor(2) as pool:
        copied = list(pool.map(lambda choice: _copy(choice, tools.wheelhouse), local))
    files.update({choice.offer.filename: file for choice, file in zip(local, copied, strict=True)})
    return {**files, **fetch(wanted, tools.wheelhouse, tools.pip)}


def _held(choices: Iterable[_Choice], wheelhouse: Wheelhouse) -> dict[str, LockedFile]:
    """Those that are in the wheelhouse already, found by the hash that the index says."""
    offers = (choice.offer for choice in choices)
    found = (
        (offer.filename, wheelhouse.find(offer.filename, offer.sha256))
        for offer in offers
        if offer.sha256 is not None
    )
    return {filename: file for filename, file in found if file is not None}


def _copy(choice: _Choice, wheelhouse: Wheelhouse) -> LockedFile:
    try:
        with wheelhouse.workplace() as folder:
            path = Path(str(choice.offer.local_path))
            copied = shutil.copyfile(path, folder / path.name)
            return take_expected(copied, choice.offer.sha256, wheelhouse)
    except OSError as fault:
        if fault.errno in FULL:
            raise  # no matter of the index: the program's own boundary says which disk
        raise FetchFailed(choice.title, f"  {fault.strerror}: {choice.offer.filename}") from None


def _locked(choice: _Choice, file: LockedFile, tools: Tools) -> LockedDistribution:
    if not choice.is_sdist:
        return _distribution(choice, file)
    path = tools.wheelhouse.path(file)
    built = build_wheel(path, choice.title, choice.target, tools.uv, tools.wheelhouse)
    wheel = replace(built.wheel, built_from=file.sha256)
    return replace(_distribution(choice, wheel), sdist=file, build=built.pins)


def _distribution(choice: _Choice, wheel: LockedFile) -> LockedDistribution:
    return LockedDistribution(name=choice.offers.name, version=choice.offers.version, wheel=wheel)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
