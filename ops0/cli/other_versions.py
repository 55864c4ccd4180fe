"""Distributions that processes have at other versions than images do: the same pipeline may give other results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

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
    locked = {} if lock is None else dict(_locked(pipeline, lock))
    for name, version in locked.items():
        if name in installed and _public(installed[name]) != _public(version):
            yield name, f"locked: {version}"
    for text in _declared(pipeline):
        name = name_of(text)
        if name not in locked and name in installed:
            asked = _broken(text, installed[name])
            if asked:
                yield name, f"declared: {asked}"


def _locked(pipeline: Pipeline, lock: Lock) -> Iterator[tuple[str, str]]:
    """What comes from an index for the pipeline's steps: a folder that is named is the one that processes import."""
    steps = {step.name for step in pipeline.steps}
    for step in lock.steps:
        if step.step in steps:
            for one in step.distributions:
                if one.source is None:
                    yield one.name, one.version


def _declared(pipeline: Pipeline) -> Iterable[str]:
    texts = (need.requirement for step in pipeline.steps for need in step.needs)
    return [text for text in dict.fromkeys(texts) if not is_bare(text)]


def _public(version: str) -> str:
    """A version without the build's own ending: ``2.3.0+cpu`` has the code of ``2.3.0``."""
    public = version.lower().partition("+")[0]
    while public.endswith(".0"):
        public = public[:-2]
    return public


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
