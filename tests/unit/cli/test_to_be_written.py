"""Files and folders that commands are to write: one that cannot stand there is wrong usage, before any work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops0.cli.main import ops0_command
from ops0.host.disk import NotWritable


@pytest.mark.parametrize(
    ("argv", "option"),
    [
        (["report", "-o", "flow.py/run.html"], "'-o' / '--out'"),
        (["metrics", "-o", "flow.py/x/ops0.prom"], "'-o' / '--out'"),
        (["lock", "--wheelhouse", "flow.py/wheels"], "'--wheelhouse'"),
        (["build", "--print", "--to", "flow.py/tree"], "'--to'"),
        (["bundle", "create", "-o", "flow.py/flow.ops0"], "'-o' / '--out'"),
        (["run", "--out", "flow.py/results"], "'--out' / '-o'"),
    ],
)
def test_a_file_in_the_way_is_named(
    argv: list[str], option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flow.py").touch()
    done = CliRunner().invoke(ops0_command, argv)
    assert done.exit_code == 2
    assert f"Invalid value for {option}: {argv[-1]}: flow.py is no folder" in done.output


def test_a_page_makes_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops0.cli.commands.report.meant_run", lambda _: None)
    monkeypatch.setattr("ops0.cli.reporting.run_page", lambda _: "<p>a page")
    target = tmp_path / "new" / "run.html"
    done = CliRunner().invoke(ops0_command, ["report", "-o", str(target)])
    assert (done.exit_code, target.read_text()) == (0, "<p>a page")


@pytest.mark.parametrize(
    "argv",
    [
        ["report", "-o"],
        ["metrics", "-o"],
        ["lock", "--wheelhouse"],
        ["build", "--print", "--to"],
        ["run", "--out"],
        ["bundle", "create", "-o"],
    ],
)
def test_a_place_where_nothing_can_be_made_is_told_before_any_work(argv: list[str]) -> None:
    """A page in /proc was a fault of ops0 itself: root has every right there."""
    done = CliRunner().invoke(ops0_command, [*argv, "/proc/x.ops0"])
    assert isinstance(done.exception, NotWritable)
    assert str(done.exception).startswith("/proc/x.ops0: cannot be written: ")


def test_what_stands_there_already_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops0.cli.commands.report.meant_run", lambda _: sys.exit(9))
    old = tmp_path / "run.html"
    old.write_text("old")
    for target in (old, tmp_path / "new" / "run.html"):
        assert CliRunner().invoke(ops0_command, ["report", "-o", str(target)]).exit_code == 9
    assert [one.name for one in tmp_path.iterdir()] == ["run.html"]
    assert old.read_text() == "old"
