"""The batches of a run: read before it starts, handed to its source steps, settled when its results are committed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops0.core.api.secrets import is_reference
from ops0.core.digest import digest_of, sha256
from ops0.core.errors import HostError, Ops0Error, raise_together
from ops0.core.pipeline import CallId, Pipeline
from ops0.core.record_source import RecordSource
from ops0.host.folders import lock_if_free, state_dir
from ops0.host.references import Unfound, look_up
from ops0.host.second_names import link_or_copy
from ops0.host.secrets import SecretMissing
from ops0.integrations.reading import Reader
from ops0.runtime.errors import RunLogFault
from ops0.runtime.events import read_events
from ops0.runtime.keeping.cached_results import Entry
from ops0.runtime.keeping.lookups import Kept
from ops0.runtime.outputs.folder_members import folder_members
from ops0.runtime.outputs.manifest import parse_manifest
from ops0.runtime.outputs.results import keep_output
from ops0.runtime.resuming.leases import CannotResume
from ops0.runtime.runs import RunFolder, RunId, run_folder
from ops0.runtime.sourcing.inbox import Inbox
from ops0_runner.protocol import MANIFEST_NAME


class NoRecords(HostError):
    """No source of the pipeline had a new record. Nothing was run."""

    exit_code = 77

    def __init__(self, sources: tuple[str, ...]) -> None:
        super().__init__(
            f"no new records: {', '.join(sources)}",
            "run it again later, or let it wait for them: ops0 run --follow",
        )


class SourceUntold(SecretMissing):
    """Nobody says where a source is, or with which password: a reference of its decorator leads nowhere."""

    def __init__(self, place: str, reference: str, fact: str, hint: str) -> None:
        super().__init__(place, "", reference, fact, hint)


class SourceBusy(HostError):
    """Another run on this machine works on a batch of the same source."""

    exit_code = 78

    def __init__(self, source: str) -> None:
        hint = "wait for it, or read under another name: group= of @ops0.source"
        super().__init__(f"{source}: another run works on a batch of it", hint)
        self.source = source


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A step with a source. ``place``: of the step, for errors."""

    step: str
    place: str
    source: RecordSource


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderName:
    """Who reads: a pipeline's name, and the root of its project; None: a bundle, which is at home everywhere."""

    pipeline: str
    project: str | None


@dataclass(frozen=True, slots=True)
class Batches:
    """The inbox of each source step."""

    inboxes: Mapping[str, Inbox] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Step -> its records, in this process."""
        return {step: inbox.records() for step, inbox in self.inboxes.items()}

    def settle(self) -> None:
        """The run has its results. Raises RecordsUnreadable, PositionLost; all together."""
        faults: list[Ops0Error] = []
        for inbox in self.inboxes.values():
            try:
                inbox.settle()
            except Ops0Error as fault:  # noqa: PERF203 - all are told together
                faults.append(fault)
        raise_together(faults)

    def placed(self, run: RunId, folder: RunFolder, pipeline: Pipeline) -> Mapping[CallId, Kept]:
        """Put each batch where the run's calls look for it, as a result that is there already."""
        found: dict[CallId, Kept] = {}
        for call in pipeline.calls:
            inbox = self.inboxes.get(call.step)
            if inbox is not None and inbox.pending is not None:
                target = folder.taken(call.id)
                told = inbox.pending.told
                found[call.id] = _found(call.id, inbox.value, target, run, told)
                if call.id in pipeline.results:
                    data = (target / MANIFEST_NAME).read_bytes()
                    keep_output(folder_members(target), data, folder.result(call.id))
        return found


@contextmanager
def batches(
    reader: ReaderName,
    wanted: tuple[Wanted, ...],
    run: str,
    folder: Path,
    *,
    resumed: bool = False,
) -> Iterator[Batches]:
    """Have a batch of every source ready, and hold the sources for a block.

    run:     that gets them;  folder: what relative paths of ``file:`` start from
    resumed: the run has begun before: it gets its own batches again, and no others
    raises:  NoRecords, SourceBusy, SecretMissing, CannotResume; RecordsUnreadable, BadRecord, PositionLost
    """
    if not wanted:
        yield Batches()
        return
    found = look_up({ref for one in wanted for ref in one.source.references}, folder)
    _check_found(wanted, found)
    with ExitStack() as stack:
        inboxes = {one.step: _opened(stack, reader, one, found) for one in wanted}
        (_take_again if resumed else _take)(inboxes, wanted, run)
        yield Batches(inboxes)


def _take(inboxes: Mapping[str, Inbox], wanted: tuple[Wanted, ...], run: str) -> None:
    counts = {step: inbox.take() for step, inbox in inboxes.items()}
    if not any(counts.values()):
        raise NoRecords(tuple(str(one.source) for one in wanted))
    for step, inbox in inboxes.items():
        if not counts[step]:
            inbox.empty()
        inbox.begin(run)


def _take_again(inboxes: Mapping[str, Inbox], wanted: tuple[Wanted, ...], run: str) -> None:
    """What is done was made of these records: with others the run would mix two batches."""
    for one in wanted:
        inbox = inboxes[one.step]
        if inbox.take_again(run):
            continue
        other = None if inbox.pending is None else inbox.pending.run
        if other is None:
            fact, hint = "has no batch of it any more", "start a new run: ops0 run"
        else:
            fact = f"no longer has its batch: run {other} has begun with it since"
            hint = f"go on with that one: ops0 run --resume {other}"
        raise CannotResume(f"{one.source}: run {run} {fact}", hint)


def wanted_sources(pipeline: Pipeline) -> tuple[Wanted, ...]:
    """The steps of a pipeline that have a source."""
    return tuple(
        Wanted(step=step.name, place=str(step.where), source=step.options.source)
        for step in pipeline.steps
        if step.options.source is not None
    )


def _opened(
    stack: ExitStack, name: ReaderName, wanted: Wanted, found: Mapping[str, str | Unfound]
) -> Inbox:
    source = wanted.source
    group = source.group or f"ops0.{name.pipeline}.{wanted.step}"
    folder = state_dir() / "sources" / _folder_name(name, wanted.step, source, group)
    if not stack.enter_context(lock_if_free(folder / "lock")):
        raise SourceBusy(str(source))
    reader = _reader(source, group, {one: str(found[one]) for one in source.references})
    stack.callback(reader.close)
    return Inbox(folder, source, reader, _is_done)


def _folder_name(name: ReaderName, step: str, source: RecordSource, group: str) -> str:
    """The folder of one reader's position. Pure.

    A broker knows a group by its name alone. For other kinds the project counts, unless somebody has named a group:
    two projects may have the same names, and the same relative addresses.
    """
    named = source.kind == "kafka" or source.group is not None or name.project is None
    own = [] if named else [name.project]
    return f"{step}-{digest_of([source.kind, source.place, source.server, group, *own])[:12]}"


def _reader(source: RecordSource, group: str, values: Mapping[str, str]) -> Reader:
    def given(text: str | None) -> str | None:
        return values[text] if text is not None and is_reference(text) else text

    # Each loads a library of its own, only for whoever reads it.
    address, place = given(source.server) or "", given(source.place) or ""
    if source.kind == "files":
        from ops0.integrations.files_source import FileReader  # noqa: PLC0415

        return FileReader(source, place)
    if source.kind == "sql":
        from ops0.integrations.sql_source import SqlReader  # noqa: PLC0415

        return SqlReader(source, address)
    if source.kind == "http":
        from ops0.integrations.http_source import HttpReader  # noqa: PLC0415

        return HttpReader(source, place, given(source.credential))
    from ops0.integrations.kafka import KafkaReader  # noqa: PLC0415

    return KafkaReader(source, group, address, given(source.user), given(source.credential))


def _check_found(wanted: tuple[Wanted, ...], found: Mapping[str, str | Unfound]) -> None:
    faults: list[Ops0Error] = []
    for one in wanted:
        for reference in one.source.references:
            value = found[reference]
            if isinstance(value, Unfound):
                place = f"{one.place}: step '{one.step}' reads {one.source}"
                faults.append(SourceUntold(place, reference, value.fact, value.hint))
    raise_together(faults)


def _is_done(run: str) -> bool:
    """Whether a run of this machine has committed its results."""
    try:
        last = None
        for event in read_events(run_folder(RunId(run)).events):
            last = event
    except (OSError, RunLogFault):
        return False
    return last is not None and last.kind == "run.ended" and last.data.get("state") == "done"


def _found(call: CallId, source: Path, target: Path, run: RunId, told: str) -> Kept:
    """Give the batch's files second names in the run's own folder; a run that is gone on with may have some there."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        link_or_copy(path, target / path.name)
    data = (target / MANIFEST_NAME).read_bytes()
    manifest = parse_manifest(data)
    digest = sha256(data)
    made = (target / MANIFEST_NAME).stat().st_mtime
    entry = Entry(manifest=digest, made=made, until=None, run=run, size=manifest.value.size)
    return Kept(call=call, key="", entry=entry, manifest=manifest, folder=target, because=told)
