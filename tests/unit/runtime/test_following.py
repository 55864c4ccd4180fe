"""Following a run's logs: each line once, in order, however the file grows, until the run has ended."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ops0.core.pipeline import CallId
from ops0.host.owner import Owner, this_process
from ops0.runtime.events import EventLog
from ops0.runtime.runs import RunFolder, RunId, is_run_id, new_run_id, newest_run, run_folder
from ops0.runtime.watching.following import Follower, GrowingFile

A, B = CallId("a"), CallId("b")


class Running:
    """A run whose next deed happens each time the follower pauses."""

    def __init__(self, *deeds: Callable[[Running], None], owner: Owner | None = None) -> None:
        self.folder: RunFolder = run_folder(RunId("20260102-030405-a1b2c3"))
        self.log = EventLog(self.folder.events)
        self.folder.owner.write_text(str(owner or this_process()))
        calls = [{"call": c, "step": c, "after": [], "image": None} for c in ("a", "b")]
        self.log.add("run.started", run="r", pipeline="p", engine="processes", calls=calls)  # type: ignore[arg-type]
        self.folder.logs.mkdir()
        self._deeds = iter(deeds)

    def pause(self, seconds: float) -> None:
        deed = next(self._deeds, None)
        if deed is not None:
            deed(self)

    def prints(self, call: CallId, text: str, attempt: int = 1) -> None:
        with self.folder.log(call, attempt).open("a") as file:
            file.write(text)

    def ends(self) -> None:
        self.log.add("run.ended", state="done", seconds=1.0)
        self.log.close()


def told(run: Running, calls: set[CallId] | None = None) -> list[tuple[str, int, str]]:
    follower = Follower(run.folder, calls)
    return [(line.call, line.attempt, line.text) for line in follower.lines(run.pause)]


def test_lines_come_as_they_are_printed_and_the_last_ones_too() -> None:
    def last(run: Running) -> None:
        run.ends()
        run.prints(B, "after the end\n")

    run = Running(
        lambda run: run.prints(A, "one\ntw"),
        lambda run: run.prints(A, "o\n"),
        lambda run: run.prints(A, "again\n", attempt=2),
        lambda run: run.prints(B, "no newline"),
        last,
    )
    assert told(run) == [
        ("a", 1, "one"),
        ("a", 1, "two"),
        ("a", 2, "again"),
        ("b", 1, "no newlineafter the end"),
    ]


def test_what_was_printed_before_is_told_first() -> None:
    run = Running(lambda run: run.ends())
    run.prints(A, "early\n")
    run.prints(B, "other\n")
    assert told(run, {A}) == [("a", 1, "early")]


def test_a_killed_run_is_not_followed_for_ever() -> None:
    gone = this_process()
    gone = Owner(machine=gone.machine, boot=gone.boot, space=gone.space, pid=os.getpid(), started=1)
    run = Running(lambda run: run.prints(A, "last words"), owner=gone)
    run.log.close()
    follower = Follower(run.folder)
    assert [line.text for line in follower.lines(run.pause)] == ["last words"]
    assert follower.killed
    assert follower.view.state is None


@given(st.lists(st.binary(max_size=30), max_size=12))
def test_however_a_file_grows_its_lines_are_its_lines(pieces: list[bytes]) -> None:
    path = Path(os.environ["OPS0_STATE_DIR"]) / "growing"
    path.write_bytes(b"")
    growing, found = GrowingFile(path), []
    for piece in pieces:
        with path.open("ab") as file:
            file.write(piece)
        found += growing.lines()
    assert b"\n".join([*found, growing.rest()]) == b"".join(pieces)


def test_the_newest_run_is_the_one_that_began_last() -> None:
    ids = [new_run_id(now) for now in (1767323045.999, 1767323045.9989, 1767323045.0, 1767323044.5)]
    for run in ids:
        EventLog(run_folder(run).events).close()
    assert newest_run().path.name == ids[0]
    assert sorted(ids, reverse=True) == ids, "two of one second sort by time too"
    assert ids[0].startswith("20260102-030405-")
    assert is_run_id(ids[0])


def test_the_newest_run_is_the_last_one_whatever_the_clock_says() -> None:
    """The clock goes back by years, and by less than a run takes."""
    later = new_run_id(1767323045.0)
    run_folder(later).path.mkdir(parents=True)
    (run_folder(RunId("99999999-999999-abcdef")).path).mkdir()  # no id of ours
    ids = [later]
    for now in (1600000000.0, 1767323044.999, 1600000000.0, 1767323045.0):
        ids.append(new_run_id(now))
        run_folder(ids[-1]).path.mkdir()
    assert sorted(ids) == ids
    assert len(set(ids)) == 5
    assert all(is_run_id(run) for run in ids)
    assert ids[-1][:15] == later[:15], "a moment later, not a day"


def test_how_an_attempt_failed_comes_after_all_that_it_printed() -> None:
    def fail(run: Running) -> None:
        run.prints(A, "last words")
        run.log.add(
            "attempt.failed", A, 1, message="KeyError: 1", traceback="Traceback\nKeyError: 1\n"
        )

    def again(run: Running) -> None:
        run.prints(A, "anew\n", attempt=2)
        run.log.add("attempt.failed", B, 1, message="stopped", traceback="")

    run = Running(lambda run: run.prints(A, "one\n"), fail, again, Running.ends)
    expected = [
        (A, 1, "one"),
        (A, 1, "last words"),
        (A, 1, "Traceback"),
        (A, 1, "KeyError: 1"),
        (A, 2, "anew"),
    ]
    assert told(run, {A}) == expected
