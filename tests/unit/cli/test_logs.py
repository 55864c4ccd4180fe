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
