"""Where there is more about a run, told to people and not to pipes."""

from __future__ import annotations

import sys

import pytest

from ops0.cli.show.results import show_more


def test_a_person_is_told_where_the_rest_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # A run that ended well said nothing of what its steps had printed, nor of its page.
    show_more()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    show_more()
    told = capsys.readouterr()
    assert told.out == ""
    assert "ops0 logs" in told.err
    assert "ops0 report" in told.err
