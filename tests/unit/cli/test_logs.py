"""``ops0 logs`` of a run that is over."""

from __future__ import annotations

from click.testing import CliRunner

from ops0.cli.main import ops0_command
from ops0.runtime.events import EventLog
from ops0.runtime.runs import RunId, run_folder

RUN = RunId("20260101-000000-abcdef")


def test_calls_come_in_the_order_of_the_run() -> None:
    """``part[10]`` after ``part[2]``, and what is made of them last, whatever their names."""
    folder = run_folder(RUN)
    names = ["split", *(f"part[{n}]" for n in range(11)), "all"]
    log = EventLog(folder.events)
    told = [{"call": one, "step": one.partition("[")[0], "after": []} for one in names]
    log.add("run.started", run=RUN, pipeline="p", engine="processes", calls=told)
    log.add("run.ended", state="done", seconds=1.0)
    log.close()
    folder.logs.mkdir()
    for name in names:
        for attempt in (1, 2) if name == "split" else (1,):
            (folder.logs / f"{name}.{attempt}.log").write_text(f"{name} {attempt}\n")
    done = CliRunner().invoke(ops0_command, ["logs", RUN])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == ["split 1", "split 2", *(f"{one} 1" for one in names[1:])]


def test_a_failed_attempts_traceback_stands_below_what_it_printed() -> None:
    folder = run_folder(RUN)
    log = EventLog(folder.events)
    told = [{"call": one, "step": one, "after": []} for one in ("train", "late")]
    log.add("run.started", run=RUN, pipeline="p", engine="processes", calls=told)
    traceback = (
        'Traceback (most recent call last):\n  File "flow.py", line 3, in train\nKeyError: 1\n'
    )
    log.add("attempt.failed", "train", 1, message="KeyError: 1", traceback=traceback)
    log.add("attempt.failed", "late", 1, message="it did not end within 2 s", traceback="")
    log.add("run.ended", state="failed", seconds=1.0)
    log.close()
    folder.logs.mkdir()
    (folder.logs / "train.1.log").write_text("epoch 1\n")
    (folder.logs / "late.1.log").write_text("")
    done = CliRunner().invoke(ops0_command, ["logs", RUN])
    whole = ["epoch 1", *traceback.splitlines(), "failed: it did not end within 2 s"]
    assert (done.exit_code, done.stdout.splitlines()) == (0, whole)
    one = CliRunner().invoke(ops0_command, ["logs", RUN, "late"])
    assert one.stdout.splitlines() == whole[-1:]


def test_a_container_that_was_only_started_ahead_has_no_log() -> None:
    folder = run_folder(RUN)
    log = EventLog(folder.events)
    told = [{"call": one, "step": one, "after": []} for one in ("train", "report")]
    log.add("run.started", run=RUN, pipeline="p", engine="containers", calls=told)
    log.add("attempt.starting", "train", 1, what="x", nonce="n")  # and ops0 was killed
    log.add("attempt.starting", "train", 2, what="x", nonce="n")
    log.add("attempt.go", "train", 2, parked=0.0, inputs={}, number=1)
    log.add("attempt.dismissed", "report", 1, reason="a call it needs has failed")
    log.add("run.ended", state="done", seconds=1.0)
    log.close()
    folder.logs.mkdir()
    for name, text in (("train.1", ""), ("train.2", "epoch 1\n"), ("report.1", "")):
        (folder.logs / f"{name}.log").write_text(text)
    done = CliRunner().invoke(ops0_command, ["logs", RUN])
    assert (done.stdout, done.stderr) == ("epoch 1\n", "")
    alone = CliRunner().invoke(ops0_command, ["logs", RUN, "report"])
    assert (alone.stdout, alone.stderr) == ("", "(printed nothing)\n")
