"""Files and folders that commands are to write: one that cannot stand there is wrong usage, before any work."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from ops0.cli.main import ops0_command
from ops0.cli.to_be_written import ToBeWritten
from ops0.host.disk import NotWritable

NOBODY = 65534


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


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to others")
@pytest.mark.parametrize(
    ("kind", "name", "refused"),
    [
        (ToBeWritten(dir_okay=False, replaced=True), "mine/of-root.prom", False),
        (ToBeWritten(dir_okay=False, replaced=True), "of-root/mine.prom", True),
        (ToBeWritten(dir_okay=False), "mine/of-root.prom", True),
        (ToBeWritten(dir_okay=False), "of-root/mine.prom", False),
        (ToBeWritten(file_okay=False), "of-root", True),
        (ToBeWritten(file_okay=False, completed=True), "of-root", False),
        (ToBeWritten(file_okay=False, completed=True), "of-root/new", True),
    ],
)
def test_what_is_tried_is_what_will_be_written(kind: ToBeWritten, name: str, refused: bool) -> None:
    """A file that is replaced by another was opened, and a share that had every wheel already was refused."""
    with TemporaryDirectory() as base:  # not pytest's, which is for its own user only
        Path(base).chmod(0o755)
        for folder in (Path(base, "mine"), Path(base, "of-root")):
            folder.mkdir()
            for file in (folder / "mine.prom", folder / "of-root.prom"):
                file.touch()
            os.chown(folder / "mine.prom", NOBODY, NOBODY)
        os.chown(Path(base, "mine"), NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            with pytest.raises(NotWritable) if refused else nullcontext():
                kind.convert(str(Path(base, name)), None, None)
        finally:
            os.seteuid(0)
