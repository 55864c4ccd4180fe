"""What is to go after its run: noted, held while somebody reads, and removed when its time has come."""

from __future__ import annotations

import fcntl
import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.core.pipeline import CallId
from ops0.host.folders import state_dir
from ops0.runtime.errors import StepFailed
from ops0.runtime.events import read_events
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.report import Report
from ops0.runtime.resuming.past import past_of
from ops0.runtime.runs import NEWEST, RunFolder, RunId, find_run, kept_runs, run_folder
from ops0.runtime.sweeping.cleanups import (
    LOOK_AGAIN,
    Hold,
    cleanup_leftovers,
    note_cleanups,
    notes,
    scratch_folder,
    sweep,
)
from ops0.runtime.watching.history import history_of

LATER = 10**6
RUN = "20260102-030405-a1b2c3"


def ran(make: SimpleNamespace, after: float, **more: Any) -> Report:
    options = {"b": {"cleanup_after": after}, **more}
    pipeline = make.pipeline(
        make.call("a"), make.call("b", "a"), make.call("c"), results=("b", "c"), options=options
    )
    return run_pipeline(pipeline, make.Engine())


def kinds(folder: RunFolder) -> list[tuple[str, str | None]]:
    return [(event.kind, event.call) for event in read_events(folder.events)]


def test_outputs_go_when_their_time_has_come_and_nothing_else_does(make: SimpleNamespace) -> None:
    folder = ran(make, 60).folder
    (folder.artifacts(CallId("b"))).mkdir(parents=True)
    ended = folder.events.stat().st_mtime
    assert sweep(ended + 59) == pytest.approx(1, abs=0.01)
    assert folder.result(CallId("b")).is_dir()
    assert sweep(ended + 60) is None
    assert not folder.result(CallId("b")).exists()
    assert folder.result(CallId("c")).is_dir()
    assert folder.artifacts(CallId("b")).is_dir()
    assert folder.log(CallId("b"), 1).is_file()
    assert kinds(folder)[-1] == ("call.cleaned", "b")
    assert list(notes()) == []
    history = history_of(read_events(folder.events))
    assert history.view.state == "done"
    assert history.calls[CallId("b")].view.cleaned
    assert not history.calls[CallId("c")].view.cleaned


def test_each_call_has_its_own_time_and_removing_one_moves_no_other(make: SimpleNamespace) -> None:
    folder = ran(make, 60, c={"cleanup_after": 120}).folder
    ended = folder.events.stat().st_mtime
    assert sweep(ended + 100) == pytest.approx(20, abs=0.01)
    assert folder.events.stat().st_mtime == ended
    assert [p.name for p in folder.results.iterdir()] == ["c"]
    assert sweep(ended + 121) is None
    assert list(folder.results.iterdir()) == []


def test_nothing_goes_while_somebody_has_the_report(make: SimpleNamespace) -> None:
    report = ran(make, 0)
    assert sweep(time.time() + LATER) == LOOK_AGAIN
    assert list(cleanup_leftovers(time.time() + LATER)) == []
    assert report.folder.result(CallId("b")).is_dir()
    folder = report.folder
    del report
    assert sweep(time.time() + LATER) is None
    assert not folder.result(CallId("b")).exists()


def test_a_run_that_failed_holds_nothing_though_its_error_is_kept(make: SimpleNamespace) -> None:
    options = {"a": {"cleanup_after": 1}}
    engine = make.Engine({("b", 0): make.raises()})
    with pytest.raises(StepFailed) as caught:
        run_pipeline(make.pipeline(make.call("a"), make.call("b", "a"), options=options), engine)
    folder = find_run(kept_runs()[-1])
    folder.value(CallId("a")).mkdir(parents=True)
    assert sweep(time.time() + LATER) is None
    assert not folder.value(CallId("a")).exists()
    assert caught.value.scene.call == "b"


def test_resuming_says_that_a_value_was_removed(make: SimpleNamespace) -> None:
    options = {"a": {"cleanup_after": 1}}
    pipeline = make.pipeline(make.call("a"), make.call("b", "a"), options=options)
    with pytest.raises(StepFailed):
        run_pipeline(pipeline, make.Engine({("b", 0): make.raises()}))
    folder = find_run(kept_runs()[-1])
    folder.value(CallId("a")).mkdir(parents=True)
    sweep(time.time() + LATER)
    assert past_of(read_events(folder.events), "log").call(CallId("a")).cleaned
    report = run_pipeline(pipeline, make.Engine(), RunOptions(resume=NEWEST))
    because = next(call.because for call in report.calls if call.call == "a")
    assert because == "its value was removed (@ops0.cleanup_after), and 'b' needs it"
    assert not past_of(read_events(folder.events), "log").call(CallId("a")).cleaned


def test_what_a_mapped_call_became_goes_with_it(make: SimpleNamespace) -> None:
    folder = ran(make, 60).folder
    for name in ("b[0]", "b[11]", "bb[0]"):
        folder.value(CallId(name)).mkdir(parents=True)
    previews = folder.preview(CallId("b[0]"), 2)
    previews.parent.mkdir(exist_ok=True)
    for name in ("b[0].2.json", "b.1.json", "c.1.json"):
        previews.with_name(name).write_text("{}")
    sweep(time.time() + LATER)
    assert [path.name for path in folder.values.iterdir()] == ["bb[0]"]
    assert [path.name for path in previews.parent.iterdir()] == ["c.1.json"]
    cleaned = [call for kind, call in kinds(folder) if kind == "call.cleaned"]
    assert cleaned == ["b", "b[0]", "b[11]"]


def test_a_run_without_the_decorator_notes_nothing(make: SimpleNamespace) -> None:
    run_pipeline(make.pipeline(make.call("a")), make.Engine())
    assert not (state_dir() / "cleanups").exists()
    assert sweep(time.time()) is None


def test_gc_names_what_is_due_once_and_removes_it(make: SimpleNamespace) -> None:
    folder = ran(make, 60).folder
    assert list(cleanup_leftovers(time.time())) == []
    (one,) = cleanup_leftovers(time.time() + 61)
    assert one.size
    assert str(folder.path) in one.name
    assert one.remove()
    assert not folder.result(CallId("b")).exists()


def test_what_could_not_be_removed_is_not_forgotten(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its note went all the same: it stayed for ever, and gc did not name it."""
    folder = ran(make, 60).folder
    with monkeypatch.context() as closed:
        closed.setattr("ops0.runtime.sweeping.cleanups.remove_folder", lambda _: False)
        assert sweep(time.time() + LATER) is None
    assert folder.result(CallId("b")).is_dir()
    (left,) = cleanup_leftovers(time.time() + LATER)
    assert left.remove()
    assert not folder.result(CallId("b")).exists()
    assert list(notes()) == []


def test_what_is_missing_already_is_not_told(make: SimpleNamespace) -> None:
    folder = ran(make, 60).folder
    folder.results.rename(folder.path / "elsewhere")
    sweep(time.time() + LATER)
    assert ("call.cleaned", "b") not in kinds(folder)


def test_a_log_that_cannot_be_read_keeps_nothing_from_going(make: SimpleNamespace) -> None:
    folder = ran(make, 60).folder
    folder.events.write_text("no log\n")
    assert sweep(time.time() + LATER) is None
    assert not folder.result(CallId("b")).exists()


def test_temporary_files_of_processes_go_too(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    hold = note_cleanups(RUN, {CallId("a"): 5.0}, scratch=True)
    assert isinstance(hold, Hold)
    folder = scratch_folder(RUN, CallId("a"), 2)
    (folder / "rows.csv").write_text("1")
    assert folder.stat().st_mode & 0o077 == 0
    hold.let_go()
    assert sweep(time.time()) == pytest.approx(5, abs=1)
    assert folder.is_dir()
    assert sweep(time.time() + 6) is None
    assert list(tmp_path.iterdir()) == []
    assert not run_folder(RUN).path.exists()  # type: ignore[arg-type]


def test_a_folder_that_somebody_else_has_made_is_not_used(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"ops0-{RUN}").symlink_to(tmp_path)
    with pytest.raises(FileExistsError):
        scratch_folder(RUN, CallId("a"), 1)
    (tmp_path / f"ops0-{RUN}").unlink()
    (tmp_path / f"ops0-{RUN}").touch()
    with pytest.raises(FileExistsError):
        scratch_folder(RUN, CallId("a"), 1)
    (tmp_path / f"ops0-{RUN}").unlink()
    folder = scratch_folder(RUN, CallId("a"), 1)
    (folder / "rows.csv").touch()
    assert list(scratch_folder(RUN, CallId("a"), 1).iterdir()) == [], "an attempt finds it empty"
    monkeypatch.setattr("os.geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(FileExistsError):
        scratch_folder(RUN, CallId("a"), 1)


@pytest.mark.parametrize(
    "change",
    [
        {"scratch": "/home"},
        {"run": "../../home"},
        {"v": 2},
        {"after": {"a": "soon"}},
        {"after": None},
    ],
)
def test_a_note_that_makes_no_sense_removes_nothing(change: dict[str, Any]) -> None:
    hold = note_cleanups(RUN, {CallId("a"): 0.0}, scratch=False)
    assert hold is not None
    path = state_dir() / "cleanups" / f"{RUN}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    hold.let_go()
    assert list(notes()) == []
    assert sweep(time.time() + LATER) is None
    assert path.is_file()


def test_who_waits_looks_again_when_the_first_is_due() -> None:
    for number, after in ((1, 500.0), (2, 50.0), (3, 5000.0)):
        hold = note_cleanups(f"20260102-03040{number}-a1b2c3", {CallId("a"): after}, scratch=False)
        assert hold is not None
        hold.let_go()
    assert sweep(time.time()) == pytest.approx(50, abs=5)


def test_a_note_that_a_resumed_run_has_replaced_meanwhile_is_not_acted_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is locked by nobody: whoever resumes the run holds the one in its place."""
    hold = note_cleanups(RUN, {CallId("a"): 0.0}, scratch=False)
    assert hold is not None
    hold.let_go()
    result = run_folder(RunId(RUN)).result(CallId("a"))
    result.mkdir(parents=True)
    held, lock = list[Hold | None](), fcntl.flock

    def late(handle: Any, how: int) -> None:
        note = not held and how & fcntl.LOCK_NB
        if note:
            held.append(None)
            held[0] = note_cleanups(RUN, {CallId("a"): 3600.0}, scratch=False)
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", late)
    assert sweep(time.time() + LATER) == LOOK_AGAIN
    assert result.is_dir()


def test_what_a_link_leads_to_stays(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.csv").touch()
    hold = note_cleanups(RUN, {CallId("a"): 0.0}, scratch=False)
    assert hold is not None
    hold.let_go()
    result = run_folder(RunId(RUN)).result(CallId("a"))
    result.parent.mkdir(parents=True)
    result.symlink_to(tmp_path / "data")
    assert sweep(time.time() + LATER) is None
    assert not result.is_symlink()
    assert (tmp_path / "data" / "rows.csv").exists()
