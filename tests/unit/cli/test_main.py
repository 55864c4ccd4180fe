"""The one error boundary."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete
from terminals import Terminal

from ops0.cli import main as boundary
from ops0.cli.command_table import COMMANDS, HEADINGS
from ops0.cli.main import ops0_command
from ops0.cli.usage import OTHER_WORDS
from ops0.core.errors import ErrorGroup, Ops0Error, SettingsError
from ops0.runtime.errors import run_stopped
from ops0.runtime.runs import RunId, run_folder


def ended(argv: list[str]) -> int:
    with pytest.raises(SystemExit) as end:
        boundary.main(argv)
    code = end.value.code
    assert isinstance(code, int)
    return code


def failing(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    def run(*args: object, **kwargs: object) -> None:
        raise fault

    monkeypatch.setattr(ops0_command, "main", run)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_tells_what_the_command_tells(name: str) -> None:
    command = import_module(f"ops0.cli.commands.{name}").command
    assert command.name == name
    assert (command.help or "").splitlines()[0] == COMMANDS[name]


def test_every_command_has_its_heading_once() -> None:
    assert sorted(name for names in HEADINGS.values() for name in names) == sorted(COMMANDS)


@pytest.mark.parametrize("name", ["run", "plan", "build", "lock", "requirements", "logs", "deploy"])
def test_a_help_page_ends_with_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended([name, "--help"]) == 0
    examples = capsys.readouterr().out.partition("Examples:\n")[2].splitlines()
    assert examples
    assert all(line.startswith(f"    ops0 {name}") for line in examples)


@pytest.mark.parametrize("width", [40, 60, 100])
def test_help_cuts_no_sentence(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert ended(["bundle", "--help"]) == 0
    told = capsys.readouterr().out
    assert "..." not in told.partition("Commands:")[2]
    words = " ".join(told.split())
    assert "create Build what is missing, and write images, graph and locks into one file." in words


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)


def test_wrong_usage_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["build", "--no-such-flag"]) == 2
    assert "--no-such-flag" in capsys.readouterr().err


def test_a_slip_in_a_commands_name_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(["rnu", "flow.py"]) == 2
    assert (
        capsys.readouterr().err == "error: ops0: no such command 'rnu'\nhint: did you mean 'run'?\n"
    )


def test_help_as_a_word_is_the_help_of_what_follows(capsys: pytest.CaptureFixture[str]) -> None:
    for words, flags in ((["help"], ["--help"]), (["help", "run"], ["run", "--help"])):
        assert ended(words) == ended(flags) == 0
        shown = capsys.readouterr().out
        assert shown[: len(shown) // 2] == shown[len(shown) // 2 :]


@pytest.mark.parametrize("name", ["run", "build"])
def test_every_option_of_a_long_help_has_a_heading(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended([name, "--help"]) == 0
    shown = capsys.readouterr().out
    command = import_module(f"ops0.cli.commands.{name}").command
    for heading, options in command.headings.items():
        section = shown.partition(f"\n{heading}:\n")[2].partition("\n\n")[0]
        assert [
            one for one in options if not re.search(rf"^  (-\w, )?{one}\b", section, re.MULTILINE)
        ] == []
    assert "Other options:\n  -h, --help" in shown or "--json" in shown.partition("Other")[2]


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (
            ["run", "flow.py", "train"],
            "too many: train\nhint: name a pipeline of a file as FILE:NAME",
        ),
        (["build", "flow.py", "train"], "too many: train\nhint: name a step with --step"),
        (["plan", "flow.py", "train"], "too many: train\nhint: see ops0 plan --help"),
        (
            ["requirements", "flow.py", "train"],
            "train: no such file\nhint: did you mean flow.py:train?",
        ),
        (["run", "rate=2"], "rate=2: no such file\nhint: a parameter is given as --param rate=2"),
        (
            ["run", "--rate", "2"],
            "\nhint: a parameter of the pipeline is given as --param rate=VALUE",
        ),
        (
            ["run", "--contaners"],
            "no such option '--contaners'\nhint: did you mean '--containers'?\n",
        ),
        (["run", "--container"], "\nhint: did you mean '--containers'?\n"),
        (["build", "--on", "there"], "no such option '--on'\nhint: see ops0 build --help\n"),
        (["gc", "--dry"], "\nhint: did you mean '--dry-run'?\n"),
        (["--json", "runs"], "no such option '--json'\nhint: see ops0 --help\n"),
        (
            ["run", "--jobs"],
            "ops0 run: option '--jobs' requires an argument\nhint: write --jobs N\n",
        ),
        (
            ["run", "--containers=1"],
            "ops0 run: option '--containers' does not take a value\nhint: write --containers alone\n",
        ),
        (
            ["bundle", "create", "-o"],
            "ops0 bundle create: option '-o' requires an argument\nhint: write -o FILE\n",
        ),
        (["bundle", "craete"], "no such command 'craete'\nhint: did you mean 'create'?\n"),
        (["version"], "did you mean 'ops0 --version'?"),
        (["clean"], "did you mean 'ops0 gc'?"),
        (["flow.py:train"], "hint: to run it: ops0 run flow.py:train"),
        (
            ["run", "--jobs", "x", "flow.py"],
            "error: ops0 run: invalid value for '--jobs': 'x' is no",
        ),
        (["run", "--isolate", "flow.ops0"], "\nhint: leave out --isolate\n"),
    ],
)
def test_a_word_too_many_is_told_with_what_may_be_meant(
    argv: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(argv) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("meant", sorted(set(OTHER_WORDS.values())))
def test_what_other_tools_call_something_is_answered_with_what_is_here(meant: str) -> None:
    assert ended([*meant.split(), "--help"]) == 0
    assert not set(OTHER_WORDS) & set(COMMANDS)


@pytest.mark.parametrize(("set_to", "colours"), [("", True), ("1", False)])
def test_no_color_is_obeyed(set_to: str, colours: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", set_to)
    monkeypatch.setattr(sys, "stderr", shown := Terminal())
    assert ended(["run", "nosuch.py"]) == 10
    assert "nosuch.py: no such file" in shown.getvalue()
    assert ("\x1b[" in shown.getvalue()) == colours


def test_a_shell_completes_commands_options_files_and_runs() -> None:
    (run_folder(RunId("20260102-030405-a1b2c3")).path).mkdir(parents=True)
    completes = BashComplete(ops0_command, {}, "ops0", "_OPS0_COMPLETE").get_completions
    assert [one.value for one in completes([], "ru")] == ["run", "runs"]
    assert [one.value for one in completes(["run"], "--res")] == ["--resume"]
    assert [one.type for one in completes(["run"], "flo")] == ["file"]
    for words in (["report"], ["run", "--resume"], ["logs"]):
        assert [one.value for one in completes(words, "2026")] == ["20260102-030405-a1b2c3"]


def test_an_error_is_told_with_its_hint_on_a_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, SettingsError("a.toml:3: no", "say yes"))
    assert ended([]) == SettingsError.exit_code
    assert capsys.readouterr().err == "error: a.toml:3: no\nhint: say yes\n"


def test_what_is_to_be_done_about_several_faults_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = [Ops0Error("a", "install it"), Ops0Error("b", "install it"), Ops0Error("c", "fix it")]
    failing(monkeypatch, ErrorGroup(faults))
    ended([])
    told = [line for line in capsys.readouterr().err.splitlines() if line]
    assert told == ["error: a", "error: b", "hint: install it", "error: c", "hint: fix it"]


def test_faults_found_together_are_told_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, ErrorGroup([SettingsError("one"), Ops0Error("two")]))
    assert ended([]) == SettingsError.exit_code
    assert capsys.readouterr().err == "error: one\nerror: two\n"


@pytest.mark.parametrize("second", [None, KeyboardInterrupt(), click.Abort()])
def test_how_to_go_on_is_told_also_where_a_second_ctrl_c_came_on_the_way(
    second: BaseException | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stopped(**_: object) -> None:
        try:
            raise KeyboardInterrupt("to go on with it: ops0 run flow.py --resume")
        finally:
            if second is not None:
                raise second

    monkeypatch.setattr(ops0_command, "main", stopped)
    assert ended([]) == 130
    told = capsys.readouterr().err
    assert told == "ops0: stopped\nhint: to go on with it: ops0 run flow.py --resume\n"


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), click.Abort()])
def test_ctrl_c_exits_130(
    stop: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, stop)
    assert ended([]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rerun", "told"),
    [
        ("ops0 run p.py", "ops0: stopped\nhint: to go on with it: ops0 run p.py --resume\n"),
        ("ops0 invoke p --env e", "ops0: stopped\n"),
    ],
)
def test_a_run_that_was_stopped_says_how_to_go_on(
    rerun: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*args: object) -> None:
        raise run_stopped(rerun)

    monkeypatch.setattr(
        click.Group, "invoke", stopped
    )  # below click's main, which turns it into its own
    assert ended(["runs"]) == 130
    assert capsys.readouterr().err.lstrip("\n") == told


def test_a_closed_pipe_exits_141(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*args: object) -> None:
        raise BrokenPipeError(errno.EPIPE, "closed")

    monkeypatch.setattr(
        click.Group, "invoke", broken
    )  # below click's main, which has its own answer
    turned: list[int] = []
    monkeypatch.setattr(os, "dup2", lambda _, fd: turned.append(fd))
    assert ended(["runs"]) == 141
    assert len(turned) == 1
    assert capfd.readouterr().err == ""


def test_a_fault_of_ops0_itself_is_kept_for_the_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, ZeroDivisionError("oh"))
    assert ended([]) == 1
    told = capsys.readouterr().err
    assert "ops0 itself failed: ZeroDivisionError: oh" in told
    assert "Traceback" not in told
    kept = list((Path(os.environ["OPS0_STATE_DIR"]) / "crashes").iterdir())
    assert "ZeroDivisionError: oh" in kept[0].read_text()
    assert str(kept[0]) in told


def test_what_is_kept_of_a_fault_tells_no_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """People send it on, and others of the machine look around."""
    failing(monkeypatch, ZeroDivisionError("oh"))
    monkeypatch.setattr(sys, "argv", ["ops0", "run", "--param", "token=hunter2"])
    assert ended([]) == 1
    (kept,) = (Path(os.environ["OPS0_STATE_DIR"]) / "crashes").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "hunter2" not in kept.read_text()
    assert "token=…" in kept.read_text()


def test_a_folder_that_was_removed_is_no_fault_of_ops0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setenv("PWD", str(gone))
    assert ended(["lock", "flow.py"]) == 72
    assert (
        f"error: {gone}: the folder that you are in is no longer there" in capsys.readouterr().err
    )


def test_a_folder_that_cannot_be_made_is_answered_with_another_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert ended(["init", str(tmp_path / "file" / "demo")]) == 72
    assert "hint: name another folder: ops0 init FOLDER" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["run", "--jobs", "0"], "'0' is no whole number of 1 or more"),
        (["runs", "-n", "x"], "'x' is no whole number of 1 or more"),
        (["gc", "--keep", "-1"], "'-1' is no whole number of 0 or more"),
        (["base", "--python", "three"], "'three' is no version of Python 3: write it as 3.11"),
    ],
)
def test_a_number_that_is_none_is_wrong_usage(
    argv: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(argv) == 2
    assert told in capsys.readouterr().err


def test_a_plan_is_shown_where_its_images_cannot_be_worked_out_for_want_of_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in a container whose home is read-only."""
    (tmp_path / "flow.py").write_text("import ops0\n@ops0.step\ndef first(): return 1\n")
    monkeypatch.chdir(tmp_path)

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", "/home/.cache")

    monkeypatch.setattr("ops0.cli.wiring.check_lock", refuse)
    assert ended(["plan", "flow.py"]) == 0
    out, err = capsys.readouterr()
    assert "first()" in out
    assert "Images are not shown: /home/.cache: read-only file system" in err


def test_a_home_that_can_hold_nothing_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of a service account whose home is ``/dev/null``."""
    (tmp_path / "home").write_text("")
    for name in ("OPS0_STATE_DIR", "OPS0_CACHE_DIR", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert ended(["deployments"]) == 72
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert f"{tmp_path}/home/.local/state/ops0: this folder cannot be made" in told[0]
    assert "OPS0_STATE_DIR" in told[1]


def test_a_package_that_nothing_needs_is_answered_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flow.py").write_text("import numpy\ndef f(): return numpy.array([1])\n")
    assert ended(["requirements", "flow.py", "--why", "numpyy"]) == 10
    told = capsys.readouterr().err
    assert "no function needs numpyy\nhint: did you mean 'numpy'? see what is needed: " in told
    Path("flow.py").write_text("import jinja2\ndef f(): return jinja2.Template('')\n")
    assert ended(["requirements", "flow.py", "--why", "markupsafe"]) == 10
    assert "hint: it comes with jinja2; why that: ops0 requirements flow.py --why jinja2" in (
        " ".join(capsys.readouterr().err.split())
    )


def test_a_warning_about_a_helper_is_told_once_for_all_that_call_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    callers = "".join(f"def f{at}(x): return load(x)\n" for at in range(3))
    Path("flow.py").write_text(f"def load(x): return __import__(x)\n{callers}")
    assert ended(["requirements", "flow.py"]) == 0
    told = capsys.readouterr().err
    assert told.count("warning: ") == told.count("hint: ") == 1
    assert "warning: load, f0 and 2 more: flow.py:1: what `__import__(x)` imports is" in told


def test_a_pipeline_is_told_from_its_steps_where_needs_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flow.py").write_text(
        "import ops0\n@ops0.step\ndef load(): return 1\n@ops0.pipeline\ndef main(): return load()\n"
    )
    assert ended(["requirements", "flow.py"]) == 0
    assert capsys.readouterr().out.splitlines()[::2] == [
        "flow.py:load",
        "flow.py:main  (a pipeline: read, never run; no image has it)",
    ]
    assert ended(["requirements", "flow.py", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"flow.py": {"load": [], "main": []}}
