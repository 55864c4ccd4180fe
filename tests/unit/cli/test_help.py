"""``ops0 help``: the help of commands, and the pages that an installed ops0 brings with it."""

from __future__ import annotations

import re
import sys

import pytest
from click.shell_completion import BashComplete
from terminals import Terminal

from ops0.cli import main as boundary
from ops0.cli.command_table import COMMANDS
from ops0.cli.main import ops0_command
from ops0.cli.pages import followed, pages


def ended(argv: list[str]) -> object:
    with pytest.raises(SystemExit) as end:
        boundary.main(argv)
    return end.value.code


def test_every_page_can_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    known = pages()
    assert {"first-pipeline", "troubleshooting", "settings", "exit-codes"} <= set(known)
    assert not set(known) & set(COMMANDS)
    assert ended(["help", "topics"]) == 0
    told = capsys.readouterr().out
    for topic, page in known.items():
        assert re.search(rf"^  {topic} +{re.escape(page.title)}$", told, re.MULTILINE)


@pytest.mark.parametrize("topic", pages())
def test_a_link_to_another_page_is_the_command_that_shows_it(topic: str) -> None:
    known = pages()
    shown = followed(known[topic], known)
    assert shown.startswith("# ")
    assert not re.search(r"\]\((?!https?:)[^)]*\)", shown)
    assert "<!--" not in shown
    assert set(re.findall(r"\(`ops0 help (\S+)`\)", shown)) <= set(known)


def test_a_page_goes_into_a_pipe_as_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["help", "values"]) == 0
    assert capsys.readouterr().out == f"{pages()['values'].text}\n"


def test_a_page_is_fitted_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.setattr(sys, "stdout", shown := Terminal())
    assert ended(["help", "values"]) == 0
    told = re.sub(r"\x1b\[[0-9;]*m", "", shown.getvalue())
    assert "What crosses an edge" in told
    assert max(map(len, told.splitlines())) <= 60


def test_a_command_comes_before_a_page_of_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["help", "plan"]) == 0
    assert capsys.readouterr().out.startswith("Usage: ops0 plan")
    assert ended(["help", "reference/plan"]) == 0
    assert capsys.readouterr().out.startswith("# The plan as JSON")


def test_a_topic_that_is_none_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(["help", "trubleshooting"]) == 2
    told = capsys.readouterr().err
    assert (
        "no such command or topic 'trubleshooting'\nhint: did you mean 'troubleshooting'?" in told
    )


def test_a_shell_completes_topics() -> None:
    completes = BashComplete(ops0_command, {}, "ops0", "_OPS0_COMPLETE").get_completions
    assert [one.value for one in completes(["help"], "tro")] == ["troubleshooting"]
