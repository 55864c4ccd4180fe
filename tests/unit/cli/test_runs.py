"""``ops0 runs``: a line a run."""

from __future__ import annotations

import json
import shutil
import sys
from typing import Any

import pytest
from click import unstyle
from click.testing import CliRunner

from ops0.cli.main import main, ops0_command
from ops0.runtime.events import Event, encode_event
from ops0.runtime.runs import RunId, run_folder


def event(seq: int, kind: Any, **data: Any) -> bytes:
    time = "2026-01-02T03:04:05.000+00:00"
    at = 2.0 * (seq - 1)
    return encode_event(
        Event(seq=seq, time=time, at=at, kind=kind, call=None, attempt=None, data=data)
    )


def ran(run: str, **told: Any) -> None:
    folder = run_folder(RunId(run))
    folder.path.mkdir(parents=True)
    began = event(1, "run.started", run=run, pipeline="flow", engine="processes", calls=[], **told)
    folder.events.write_bytes(began + event(2, "run.ended", state="done", seconds=2.0))


def test_a_run_that_was_cut_off_before_its_first_event_is_none() -> None:
    folder = run_folder(RunId("20260102-030405-a1b2c3"))
    folder.path.mkdir(parents=True)
    folder.events.write_bytes(b"")
    assert json.loads(CliRunner().invoke(ops0_command, ["runs", "--json"]).stdout) == []


def test_runs_of_two_projects_of_one_name_say_which_they_are_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [f"/home/someone/work/{name}" for name in ("first-project", "second-project")]
    for number, folder in enumerate(folders):
        ran(f"2026010{number + 1}-030405-a1b2c3", project=folder)

    def told() -> list[str]:
        with pytest.raises(SystemExit):
            main(["runs"])
        return [unstyle(line) for line in capsys.readouterr().out.splitlines()]

    assert [line.partition("  of ")[2] for line in told()] == folders[::-1]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for width in (200, 80, 62):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = told()[1:]
        assert max(map(len, lines)) <= width
        found = [line.partition("  of ")[2] for line in lines]
        whole = zip(folders[::-1], found, strict=True)
        assert all(folder.endswith(shown.lstrip("…")) for folder, shown in whole)
        assert [len(shown) for shown in found] == {200: [33, 32], 80: [13, 13], 62: [0, 0]}[width]
    ran("20260103-030405-a1b2c3", project=folders[0])
    shutil.rmtree(run_folder(RunId("20260102-030405-a1b2c3")).path)
    assert "of" not in " ".join(told()), "two runs of one project"


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_line_fits_the_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran("20260102-030405-a1b2c3", isolated=True)
    name = "a-pipeline-with-a-name-of-some-length"
    folder = run_folder(RunId("20260102-030406-a1b2c3"))
    folder.path.mkdir(parents=True)
    told = {"run": folder.path.name, "pipeline": name, "engine": "containers", "calls": []}
    end = event(2, "run.ended", state="cancelled", seconds=2.0)
    folder.events.write_bytes(event(1, "run.started", **told) + end)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(SystemExit):
        main(["runs"])
    lines = [unstyle(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 3
    assert max(map(len, lines)) <= width
    assert (
        len(
            {
                line.index(word)
                for line, word in zip(lines, ("ENGINE", "containers", "isolated"), strict=True)
            }
        )
        == 1
    )
    assert any(name in line for line in lines) == (width == 200)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    with pytest.raises(SystemExit):
        main(["runs"])
    assert name in capsys.readouterr().out, "a program gets all"


@pytest.mark.parametrize(("told", "shown"), [({}, "processes"), ({"isolated": True}, "isolated")])
def test_it_says_whether_processes_were_isolated(told: dict[str, bool], shown: str) -> None:
    ran("20260102-030405-a1b2c3", **told)
    line = CliRunner().invoke(ops0_command, ["runs"]).stdout.split()
    assert line == ["20260102-030405-a1b2c3", "flow", shown, "done", "2.0", "s"]
    (row,) = json.loads(CliRunner().invoke(ops0_command, ["runs", "--json"]).stdout)
    assert (row["engine"], row["isolated"]) == ("processes", shown == "isolated")
