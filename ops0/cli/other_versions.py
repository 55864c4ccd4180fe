"""Distributions that processes have at other versions than images do: the same pipeline may give other results."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from ops0.cli.work import Work
from ops0.core.few import few
from ops0.core.locked import Lock
from ops0.core.pipeline import Pipeline
from ops0.core.requirements.names import is_bare, name_of

__all__ = ["other_versions", "versions_here"]

_NAMED = 4
_HINT = "`ops0 run --isolate` runs with the versions that images get; or install those here"


def versions_here(work: Work, pipeline: Pipeline) -> tuple[str, str] | None:
    """The warning of ``other_versions`` for a run in processes of this Python. Reads names of folders and the lock."""
    from ops0.host.installed import installed_versions  # noqa: PLC0415 - not for containers

    return other_versions(pipeline, _stored(work, pipeline), installed_versions())


def _stored(work: Work, pipeline: Pipeline) -> Lock | None:
    """The lock as it is, also where it is out of date: a new one keeps its versions. None where there is none."""
    if not work.lock_folder.is_dir():
        return None
    from ops0_builder.lock.errors import LockDamaged  # noqa: PLC0415 - a builder only where there is a lock
    from ops0_builder.lock.folder import find  # noqa: PLC0415

    try:
        _, stored = find(work.lock_folder, pipeline, work.target.platform)
    except LockDamaged:
        return None  # told by what needs it
    return None if stored is None else stored.lock


def other_versions(
    pipeline: Pipeline, lock: Lock | None, installed: Mapping[str, str]
) -> tuple[str, str] | None:
    """One warning with its hint; None where nothing differs. Pure.

    lock:      what images get; without one, what the project declares
    installed: normal name -> version
    """
    told = dict(_told(pipeline, lock, installed))
    if not told:
        return None
    needed = {name_of(need.requirement) for step in pipeline.steps for need in step.needs}
    # What a step imports itself says more than what only that needs.
    names = sorted(told, key=lambda name: (name not in needed, name))
    shown = few([f"{name} {installed[name]} ({told[name]})" for name in names], _NAMED)
    return f"processes have other versions than images get: {shown}", _HINT


def _told(
    pipeline: Pipeline, lock: Lock | None, installed: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Name -> what images get of it, of all that differ."""
    locked = {} if lock is None else _locked(pipeline, lock)
    for name, versions in locked.items():
        here = installed.get(name)
        others = () if here is None else [one for one in versions if not _is_same(one, here)]
        if others:
            yield name, f"locked: {' and '.join(sorted(others))}"
    for text in _declared(pipeline):
        name = name_of(text)
        if name not in locked and name in installed:
            asked = _broken(text, installed[name])
            if asked:
                yield name, f"declared: {asked}"


def _locked(pipeline: Pipeline, lock: Lock) -> Mapping[str, Collection[str]]:
    """What comes from afar for the pipeline's steps, by name: steps of several groups may have several versions.

    leaves out: a folder that is named, for it is the one that processes import
    """
    steps = {step.name for step in pipeline.steps}
    found: dict[str, set[str]] = {}
    for step in lock.steps:
        for one in step.distributions if step.step in steps else ():
            if one.source is None or one.source.kind == "url":
                found.setdefault(one.name, set()).add(one.version)
    return found


def _declared(pipeline: Pipeline) -> Iterable[str]:
    texts = (need.requirement for step in pipeline.steps for need in step.needs)
    return [text for text in dict.fromkeys(texts) if not is_bare(text)]


def _is_same(one: str, other: str) -> bool:
    """Whether two versions have the same code: ``2.3.0+cpu`` and ``2.3``, ``2024.08.30`` and ``2024.8.30``."""
    if one == other:
        return True
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - mostly the texts are equal

    try:
        return Version(Version(one).public) == Version(Version(other).public)
    except InvalidVersion:
        return one.lower() == other.lower()


def _broken(text: str, version: str) -> str:
    """What a requirement asks for that a version is not; "" where it is, or where the requirement is for elsewhere."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - rarely asked for

    try:
        wanted = Requirement(text)
    except InvalidRequirement:
        return ""
    if wanted.url is not None or (wanted.marker is not None and not wanted.marker.evaluate()):
        return ""
    return "" if wanted.specifier.contains(version, prereleases=True) else str(wanted.specifier)
