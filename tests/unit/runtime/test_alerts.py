"""What is posted, how long it is tried, and that no fault of it ends a run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.cli.run_progress import plain_lines
from ops0.core.pipeline import Alert
from ops0.host.references import BadReference, read_reference
from ops0.integrations.sending import Later, Message, SendFault, patiently, retry_after
from ops0.runtime import alerts
from ops0.runtime.alerts import alert_text, shown
from ops0.runtime.events import read_events
from ops0.runtime.manifest import Manifest, Value
from ops0.runtime.monitoring import RunView
from ops0.runtime.orchestrator import run_pipeline
from ops0.runtime.verdict import Done

SLACK = Alert(kind="slack", to=("#a",), credential="env:T")


def done(plain: bytes | None, preview: str = "DataFrame, 3 rows") -> Done:
    value = Value(format="x", type="y", size=1, files=(), preview=preview)
    manifest = Manifest(run="r", call="c", attempt=1, nonce="n", value=value, python="3.11")
    return Done(manifest=manifest, digest="d", plain=plain)


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        (b"null", None),
        (b'"2 rows"', "2 rows"),
        (b'{"rows":2,"who":"\xc3\xa4"}', '{"rows": 2, "who": "ä"}'),
        (b"0", "0"),
        (b"not json", "DataFrame, 3 rows"),
        (None, "DataFrame, 3 rows"),
        (b'"\\u001b[31mred"', "red"),
        (b'"' + b"x" * 9000 + b'"', "x" * 3500 + "…"),
    ],
)
def test_the_text(plain: bytes | None, text: str | None) -> None:
    assert alert_text(done(plain)) == text


def test_of_a_webhook_only_the_host_is_shown() -> None:
    hook = Alert(kind="webhook", to=("https://hooks.example.org/T0/s3cret?k=1",))
    assert shown(hook) == "webhook hooks.example.org"
    assert shown(Alert(kind="webhook", to=("env:HOOK",))) == "webhook env:HOOK"
    assert shown(SLACK) == "slack #a"


def test_it_is_tried_again_as_the_server_asks_and_not_for_ever() -> None:
    now, waits = [0.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    answers: list[float | None] = [7.0, None, None]

    def send() -> None:
        if answers:
            raise Later("busy", answers.pop(0))

    patiently(send, limit=60, clock=lambda: now[0], sleep=sleep)
    assert waits == [7.0, 2.0, 4.0]
    answers[:] = [500.0]
    with pytest.raises(SendFault, match="busy; tried for 60 s"):
        patiently(send, limit=60, clock=lambda: now[0], sleep=sleep)
    assert waits == [7.0, 2.0, 4.0]


def test_retry_after_is_a_number_or_a_date() -> None:
    assert retry_after("3") == 3.0
    assert retry_after(None) is None
    assert retry_after("soon") is None
    date = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=30), usegmt=True)
    assert 25 < (retry_after(date) or 0) <= 30
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


def test_references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "abc")
    (tmp_path / "token").write_text("def\n")
    assert read_reference("env:TOKEN") == "abc"
    assert read_reference(f"file:{tmp_path}/token") == "def"
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for bad in (
        "env:NOT_SET_HERE",
        "file:/no/such",
        "x:y",
        f"file:{tmp_path}/empty",
        f"file:{tmp_path}/binary",
    ):
        with pytest.raises(BadReference) as caught:
            read_reference(bad)
        assert caught.value.reference == bad


@pytest.mark.parametrize("fault", [SendFault("Slack says no", "ask"), RuntimeError("a bug")])
def test_no_fault_of_an_alert_ends_a_run(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    sent: list[tuple[Alert, Message]] = []

    def deliver(alert: Alert, message: Message) -> None:
        sent.append((alert, message))
        raise fault

    monkeypatch.setattr(alerts, "deliver_alert", deliver)
    engine = make.Engine({("a", 1): make.Behaviour(value="3 rows")})
    pipeline = make.pipeline(
        make.call("a"), make.call("b", "a"), options={"a": {"alerts": (SLACK,)}}
    )
    report = run_pipeline(pipeline, engine)
    assert report.state == "done"
    assert [(alert, one.text, one.call) for alert, one in sent] == [(SLACK, "3 rows", "a")]
    events = list(read_events(report.folder.events))
    kinds = [event.kind for event in events]
    assert kinds.index("attempt.done") < kinds.index("alert.failed") < kinds.index("run.ended")
    view = RunView()
    lines = []
    for event in events:
        view.take(event)
        lines += list(plain_lines(view, event))
    assert any(line.startswith("warning: a: the alert to slack #a was not sent") for line in lines)


def test_a_step_that_fails_posts_nothing(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(alerts, "deliver_alert", lambda *given: sent.append(given))
    options = {"a": {"alerts": (SLACK,), "retry_attempts": 2, "retry_backoff": 0.0}}
    engine = make.Engine({("a", 1): make.raises(), ("a", 2): make.Behaviour(value="again")})
    run_pipeline(make.pipeline(make.call("a"), options=options), engine)
    assert [message.text for _, message in sent] == ["again"]
    assert [message.attempt for _, message in sent] == [2]
