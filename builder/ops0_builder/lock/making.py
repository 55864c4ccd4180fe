"""Making a lock: what is asked, resolved group by group, each file locked, written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import tomli
from packaging.pylock import Pylock, PylockValidationError
from packaging.utils import canonicalize_name

from ops0.core.errors import ErrorGroup, LockError, Ops0Error, raise_together
from ops0.core.locked import Lock, LockedDistribution, StepLock, Target
from ops0.core.near import did_you_mean
from ops0.core.pipeline import Pipeline, StepName
from ops0_builder.lock.constraints import Said, addresses_on, check_hashes, held_on
from ops0_builder.lock.errors import RequirementUnfit, ResolverFailed
from ops0_builder.lock.files import Known, Tools, lock_files
from ops0_builder.lock.folder import Beside, StoredLock, old_pins, store
from ops0_builder.lock.group_resolving import resolve_placed
from ops0_builder.lock.index_notes import IndexNotes, Notes, freed
from ops0_builder.lock.inputs import StepInputs, inputs_digest, pipeline_inputs, target_text
from ops0_builder.lock.origins import origin_unless_usual
from ops0_builder.lock.placing import Placing
from ops0_builder.lock.preferences import may_stay, preferred_versions
from ops0_builder.lock.pylock_reading import lock_digest
from ops0_builder.lock.pylock_writing import pylock_text
from ops0_builder.lock.resolver import GroupResolution, StepGroup, asked_by
from ops0_builder.lock.settings import LockSettings
from ops0_builder.lock.trees import short

_NOTHING = Beside()


def make_lock(
    pipeline: Pipeline,
    *,
    folder: Path,
    targets: Mapping[StepName, Target],
    settings: LockSettings,
    tools: Tools,
    beside: Beside = _NOTHING,
    constraints: Sequence[Said] = (),
    root: Path | None = None,
) -> Lock:
    """Resolve, lock every file, store, and give the lock.

    folder: of these targets' platform alone
    root:   the project's, which folders among the requirements are told from; None: where the lock's folder is
    beside: what is locked elsewhere in the folder; taken where it can be, even in an upgrade
    raises: LockError, several together in an ErrorGroup
    """
    _check_published(pipeline)
    asked, settings = settings, freed(settings, beside.noted)
    noted = _index_notes(beside, settings, tools)
    inputs = pipeline_inputs(pipeline, targets)
    stored, loose = _earlier(folder, pipeline, settings)
    placing = Placing(
        root=root or folder.parent,
        tools=_with_options(tools, settings),
        known=_known(stored, settings),
        beside=beside.commits,
    )

    preferred = partial(preferred_versions, settings, stored, loose, beside.pins)
    found, came_from = _locked(pipeline, inputs, preferred, placing, constraints)
    steps = tuple(found[step.name] for step in pipeline.steps)
    lock = Lock(inputs=inputs_digest(inputs), steps=steps)
    _check_upgrade(asked, lock)
    notes = noted.after(steps, came_from)
    _check_files(lock, inputs, notes)
    store(folder, pipeline, lock, inputs, _files(lock, placing), notes)
    return lock


def _locked(
    pipeline: Pipeline,
    inputs: Sequence[StepInputs],
    preferred: Callable[[Sequence[StepInputs], Mapping[str, str]], Mapping[str, str]],
    placing: Placing,
    constraints: Sequence[Said],
) -> tuple[Mapping[StepName, StepLock], Notes]:
    """Resolve and lock each group of steps; and from where. What is wrong with several is raised together."""
    found: dict[StepName, StepLock] = {}
    came_from: dict[StepName, Mapping[str, str]] = {}
    faults: list[LockError | ErrorGroup] = []
    common: dict[str, str] = {}
    for members in _groups(inputs):
        try:
            preferences = preferred(members, common)
            locks, pins, indexes = _lock_group(pipeline, members, preferences, placing, constraints)
            check_hashes(locks, constraints)
        except (LockError, ErrorGroup) as fault:
            faults.append(fault)
            continue
        found.update({lock.step: lock for lock in locks})
        came_from.update({lock.step: indexes for lock in locks})
        if members[0].group is None:
            # Steps on another target get the same versions where they can: values cross between them.
            common = {**pins, **common}
    raise_together(_flat(faults))
    return found, came_from


def _index_notes(beside: Beside, settings: LockSettings, tools: Tools) -> IndexNotes:
    return IndexNotes(
        noted=beside.noted,
        tied=tools.uv.indexed.ties,
        stays=lambda name: name in may_stay({name: ""}, settings),
        moved=settings.moved,
    )


def _with_options(tools: Tools, settings: LockSettings) -> Tools:
    """The tools, their uv told what the settings mean to it."""
    options = _options(settings, offline=tools.uv.is_offline)
    return replace(tools, uv=replace(tools.uv, options=(*tools.uv.options, *options)))


def _options(settings: LockSettings, *, offline: bool) -> tuple[str, ...]:
    """What the settings mean to uv. Who upgrades does not want what uv remembers of an index, if one may be asked."""
    builds = () if settings.builds else ("--no-build",)
    if settings.upgrade == "none" or offline:
        return builds
    if settings.upgrade == "all":
        return (*builds, "--refresh")
    named = (("--refresh-package", name) for name in sorted(settings.upgrade))
    return (*builds, *(option for pair in named for option in pair))


def _lock_group(
    pipeline: Pipeline,
    members: Sequence[StepInputs],
    preferences: Mapping[str, str],
    placing: Placing,
    constraints: Sequence[Said],
) -> tuple[tuple[StepLock, ...], Mapping[str, str], Mapping[str, str]]:
    """Lock the steps of one group on one target; and the group's pins, and what is from an index to be noted."""
    target, tools = members[0].target, placing.tools
    asked = asked_by(pipeline, frozenset(entry.step for entry in members))
    if asked:
        count = len({entry.text for entry in asked})
        tools.progress(
            f"lock: resolving {count} requirement{'' if count == 1 else 's'} for {target_text(target)}"
        )
    held = held_on(constraints, target)
    elsewhere = addresses_on(constraints, target, str(placing.root))
    group = StepGroup(inputs=tuple(members), target=target, asked=asked, preferred=preferences)
    resolution, placed = resolve_placed(group, placing, held, elsewhere)
    places: dict[str, str] = {
        canonicalize_name(entry.requirement.name): entry.place for entry in reversed(asked)
    }
    files = lock_files(resolution.used(placed), target, places, placing.known, tools)
    locks = tuple(_step_lock(entry, resolution, {**files, **placed}) for entry in members)
    pins = {name: pin for name, pin in resolution.pins.items() if name not in placed}
    origins = {
        name: origin_unless_usual(index, tools.usual) for name, index in resolution.indexes.items()
    }
    return locks, pins, origins


def _files(lock: Lock, placing: Placing) -> dict[str, Mapping[str, str]]:
    """The files of the folders that a lock's wheels are built from, as they are kept."""
    entries = (entry for step in lock.steps for entry in step.distributions)
    used = {entry.source.place for entry in entries if entry.source is not None}
    return {
        place: short(files) for place, files in placing.files.items() if place in used and files
    }


def _step_lock(
    entry: StepInputs, resolution: GroupResolution, files: Mapping[str, LockedDistribution]
) -> StepLock:
    distributions = tuple(files[name] for name in sorted(resolution.steps[entry.step]))
    return StepLock(
        step=entry.step,
        target=entry.target,
        distributions=distributions,
        digest=lock_digest(distributions),
    )


def _groups(inputs: Sequence[StepInputs]) -> list[list[StepInputs]]:
    """Steps that are resolved together: one list for each group and target, the common group first."""
    found: dict[tuple[str, str, str, tuple[int, int]], list[StepInputs]] = {}
    for entry in inputs:
        target = entry.target
        key = (entry.group or "", target.python, target.platform, target.glibc)
        found.setdefault(key, []).append(entry)
    return [found[key] for key in sorted(found)]


def _earlier(
    folder: Path, pipeline: Pipeline, settings: LockSettings
) -> tuple[StoredLock | None, Mapping[str, str]]:
    """The stored lock, and pins of files that have no index. Upgrading everything needs neither."""
    if settings.upgrade == "all":
        return None, {}
    return old_pins(folder, pipeline)


def _known(stored: StoredLock | None, settings: LockSettings) -> Known:
    if stored is None:
        return {}
    names = {entry.name: "" for step in stored.lock.steps for entry in step.distributions}
    stays = may_stay(names, settings)
    return {
        (step.target, entry.name, entry.version): entry
        for step in stored.lock.steps
        for entry in step.distributions
        if entry.name in stays
    }


def _check_upgrade(settings: LockSettings, lock: Lock) -> None:
    """An upgrade of something that no step uses is a slip of the user's."""
    if isinstance(settings.upgrade, str):
        return
    names = {entry.name for step in lock.steps for entry in step.distributions}
    unknown = sorted(name for name in settings.upgrade if canonicalize_name(name) not in names)
    if unknown:
        hint = did_you_mean(unknown[0], sorted(names), "see `ops0 plan` for what is used")
        raise RequirementUnfit(", ".join(unknown), "--upgrade", "no step uses it", hint)


def _check_published(pipeline: Pipeline) -> None:
    """What no index has from its authors is not asked of one: there the name may be a stranger's.

    raises: RequirementUnfit for each such need, together
    """
    faults = [
        RequirementUnfit(
            need.requirement,
            str(need.reasons[0].where),
            "its authors publish it on no index",
            f'declare the address of its wheel: @ops0.requires("{need.name} @ https://HOST/PATH/FILE.whl"); '
            "or put it on your own index or into a folder of find-links, and declare its name",
        )
        for step in pipeline.steps
        for need in step.needs
        if need.origin == "unpublished"
    ]
    raise_together(faults)


def _check_files(lock: Lock, inputs: Sequence[StepInputs], notes: Notes) -> None:
    """Every file, held to the specification by the reference implementation before it is written."""
    by_step = {entry.step: entry for entry in inputs}
    for step in lock.steps:
        text = pylock_text(step, by_step[step.step], notes.get(step.step, {}))
        _check_file(step.step, text)


def _check_file(step: StepName, text: str) -> None:
    try:
        Pylock.from_dict(tomli.loads(text))
    except (PylockValidationError, ValueError) as fault:
        raise ResolverFailed(f"{step}: no valid lock file comes of it", str(fault)) from fault


def _flat(faults: Sequence[LockError | ErrorGroup]) -> list[Ops0Error]:
    """The same without groups in the list."""
    return [
        fault
        for entry in faults
        for fault in (entry.errors if isinstance(entry, ErrorGroup) else (entry,))
    ]
