"""A deployment that takes another project's place is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0.cli.deployed_from import note_deployed

HERE = "on this machine"


def test_only_another_project_that_is_still_there_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "sécond"
    for folder in (first, second):
        folder.mkdir()

    def told(root: Path, *, place: str = HERE, environment: str = "prod") -> str:
        note_deployed(place, "flow", environment, 7, root)
        return capsys.readouterr().err

    assert told(first) == ""
    assert told(first) == "", "the next version of the same"
    assert told(second, environment="test") == ""
    assert told(second, place="in h.example/team/flow") == ""
    taken = told(second)
    assert taken.startswith(f"warning: flow prod version 7 takes the place of one from {first}\n")
    assert "ops0 rollback flow --env prod" in taken
    assert "takes the place" in told(first)
    second.rename(tmp_path / "third")
    assert "takes the place" in told(tmp_path / "third")
    first.rmdir()
    (tmp_path / "third").rmdir()
    second.mkdir()
    assert told(second) == "", "a checkout that is gone was this one, moved"
