"""The pipeline in what a command of one pipeline tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ops0.cli import main as boundary
from ops0.cli.main import ops0_command
from ops0.cli.one_pipeline import with_pipeline


@pytest.mark.parametrize(
    ("hint", "wanted"),
    [
        ("update it: ops0 lock", "update it: ops0 lock 'my flow.py'"),
        ("start one: ops0 run", "start one: ops0 run 'my flow.py'"),
        ("or `ops0 lock --upgrade` it", "or `ops0 lock 'my flow.py' --upgrade` it"),
        ("without --containers `ops0 run` needs none", None),
        ("let it wait: ops0 run --follow", "let it wait: ops0 run 'my flow.py' --follow"),
        ("list the runs: ops0 runs", None),
        ("name a file: `ops0 run flow.py`", None),
    ],
)
def test_a_command_that_is_told_without_its_pipeline_gets_it(hint: str, wanted: str | None) -> None:
    assert with_pipeline(hint, "my flow.py") == (wanted or hint)
    assert with_pipeline(hint, None) == hint


def test_an_error_tells_the_command_for_the_pipeline_that_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flow.py").write_text("import ops0\n@ops0.step\ndef first(): return 1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        boundary.main(["lock", "flow.py", "--check"])
    assert end.value.code == 21
    assert "hint: make it: ops0 lock flow.py\n" in capsys.readouterr().err


def test_a_hint_names_the_pipeline_that_stands_behind_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`ops0 run --resume flow.py` said: start a new one: ops0 run."""
    monkeypatch.chdir(tmp_path)
    Path("flow.py").write_text("import ops0\n@ops0.step\ndef a(): ...\n")
    done = CliRunner().invoke(ops0_command, ["run", "--resume", "flow.py"])
    assert getattr(done.exception, "hint", "") == "start one: ops0 run flow.py"
