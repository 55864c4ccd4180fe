"""What the tab key finds of a project: parameters, steps, environments."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from ops0.cli.main import ops0_command

FLOW = """
import ops0

@ops0.step
def load(path: str, count: int = 3): return list(range(count))

@ops0.step
def train(load, rate: float = 0.5, title="two words"): return rate

@ops0.pipeline
def flow(path, count: int = 3, rate: float = 0.5, title="two words"):
    return train(load(path, count), rate, title)
"""
SETTINGS = 'pipeline = "flow.py"\n[environments.test]\n[environments.production]\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flow.py").write_text(FLOW)
    (tmp_path / "ops0.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)


def completed(words: str, begun: str = "") -> list[str]:
    complete = BashComplete(ops0_command, {}, "ops0", "_OPS0_COMPLETE").get_completions
    return [one.value for one in complete(words.split(), begun)]


@pytest.mark.parametrize("words", ["run flow.py --param", "run --param", "run --json --param"])
def test_parameters_with_their_defaults(words: str) -> None:
    assert completed(words) == ["path=", "count=3", "rate=0.5", "title="]
    assert completed(words, "ra") == ["rate=0.5"]


def test_steps_and_environments() -> None:
    assert completed("build --step") == ["load", "train"]
    assert completed("build flow.py --step", "t") == ["train"]
    assert completed("deploy --env", "p") == ["production"]


def test_the_pipeline_that_stands_there_counts_and_not_that_of_the_settings() -> None:
    Path("other.py").write_text("import ops0\n\n@ops0.step\ndef only(of: int = 1): return of\n")
    assert completed("build other.py --step") == ["only"]
    assert completed("run other.py --param") == ["of=1"]


@pytest.mark.parametrize("words", ["build nobody.py --step", "run broken.py --param"])
def test_what_cannot_be_read_completes_nothing_and_says_nothing(
    words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("broken.py").write_text("def f(:\n")
    assert completed(words) == []
    assert capfd.readouterr() == ("", "")
