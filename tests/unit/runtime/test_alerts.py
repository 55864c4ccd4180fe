"""What is posted, how long it is tried, and that no fault of it ends a run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.cli.progress.run import plain_lines
from ops0.core.errors import EngineError
from ops0.core.step_options import Alert
from ops0.integrations.sending import Later, Message, SendFault, patiently, retry_after
from ops0.runtime.alerting import alerts
from ops0.runtime.alerting.alerts import Posting, alert_text, failure_text
from ops0.runtime.alerting.delivery import Credentials, shown
from ops0.runtime.errors import StepFailed
from ops0.runtime.events import Event, read_events
from ops0.runtime.monitoring import RunView
from ops0.runtime.orchestrator import RunOptions, run_pipeline

SLACK = Alert(kind="slack", to=("#a",), credential="env:T")


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
    assert alert_text("DataFrame, 3 rows", plain) == text


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


def test_credentials_are_looked_up_all_at_once_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "abc")
    monkeypatch.delenv("VAULT_ADDR", raising=False)
    (tmp_path / "token").write_text("def\n")
    hook = Alert(kind="webhook", to=("file:token",), credential="env:TOKEN")
    lost = Alert(kind="webhook", to=("env:NOT_SET_HERE",), credential="vault:kv/slack#token")
    credentials = Credentials([hook, lost, SLACK], tmp_path)
    assert credentials.read("env:TOKEN") == "abc"
    (tmp_path / "token").unlink()
    assert credentials.read("file:token") == "def"
    with pytest.raises(SendFault, match="env:NOT_SET_HERE: the environment has no such variable"):
        credentials.read("env:NOT_SET_HERE")
    with pytest.raises(SendFault, match="vault:kv/slack#token: VAULT_ADDR is not set") as caught:
        credentials.read("vault:kv/slack#token")
    assert caught.value.hint


def test_what_an_alert_refers_to() -> None:
    hook = Alert(kind="webhook", to=("env:HOOK",), credential="file:/run/token")
    assert hook.references == ("env:HOOK", "file:/run/token")
    assert Alert(kind="webhook", to=("https://x.org/a",)).references == ()
    mail = Alert(kind="email", to=("a@x.org",), server="env:S", user="env:U", credential="env:P")
    assert mail.references == ("env:P", "env:S", "env:U")
    assert SLACK.references == ("env:T",)


@pytest.mark.parametrize("fault", [SendFault("Slack says no", "ask"), RuntimeError("a bug")])
def test_no_fault_of_an_alert_ends_a_run(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    sent: list[tuple[Alert, Message]] = []

    def deliver(alert: Alert, message: Message, _: object) -> None:
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
    assert [message.text for _, message, _ in sent] == ["again"]
    assert [message.attempt for _, message, _ in sent] == [2]


def test_that_a_run_failed_is_posted_once_and_what_fails_of_it_is_a_warning(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sent: list[Message] = []

    def deliver(_: Alert, message: Message, __: object) -> None:
        sent.append(message)
        raise SendFault("Slack says no")

    monkeypatch.setattr(alerts, "deliver_alert", deliver)
    engine = make.Engine({("a", 1): make.raises()})
    folder, seen = Posting(folder=tmp_path, on_failure=(SLACK,)), RunView()
    lines: list[str] = []

    def listen(event: Event) -> None:
        seen.take(event)
        lines.extend(plain_lines(seen, event))

    pipeline = make.pipeline(make.call("a"), make.call("b", "a"))
    with pytest.raises(StepFailed):
        run_pipeline(pipeline, engine, RunOptions(posting=folder), on_event=listen)
    assert [(one.call, one.attempt, one.id) for one in sent] == [(None, None, f"{seen.run}/failed")]
    first, second, last = sent[0].text.split("\n")
    assert first == f"{pipeline.name}: run {seen.run} failed"
    assert "step 'a' failed" in second
    assert last == f"ops0 logs {seen.run}"
    assert "warning: the alert to slack #a was not sent: Slack says no" in lines


def test_an_engine_that_does_not_open_is_a_failed_run_and_a_good_run_is_none(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sent: list[Message] = []
    monkeypatch.setattr(alerts, "deliver_alert", lambda *given: sent.append(given[1]))
    posting = Posting(folder=tmp_path, on_failure=(SLACK,))
    run_pipeline(make.pipeline(make.call("a")), make.Engine(), RunOptions(posting=posting))
    assert sent == []
    engine = make.Engine()

    def gone(_: object) -> None:
        raise EngineError("the engine is gone")

    engine.open = gone
    with pytest.raises(EngineError):
        run_pipeline(make.pipeline(make.call("a")), engine, RunOptions(posting=posting))
    assert ["the engine is gone" in one.text for one in sent] == [True]


def test_of_a_crash_only_its_kind_is_posted() -> None:
    assert failure_text("p", "r", [ValueError("s3cret")]).split("\n")[1] == "ValueError"
