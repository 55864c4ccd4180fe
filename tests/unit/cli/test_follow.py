"""``ops0 run --follow``: what it says while it waits."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ops0.cli import follow as following
from ops0.core.record_source import RecordSource
from ops0.runtime.sourcing.sourcing import NoRecords


class Enough(Exception):
    """Ends what else goes on until Ctrl-C."""


def test_that_it_waits_is_said_once_for_each_time_that_it_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = iter([NoRecords(()), NoRecords(()), None, NoRecords(()), Enough()])
    shown: list[object] = []

    def run() -> object:
        end = next(told)
        if end is not None:
            raise end
        return "a report"

    source = RecordSource(kind="files", place="in/*", format="json")
    monkeypatch.setattr(following, "wanted_sources", lambda _: (SimpleNamespace(source=source),))
    monkeypatch.setattr(following.time, "sleep", lambda _: None)
    with pytest.raises(Enough):
        following.follow(None, run, shown.append)  # type: ignore[arg-type]
    said = capsys.readouterr().err.splitlines()
    assert said == ["waiting for new records of files 'in/*'"] * 2
    assert shown == ["a report"]
