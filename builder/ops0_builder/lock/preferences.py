"""Which versions a group of steps gets where it can: so that a new lock moves nothing that need not move. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packaging.utils import canonicalize_name

from ops0_builder.lock.folder import StoredLock
from ops0_builder.lock.inputs import StepInputs
from ops0_builder.lock.settings import LockSettings

__all__ = ["may_stay", "preferred_versions"]


def preferred_versions(
    settings: LockSettings,
    stored: StoredLock | None,
    loose: Mapping[str, str],
    beside: Mapping[str, str],
    members: Sequence[StepInputs],
    common: Mapping[str, str],
) -> Mapping[str, str]:
    """The versions that a group's steps get where they can, the last ones first.

    loose: pins of files that have no index;  beside: those of other platforms;  common: of the groups before
    """
    own = may_stay({**loose, **_pins_of(stored, members)}, settings)
    return {**may_stay(settings.installed, settings), **beside, **common, **own}


def may_stay(versions: Mapping[str, str], settings: LockSettings) -> dict[str, str]:
    """Those versions that are not to be upgraded, by normalised name."""
    if settings.upgrade == "all":
        return {}
    moving = () if settings.upgrade == "none" else settings.upgrade
    gone = {canonicalize_name(name) for name in moving}
    named = {canonicalize_name(name): version for name, version in versions.items()}
    return {name: version for name, version in named.items() if name not in gone}


def _pins_of(stored: StoredLock | None, members: Sequence[StepInputs]) -> dict[str, str]:
    if stored is None:
        return {}
    names = {entry.step for entry in members}
    first = [step for step in stored.lock.steps if step.step not in names]
    own = [step for step in stored.lock.steps if step.step in names]
    return {entry.name: entry.version for step in (*first, *own) for entry in step.distributions}
