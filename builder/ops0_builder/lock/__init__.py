"""Pipeline + targets -> lock. The doors of this room; what they lead to is loaded when it is needed.

A lock that still answers the pipeline is read from its files: no program is started, nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.core.locked import Lock, Target
from ops0.core.pipeline import Pipeline, StepName
from ops0_builder.lock.constraints import Said, unfit
from ops0_builder.lock.errors import LockStale
from ops0_builder.lock.folder import (
    Beside,
    StoredLock,
    beside_in,
    file_names,
    find,
    stored_platforms,
)
from ops0_builder.lock.inputs import (
    StepChange,
    StepInputs,
    changes,
    inputs_digest,
    only_python,
    pipeline_inputs,
)
from ops0_builder.lock.settings import LockSettings, Upgrade
from ops0_builder.lock.source_changes import source_changes

if TYPE_CHECKING:
    from ops0_builder.lock.files import Tools

__all__ = [
    "LockSettings",
    "Upgrade",
    "check_lock",
    "export_wheelhouse",
    "fill_wheelhouse",
    "lock_pipeline",
    "lock_place",
    "read_lock",
    "stored_platforms",
    "take_wheelhouse",
]

_AS_IT_IS = LockSettings()


def lock_pipeline(
    pipeline: Pipeline,
    *,
    folder: Path,
    root: Path,
    targets: Mapping[StepName, Target],
    settings: LockSettings = _AS_IT_IS,
    constraints: Sequence[Said] = (),
    progress: Callable[[str], None] = lambda _: None,
    tools: Tools | None = None,
) -> Lock:
    """The pipeline's lock: the stored one while it answers the pipeline, else a new one, stored.

    folder:   ``ops0.lock`` in the project; a platform that is not the first to be locked has a folder in it
    root:     the project's root; uv finds its own settings from there
    targets:  one for each step, all for one platform
    constraints: what the project's own files say of versions and files, whoever needs them
    tools:    uv, pip and the wheelhouse; None: the user's
    raises:   LockError (one of ops0_builder.lock.errors, or several in an ErrorGroup), SettingsError
    """
    where, stored = find(folder, pipeline, _platform(targets), anew=settings.upgrade == "all")
    if stored is not None and settings.upgrade == "none" and not settings.moved:
        answers = stored.lock.inputs == inputs_digest(pipeline_inputs(pipeline, targets))
        if answers and not _unfit(stored, constraints, root):
            return _in_order(stored.lock, pipeline)
    from ops0_builder.lock.making import make_lock  # noqa: PLC0415 - not on the path above
    from ops0_builder.lock.noted import noted_in  # noqa: PLC0415
    from ops0_builder.lock.tools import user_tools  # noqa: PLC0415

    beside = Beside() if where == folder else beside_in(folder, pipeline)
    return make_lock(
        pipeline,
        folder=where,
        targets=targets,
        settings=settings,
        tools=tools or user_tools(root, progress=progress, entry=pipeline.entry),
        beside=replace(beside, noted=noted_in(where, folder, file_names(where, pipeline))),
        constraints=constraints,
        root=root,
    )


def read_lock(
    pipeline: Pipeline,
    *,
    folder: Path,
    targets: Mapping[StepName, Target],
    constraints: Sequence[Said] = (),
    wheelhouse: Path | None = None,
    root: Path | None = None,
    strict: bool = False,
) -> Lock:
    """The stored lock, which answers the pipeline as it is now.

    root:       the project's, which folders that wheels are built from are told from; None: not looked at
    strict:     one of these folders that is not there is an error, not unchanged
    wheelhouse: the folder whose wheels it is wanted for, if any: an error then says how to make both anew
    raises: LockStale where it does not or there is none, LockDamaged, SourceGone
    """
    where, stored = find(folder, pipeline, _platform(targets))
    wanted = pipeline_inputs(pipeline, targets)
    found = _differences(stored, wanted, constraints, root, strict=strict)
    if stored is None or found:
        raise LockStale(
            str(where),
            tuple(str(change) for change in found),
            missing=stored is None,
            wheelhouse=str(wheelhouse) if wheelhouse else None,
            python=only_python(stored.inputs, wanted) if stored else None,
        )
    return _in_order(stored.lock, pipeline)


def check_lock(
    pipeline: Pipeline,
    *,
    folder: Path,
    targets: Mapping[StepName, Target],
    constraints: Sequence[Said] = (),
    root: Path | None = None,
) -> tuple[StepChange, ...]:
    """How the pipeline's requirements differ from those that the stored lock answers; () when they do not.

    raises: LockDamaged
    """
    _, stored = find(folder, pipeline, _platform(targets))
    return _differences(stored, pipeline_inputs(pipeline, targets), constraints, root)


def lock_place(pipeline: Pipeline, *, folder: Path, targets: Mapping[StepName, Target]) -> Path:
    """The folder in which the lock for these targets is, or would be. Raises LockDamaged."""
    return find(folder, pipeline, _platform(targets))[0]


def fill_wheelhouse(
    lock: Lock,
    *,
    root: Path,
    steps: Iterable[str] | None = None,
    progress: Callable[[str], None] = lambda _: None,
    tools: Tools | None = None,
    entry: str = "",
    folder: Path | None = None,
) -> Mapping[str, Path]:
    """sha256 -> path of every wheel of these steps (None: all), fetched where missing, each hash checked now.

    entry:  the pipeline's file, which may name indexes in a block of its own
    folder: ``ops0.lock``, which says where each is from; None: errors do not tell that
    raises: FetchFailed, HashMismatch, RebuildDiffers, SourceBuildFailed
    """
    from ops0_builder.lock.filling import fill  # noqa: PLC0415 - loads packaging
    from ops0_builder.lock.wheelhouse import user_wheelhouse  # noqa: PLC0415

    if tools is not None:
        given = tools
        return fill(lock, steps, given.wheelhouse, lambda: given, root, folder)

    def of_user() -> Tools:
        from ops0_builder.lock.tools import user_tools  # noqa: PLC0415 - only when wheels are missing

        return user_tools(root, progress=progress, entry=entry)

    return fill(lock, steps, user_wheelhouse(), of_user, root, folder)


def export_wheelhouse(lock: Lock, wheels: Mapping[str, Path], folder: Path) -> int:
    """Copy every wheel of a lock into a folder, by name, each hash checked. Gives their bytes.

    raises: NameTaken, HashMismatch
    """
    from ops0_builder.lock.carried import export_wheels  # noqa: PLC0415 - rarely asked for

    return sum(file.size for file in export_wheels(lock, wheels, folder))


def take_wheelhouse(lock: Lock, folder: Path, *, steps: Iterable[str]) -> Mapping[str, Path]:
    """sha256 -> path of every wheel of these steps, taken from that folder only. No program, no index.

    raises: WheelsMissing, HashMismatch
    """
    from ops0_builder.lock.carried import take_wheels  # noqa: PLC0415 - rarely asked for
    from ops0_builder.lock.wheelhouse import user_wheelhouse  # noqa: PLC0415

    return take_wheels(lock, steps, folder, user_wheelhouse())


def _differences(
    stored: StoredLock | None,
    wanted: Sequence[StepInputs],
    constraints: Sequence[Said],
    root: Path | None,
    *,
    strict: bool = False,
) -> tuple[StepChange, ...]:
    """What has been asked anew or no longer, and, where nothing has, what is locked that must not be."""
    if stored is None:
        return changes((), wanted)
    return changes(stored.inputs, wanted) or _unfit(stored, constraints, root, strict=strict)


def _unfit(
    stored: StoredLock,
    constraints: Sequence[Said],
    root: Path | None,
    *,
    strict: bool = False,
) -> tuple[StepChange, ...]:
    """Where a lock that answers what is asked has what it must not, or what has changed since."""
    found = unfit(stored.lock.steps, constraints)
    if found or root is None:
        return found
    return source_changes(stored.lock.steps, root, stored.files, strict=strict)


def _platform(targets: Mapping[StepName, Target]) -> str | None:
    return next((target.platform for target in targets.values()), None)


def _in_order(lock: Lock, pipeline: Pipeline) -> Lock:
    return Lock(inputs=lock.inputs, steps=tuple(lock.step(step.name) for step in pipeline.steps))
