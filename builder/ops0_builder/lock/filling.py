"""A lock -> its wheels on this machine: what is missing is fetched, source archives are built again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ops0.core.locked import Lock, LockedDistribution, LockedFile, LockedSource, Target
from ops0_builder.lock.errors import RebuildDiffers
from ops0_builder.lock.fetch import Wanted, fetch, wanted_wheel
from ops0_builder.lock.files import Tools
from ops0_builder.lock.noted import noted_in
from ops0_builder.lock.placing import check_source
from ops0_builder.lock.source_build import build_wheel
from ops0_builder.lock.source_wheels import come_of
from ops0_builder.lock.wheelhouse import Wheelhouse


def fill(
    lock: Lock,
    steps: Iterable[str] | None,
    wheelhouse: Wheelhouse,
    tools: Callable[[], Tools],
    root: Path,
    folder: Path | None = None,
) -> dict[str, Path]:
    """sha256 -> path of every wheel of these steps (None: all), each one's hash checked now.

    tools:  asked for only when something is missing: reading pip's settings takes longer than a full wheelhouse
    root:   the project's, which folders that wheels are built from are told from
    folder: where the lock is, which says where each is from; None: errors do not tell that
    raises: FetchFailed, HashMismatch, RebuildDiffers, SourceBuildFailed, SourceGone
    """
    needed = _needed(lock, steps)
    held = wheelhouse.held(entry.wheel for entry, _ in needed)
    missing = [(entry, target) for entry, target in needed if entry.wheel.sha256 not in held]
    if missing:
        noted = noted_in(folder, folder, ()) if folder is not None else ()
        _bring(missing, root, tools(), {one.sha256: one.index for one in noted})
    return {entry.wheel.sha256: wheelhouse.path(entry.wheel) for entry, _ in needed}


def _bring(
    missing: Sequence[tuple[LockedDistribution, Target]],
    root: Path,
    tools: Tools,
    indexes: Mapping[str, str],
) -> None:
    """Bring them here. ``indexes``: sha256 -> where the lock says that it is from."""
    plain = [
        replace(wanted_wheel(entry, target), index=indexes.get(entry.wheel.sha256, ""))
        for entry, target in missing
        if not (entry.sdist or entry.source)
    ]
    if plain:
        tools.progress(_line(plain))
        fetch(plain, tools.wheelhouse, tools.pip)
    for entry, target in missing:
        if entry.source is not None:
            _come_again(entry, entry.source, target, root, tools)
        elif entry.sdist is not None:
            _build_again(entry, entry.sdist, target, tools, indexes.get(entry.sdist.sha256, ""))


def _needed(lock: Lock, steps: Iterable[str] | None) -> list[tuple[LockedDistribution, Target]]:
    wanted = None if steps is None else frozenset(steps)
    found = {
        entry.wheel.sha256: (entry, step.target)
        for step in lock.steps
        if wanted is None or step.step in wanted
        for entry in step.distributions
    }
    return list(found.values())


def _build_again(
    entry: LockedDistribution, sdist: LockedFile, target: Target, tools: Tools, index: str
) -> None:
    title = f"{entry.name} {entry.version}"
    tools.progress(
        f"wheels: building {title} from its source archive runs its code on this machine"
    )
    if not tools.wheelhouse.held([sdist]):
        wanted = Wanted(
            name=entry.name,
            version=entry.version,
            sha256=sdist.sha256,
            size=sdist.size,
            target=target,
            filename=sdist.filename,
            is_sdist=True,
            index=index,
        )
        fetch([wanted], tools.wheelhouse, tools.pip)
    path = tools.wheelhouse.path(sdist)
    built = build_wheel(path, title, target, tools.uv, tools.wheelhouse, entry.build)
    if built.wheel.sha256 != entry.wheel.sha256:
        tools.wheelhouse.drop(built.wheel)
        raise RebuildDiffers(entry.wheel.filename, entry.wheel.sha256, built.wheel.sha256)


def _come_again(
    entry: LockedDistribution, source: LockedSource, target: Target, root: Path, tools: Tools
) -> None:
    """Build the wheel of a source once more, or bring that of a file. Raises SourceGone, HashMismatch and its kinds."""
    check_source(entry.name, source, root)
    made = come_of(entry.name, source, root, target, tools, entry.build)
    if made.wheel.sha256 != entry.wheel.sha256:
        tools.wheelhouse.drop(made.wheel)
        raise RebuildDiffers(entry.wheel.filename, entry.wheel.sha256, made.wheel.sha256)


def _line(wanted: Sequence[Wanted]) -> str:
    size = sum(entry.size for entry in wanted) / 1e6
    what = "wheel" if len(wanted) == 1 else "wheels"
    return f"wheels: fetching {len(wanted)} {what}, {size:.1f} MB"
