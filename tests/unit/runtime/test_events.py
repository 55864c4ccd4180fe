"""The event log as a file: what goes in comes out; what is damaged says where."""

from __future__ import annotations

import errno
import io
import os
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.pipeline import CallId
from ops0.runtime import events
from ops0.runtime.errors import RunLogFault
from ops0.runtime.events import Event, EventLog, decode_event, encode_event, read_events

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["seconds", "exit", "message"]), json_values), st.booleans())
def test_an_event_survives_its_line(data: dict[str, object], of_a_call: bool) -> None:
    event = Event(
        seq=3,
        time="2026-01-02T03:04:05.678+00:00",
        at=1.5,
        kind="attempt.failed",
        call=CallId("a") if of_a_call else None,
        attempt=2 if of_a_call else None,
        data=data,
    )
    line = encode_event(event)
    assert line.count(b"\n") == 1
    assert decode_event(line, "x") == event


def test_a_log_is_numbered_without_gaps_and_told_whole(tmp_path: Path) -> None:
    told: list[Event] = []
    log = EventLog(tmp_path / "runs/r/events.jsonl", told.append)
    log.add("run.started", run="r")
    log.add("attempt.log", CallId("a"), 1, line="not written")
    log.add("call.done", CallId("a"), attempts=1, seconds=0.5)
    log.close()
    kept = list(read_events(tmp_path / "runs/r/events.jsonl"))
    assert [event.kind for event in told] == ["run.started", "attempt.log", "call.done"]
    assert [(event.seq, event.kind) for event in kept] == [(1, "run.started"), (2, "call.done")]
    assert kept[1] == told[2]


def test_a_log_is_never_written_over(tmp_path: Path) -> None:
    EventLog(tmp_path / "events.jsonl").close()
    with pytest.raises(FileExistsError):
        EventLog(tmp_path / "events.jsonl")


def test_a_line_that_is_still_being_written_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    log.add("run.started", run="r")
    log.close()
    path.write_bytes(path.read_bytes() + b'{"v":1,"seq":2,"ti')
    assert len(list(read_events(path))) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense", "events.jsonl:1: not JSON"),
        ("[]", "events.jsonl:1: not an event"),
        ('{"v":4}', "events.jsonl:1: version 4, this ops0 reads 1 to 3"),
        ('{"v":1,"seq":"1"}', "events.jsonl:1: seq is missing or wrong"),
        ('{"v":1,"seq":1,"time":"t","at":0,"event":"x","data":{}}', "events.jsonl:1: event is"),
    ],
)
def test_a_damaged_log_says_where(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(f"{line}\n")
    with pytest.raises(RunLogFault) as caught:
        list(read_events(path))
    assert str(caught.value).startswith(says)


def test_a_lone_surrogate_does_not_stop_the_log() -> None:
    event = Event(seq=1, time="t", at=0.0, kind="attempt.done", data={"preview": "a\ud800"})
    assert decode_event(encode_event(event), "x").data == {"preview": "a?"}


class FullDisk(io.FileIO):
    """Takes some bytes of a line, then has no room."""

    room = 10**9

    def write(self, data: Any) -> int:
        if self.room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = super().write(bytes(data)[: self.room]) or 0
        self.room -= taken
        return taken


def test_a_full_disk_tears_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    log.close()
    file = FullDisk(path, "r+")
    monkeypatch.setattr(log, "_file", file)
    log.add("run.cleaning")
    file.room = 7
    with pytest.raises(OSError, match="No space left") as caught:
        log.add("run.ended", state="done", seconds=1.0)
    assert caught.value.filename == str(path)
    file.room = 10**9
    log.add("run.ended", state="failed", seconds=1.0)
    log.close()
    assert [event.data for event in read_events(path)] == [{}, {"state": "failed", "seconds": 1.0}]


def table_of_kinds() -> dict[str, str]:
    """What the module's docstring says of each kind: "yes" where it is on the disk first."""
    lines = str(events.__doc__).splitlines()
    begin, end = [at for at, line in enumerate(lines) if line.startswith("====")][1:]
    rows = [line for line in lines[begin + 1 : end] if not line.startswith(" ")]
    return {row.split()[0]: "yes" if row[21:27].strip() == "yes" else "" for row in rows}


def test_an_intent_is_on_the_disk_before_anybody_hears_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = table_of_kinds()
    assert told.keys() == set(get_args(events.EventKind))
    synced, heard = list[int](), dict[str, str]()
    monkeypatch.setattr(os, "fdatasync", synced.append)

    def hear(event: Event) -> None:
        heard[event.kind] = "yes" if synced else ""
        synced.clear()

    log = EventLog(tmp_path / "events.jsonl", hear)
    for kind in get_args(events.EventKind):
        log.add(kind)
    log.close()
    assert heard == told


def test_a_log_that_was_removed_is_told_once(tmp_path: Path) -> None:
    """The run is ended by that, and what is to be told of the end is no second fault."""
    log = EventLog(tmp_path / "events.jsonl")
    log.add("run.started")
    (tmp_path / "events.jsonl").unlink()
    log.add("attempt.ready")  # which is no intent
    with pytest.raises(RunLogFault, match="it was removed while the run went on"):
        log.add("attempt.go")
    log.add("run.ended")
    log.close()


def test_a_log_that_goes_on_counts_time_and_events_on(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    log.add("run.started")
    log.close()
    path.write_bytes(path.read_bytes() + b'{"v":3,"seq":2,"ti')
    last = replace(next(read_events(path)), at=1000.0)
    log = EventLog(path, last=last)
    assert log.add("run.resumed").seq == 2
    log.close()
    begun, resumed = read_events(path)
    assert (begun.seq, resumed.seq) == (1, 2)
    assert 1000.0 <= resumed.at < 1060.0
