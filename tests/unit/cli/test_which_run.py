"""Which run ``ops0 logs`` and ``ops0 report`` mean: nobody was told whose run they showed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops0.cli.main import ops0_command
from ops0.runtime.events import EventLog
from ops0.runtime.runs import RunId, run_folder


def ran(number: int, project: Path, entry: str) -> str:
    """A run of one call ``a``, which printed its own id."""
    run = RunId(f"20260101-00000{number}-abcdef")
    folder = run_folder(run)
    log = EventLog(folder.events)
    log.add(
        "run.started",
        run=run,
        pipeline=entry.removesuffix(".py"),
        engine="processes",
        project=str(project),
        entry=entry,
        calls=[{"call": "a", "step": "a", "after": []}],
    )
    log.add("run.ended", state="done", seconds=1.0)
    log.close()
    folder.logs.mkdir()
    (folder.logs / "a.1.log").write_text(f"{run}\n")
    return run


def logs(*words: str) -> Result:
    return CliRunner().invoke(ops0_command, ["logs", *words])


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Four runs of three projects, the current folder in that of the first two."""
    mine, inner, other = tmp_path / "mine", tmp_path / "mine/inner", tmp_path / "other"
    for folder in (inner, other):
        folder.mkdir(parents=True)
    monkeypatch.chdir(mine)
    return {
        "old": ran(1, mine, "flow.py"),
        "new": ran(2, mine, "b.py"),
        "inner": ran(3, inner, "flow.py"),
        "other": ran(4, other, "c.py"),
    }


def test_however_many_runs_came_later_it_is_found(runs: dict[str, str]) -> None:
    for number in range(1_001):
        run_folder(RunId(f"20260102-00{number:04}-abcdef")).path.mkdir()
    assert logs("flow").stdout.split() == [runs["old"]]


def test_the_newest_run_of_the_project_is_meant_and_told(runs: dict[str, str]) -> None:
    done = logs()
    assert done.stdout.split() == [runs["new"]]
    assert done.stderr == f"run {runs['new']} of b (b.py)\n"


def test_a_run_of_another_project_is_told_with_its_place(
    runs: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(elsewhere)
    done = logs("a")
    assert done.stdout.split() == [runs["other"]]
    assert done.stderr == f"run {runs['other']} of c (c.py) in {tmp_path / 'other'}\n"


@pytest.mark.parametrize(
    ("word", "meant"),
    [("flow.py", "old"), ("flow", "old"), ("inner/flow.py", "inner"), ("c", "other"), ("a", "new")],
)
def test_a_pipeline_stands_for_its_newest_run(word: str, meant: str, runs: dict[str, str]) -> None:
    done = logs(word)
    assert (done.exit_code, done.stdout.split()) == (0, [runs[meant]])
    assert done.stderr.count("run ") == 1


def test_a_bundle_stands_for_its_newest_run(runs: dict[str, str], tmp_path: Path) -> None:
    run = ran(5, tmp_path / "mine/flow.ops0", "flow.py")
    assert logs("flow.ops0").stdout.split() == [run]
    assert runs


def test_the_newest_run_of_a_pipeline_and_one_call_of_it(runs: dict[str, str]) -> None:
    assert logs("flow.py", "a").stdout.split() == [runs["old"]]


def test_of_a_run_by_its_id_nothing_more_is_told(runs: dict[str, str]) -> None:
    assert (logs(runs["old"]).stdout.split(), logs(runs["old"]).stderr) == ([runs["old"]], "")


def test_what_is_no_pipeline_and_no_call_is_an_error(runs: dict[str, str]) -> None:
    done = logs("nothing")
    assert type(done.exception).__name__ == "NoLog"
    assert CliRunner().invoke(ops0_command, ["report", "nothing"]).exit_code != 0
    assert runs["new"] in str(done.exception)
