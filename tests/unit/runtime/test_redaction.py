"""What a run leaves on the host names no secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ops0.core.pipeline import CallId, StepName
from ops0.runtime.engines.streams import MAX_LOG_LINE, Lines
from ops0.runtime.errors import Failure, StepFailed
from ops0.runtime.execution.redaction import AttemptRedactor
from ops0.runtime.orchestrator import RunOptions, run_pipeline

SECRET = "correct-horse-battery"


def test_a_secret_that_a_cut_of_a_long_line_divides_is_hidden() -> None:
    redactor = AttemptRedactor({"A": SECRET})
    told: list[str] = []
    lines = Lines(lambda line: told.append(redactor.line(line)), MAX_LOG_LINE)
    lines.feed(b"x" * (MAX_LOG_LINE - 7) + SECRET.encode() + b" end\n")
    told.append(redactor.rest())
    assert "".join(told) == "x" * (MAX_LOG_LINE - 7) + "*** end"


def test_a_failure_of_an_import_that_wants_a_secret_says_where_to_read_it() -> None:
    failure = Failure(kind="import", type="KeyError", message="'DB_PASSWORD'")
    told = AttemptRedactor({"DB_PASSWORD": SECRET}).outcome(failure)
    assert isinstance(told, Failure)
    assert "inside the function" in (told.hint or "")


def test_logs_events_and_errors_of_a_run_have_stars(make: Any) -> None:
    pipeline = make.pipeline(make.call("a"), options={"a": {"secrets": (("A", "env:X"),)}})
    behaviour = make.raises(f"no access with {SECRET}")
    behaviour.prints = (f"connecting with {SECRET}",)
    engine = make.Engine({("a", 0): behaviour})
    told: list[Any] = []
    with pytest.raises(StepFailed) as caught:
        run_pipeline(
            pipeline,
            engine,
            RunOptions(secrets={StepName("a"): {"A": SECRET}}),
            on_event=told.append,
        )
    scene = caught.value.scene
    with Path(scene.log).open() as log:
        assert log.read() == "connecting with ***\n"
    assert "no access with ***" in str(caught.value)
    assert SECRET not in str(caught.value) + repr(told)
    (line,) = engine.gone
    assert line["secrets"] == {"A": SECRET}
    assert SECRET in json.dumps(line)  # the control: it was there to be seen


def test_a_secret_that_is_replaced_during_a_run_reaches_the_next_attempt(
    make: Any, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(SECRET)
    options = {"secrets": (("A", "file:key"),), "retry_attempts": 2, "retry_backoff": 0.0}
    refused, taken = make.raises("refused"), make.Behaviour(prints=("with another-horse-battery",))
    refused.before = lambda: (tmp_path / "key").write_text("another-horse-battery")
    engine = make.Engine({("a", 1): refused, ("a", 2): taken})
    report = run_pipeline(
        make.pipeline(make.call("a"), options={"a": options}),
        engine,
        RunOptions(project=tmp_path),
    )
    assert [line["secrets"]["A"] for line in engine.gone] == [SECRET, "another-horse-battery"]
    assert report.folder.log(CallId("a"), 2).read_text() == "with ***\n"


def test_a_step_without_secrets_gets_none(make: Any) -> None:
    engine = make.Engine()
    run_pipeline(
        make.pipeline(make.call("a")), engine, RunOptions(secrets={StepName("b"): {"A": SECRET}})
    )
    assert "secrets" not in engine.gone[0]
