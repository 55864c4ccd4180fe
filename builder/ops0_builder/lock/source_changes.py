"""Folders and files that wheels of a lock are built from, held against what was locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ops0.core.few import few
from ops0.core.locked import StepLock
from ops0_builder.lock.inputs import StepChange
from ops0_builder.lock.trees import changed_files

Files = Mapping[str, Mapping[str, str]]
"""Path of a folder from the project's root -> its files with the first characters of their digests."""


def source_changes(
    locks: Sequence[StepLock], root: Path, files: Files, *, strict: bool
) -> tuple[StepChange, ...]:
    """Where a folder or file is another than was locked: one entry a step. One that is not there has not changed.

    files:  of each folder when it was locked, to say which of them have changed
    strict: one that is not there is an error
    raises: SourceGone
    """
    placed = {
        (one.name, one.source)
        for step in locks
        for one in step.distributions
        if one.source is not None and one.source.kind in ("folder", "file")
    }
    if not placed:
        return ()
    from ops0_builder.lock.place_errors import SourceGone  # noqa: PLC0415 - most locks have none
    from ops0_builder.lock.placing import seen_at  # noqa: PLC0415

    notes = {}
    for name, source in placed:
        try:
            seen = seen_at(name, source.place, root)
        except SourceGone:
            if strict:
                raise
            continue
        if seen.source != source:
            notes[name] = _note(
                source.place, changed_files(files.get(source.place, {}), seen.files)
            )
    found = (
        (step, [notes[one.name] for one in step.distributions if one.name in notes])
        for step in locks
    )
    return tuple(
        StepChange(step=step.step, note=f"({'; '.join(said)})") for step, said in found if said
    )


def _note(place: str, changed: Sequence[str]) -> str:
    return f"{place} has changed: {few(changed, 5)}" if changed else f"{place} has changed"
