"""That a step runs what it unpacks or compiles itself is told where it is planned, and of a bundle before it runs."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from handmade import a_pipeline, a_step

from ops0.cli import bundles
from ops0.cli.main import ops0_command
from ops0.cli.show.plan import pipeline_lines
from ops0.core.pipeline import Pipeline, Reason, Where

WHY = (
    Reason(Where("p.py", 3), "pyspark: it unpacks"),
    Reason(Where("p.py", 9), "torch.compile(): it compiles"),
)


@pytest.fixture
def pipeline() -> Pipeline:
    return a_pipeline([a_step("rides", native_code=WHY), a_step("report")], (), ())


def test_the_plan_says_why(pipeline: Pipeline) -> None:
    def told(*, explain: bool) -> list[str]:
        lines = pipeline_lines(pipeline, explain=explain)
        return [line.split(maxsplit=2)[2] for line in lines if line.startswith("  native code")]

    first, second = "p.py:3  pyspark: it unpacks", "p.py:9  torch.compile(): it compiles"
    assert told(explain=False) == [first]
    assert told(explain=True) == [first, second]


def test_a_bundle_says_which_steps(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = [SimpleNamespace(step=one.name, tag="t", digest="d") for one in pipeline.steps]
    lock = SimpleNamespace(step=lambda _: SimpleNamespace(distributions=()), steps=())
    inner = SimpleNamespace(pipeline=pipeline, images=images, lock=lock, ops0="1")
    whole = SimpleNamespace(bundle=inner, tools=(), members=(), size=0)

    @contextmanager
    def opened(*_: Any) -> Any:
        yield whole

    monkeypatch.setattr(bundles, "opened", opened)
    file = tmp_path / "f.ops0"
    file.touch()
    done = CliRunner().invoke(ops0_command, ["bundle", "inspect", str(file)])
    told = done.stdout.splitlines()
    assert told[1] == "rides: t, asks for native code"
    assert "report: t" in told
