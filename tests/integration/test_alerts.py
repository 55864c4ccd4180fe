"""Alerts against real servers of this machine: Slack's API, a webhook, a mail server; from processes and containers."""

from __future__ import annotations

import json
import subprocess
import textwrap
import time
import uuid
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from driver.command import OPS0
from receiving import Receiver, receiver
from registries.server import free_port

from ops0.cli.wiring import read_pipeline
from ops0.cli.work import open_work
from ops0.core.pipeline import Pipeline
from ops0.integrations.sending import Message, SendFault, patiently
from ops0.runtime.alerting.delivery import Credentials, deliver_alert
from ops0.runtime.containers import ContainerEngine
from ops0.runtime.engines.docker_engine import connect
from ops0.runtime.events import Event, read_events
from ops0.runtime.orchestrator import run_pipeline
from ops0.runtime.processes import ProcessEngine
from ops0.runtime.report import Report

PIPELINE = """
import ops0

@ops0.step
def score() -> dict:
    return {"predictions": [0.1, 0.9]}

@ops0.step
@ops0.alert.slack(channel="#fraud-alerts", base_url="env:SLACK_API")
@ops0.alert.webhook(url="env:HOOK", token="file:hook-token")
def alert_on_fraud(score):
    high = [one for one in score["predictions"] if one > 0.8]
    if high:
        return f"{len(high)} high-risk transactions detected"

@ops0.step
def count(alert_on_fraud) -> int:
    return len(alert_on_fraud or "")
"""


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def project(tmp_path: Path, server: Receiver, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    (tmp_path / "hook-token").write_text("s3cret\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_API", f"{server.url}/api")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-a-test")
    monkeypatch.setenv("HOOK", f"{server.url}/hooks/1")
    return tmp_path


def analysed(project: Path) -> Pipeline:
    return read_pipeline(open_work(str(project / "pipeline.py")))


def events(report: Report, kind: str) -> list[Event]:
    return [event for event in read_events(report.folder.events) if event.kind == kind]


def held(report: Report, server: Receiver) -> None:
    """One message to each place, of the committed result, and no credential where people look."""
    text = "1 high-risk transactions detected"
    by_path = {path: (headers, body) for path, headers, body in server.got}
    assert sorted(by_path) == ["/api/chat.postMessage", "/hooks/1"]
    headers, body = by_path["/api/chat.postMessage"]
    assert (body["channel"], body["text"]) == ("#fraud-alerts", text)
    assert headers["authorization"] == "Bearer xoxb-of-a-test"
    headers, body = by_path["/hooks/1"]
    assert body == {
        "text": text,
        "pipeline": report.pipeline,
        "run": report.run,
        "call": "alert_on_fraud",
        "attempt": 1,
    }
    assert headers["authorization"] == "Bearer s3cret"
    assert headers["idempotency-key"] == f"{report.run}/alert_on_fraud/1"
    sent = {str(event.data["to"]) for event in events(report, "alert.sent")}
    assert sent == {"slack #fraud-alerts", "webhook env:HOOK"}
    kept = report.folder.events.read_text()
    assert "xoxb" not in kept
    assert "s3cret" not in kept


def test_what_a_step_returns_is_posted_from_processes(project: Path, server: Receiver) -> None:
    report = run_pipeline(analysed(project), ProcessEngine(project))
    assert report.results == {"count": 33}
    held(report, server)


@pytest.mark.docker
def test_what_a_step_returns_is_posted_from_containers(project: Path, server: Receiver) -> None:
    """The image has neither the credentials nor a network: the host posts."""
    images = built(project)
    try:
        digests: Any = {step: image["digest"] for step, image in images.items()}
        report = run_pipeline(analysed(project), ContainerEngine(connect(), digests))
    finally:
        tags = [image["tag"] for image in images.values()]
        subprocess.run(["docker", "image", "rm", *tags], capture_output=True, check=True)
    assert report.results == {"count": 33}
    held(report, server)


def built(project: Path) -> dict[str, dict[str, str]]:
    (project / "ops0.toml").write_text(f'name = "alerts-{uuid.uuid4().hex[:8]}"\n')
    done = subprocess.run(
        [OPS0, "build", "pipeline.py", "--json"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, str]] = json.loads(done.stdout)["images"]
    return found


def test_none_posts_nothing(project: Path, server: Receiver) -> None:
    path = project / "pipeline.py"
    path.write_text(path.read_text().replace("> 0.8", "> 0.95"))
    report = run_pipeline(analysed(project), ProcessEngine(project))
    assert report.results == {"count": 0}
    assert server.got == []
    assert events(report, "alert.sent") + events(report, "alert.failed") == []


def test_retry_after_is_obeyed_by_both(project: Path, server: Receiver) -> None:
    server.answers = [(429, {"Retry-After": "1"}, {"ok": False, "error": "ratelimited"})] * 2
    began = time.monotonic()
    report = run_pipeline(analysed(project), ProcessEngine(project))
    assert time.monotonic() - began >= 1.0
    assert len(events(report, "alert.sent")) == 2
    assert len(server.got) == 4


def test_a_failed_alert_fails_no_run(
    project: Path, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.usual = (200, {}, {"ok": False, "error": "not_in_channel"})
    monkeypatch.delenv("HOOK")
    report = run_pipeline(analysed(project), ProcessEngine(project))
    assert report.state == "done"
    assert report.results == {"count": 33}
    failed = {str(event.data["to"]): event.data for event in events(report, "alert.failed")}
    assert failed["slack #fraud-alerts"]["message"] == "Slack says not_in_channel"
    assert "invite the bot" in str(failed["slack #fraud-alerts"]["hint"])
    assert "HOOK" in str(failed["webhook env:HOOK"]["message"])
    assert len(server.got) == 1


def test_the_command_says_so_and_exits_with_0(project: Path, server: Receiver) -> None:
    server.usual = (500, {}, {})
    done = subprocess.run(
        [OPS0, "run", "pipeline.py"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "33"), done.stderr
    assert "warning: alert_on_fraud: the alert to webhook env:HOOK was not sent" in done.stderr
    assert "s3cret" not in done.stderr
    assert len(server.got) == 2  # a 500 may have been taken: it is not tried again


def test_settings_say_who_is_told_that_a_run_failed(project: Path, server: Receiver) -> None:
    (project / "ops0.toml").write_text(
        'name = "flow"\n[on_failure.webhook]\nurl = "env:HOOK"\ntoken = "file:hook-token"\n'
    )
    path = project / "pipeline.py"
    path.write_text(path.read_text().replace("len(alert_on_fraud or", "len(xoxb := 1 / 0 or"))
    folder = project / "elsewhere"
    folder.mkdir()
    done = subprocess.run(
        [OPS0, "run", "../pipeline.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 50, done.stderr
    posted = [(headers, body) for _, headers, body in server.got]  # alerts go side by side
    ((headers, body),) = [one for one in posted if one[1].get("call", "") is None]
    assert headers["authorization"] == "Bearer s3cret"
    assert (body["pipeline"], body["call"], body["attempt"]) == ("flow", None, None)
    assert headers["idempotency-key"] == f"{body['run']}/failed"
    assert "step 'count' failed: ZeroDivisionError" in body["text"]
    assert body["text"].endswith(f"ops0 logs {body['run']}")
    assert len(server.got) == 3


def test_mail_goes_to_all_and_names_the_run(tmp_path: Path) -> None:
    got: list[Any] = []

    class Keeps:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            got.append(envelope)
            return "250 taken"

    port = free_port()
    controller = Controller(Keeps(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        alert = one_alert(
            tmp_path,
            'to=["a@example.org", "b@example.org"], sender="ops0@example.org",'
            f' server="127.0.0.1:{port}"',
        )
        message = Message(text="3 rows", pipeline="churn", run="r", call="check", attempt=1)
        deliver_alert(alert, message, Credentials([alert], tmp_path).read)
    finally:
        controller.stop()
    assert got[0].rcpt_tos == ["a@example.org", "b@example.org"]
    mail = message_from_bytes(got[0].content)
    assert mail["Subject"] == "ops0: churn: check"
    assert mail.get_payload(decode=True).decode().startswith("3 rows")


def test_no_password_goes_over_a_line_without_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refuses:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            raise AssertionError("a mail came")

    monkeypatch.setenv("MAIL_USER", "ops0")
    monkeypatch.setenv("MAIL_PASSWORD", "s3cret")
    port = free_port()
    controller = Controller(Refuses(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        alert = one_alert(
            tmp_path,
            f'"a@example.org", "b@example.org", "127.0.0.1:{port}", "env:MAIL_USER",'
            ' "env:MAIL_PASSWORD"',
        )
        message = Message(text="x", pipeline="p", run="r", call="c", attempt=1)
        with pytest.raises(SendFault, match="no TLS"):
            patiently(lambda: deliver_alert(alert, message, Credentials([alert], tmp_path).read))
    finally:
        controller.stop()


def one_alert(folder: Path, arguments: str) -> Any:
    text = f"""
    import ops0

    @ops0.alert.email({arguments})
    @ops0.step
    def check():
        return 1
    """
    (folder / "pipeline.py").write_text(textwrap.dedent(text))
    return analysed(folder).steps[0].options.alerts[0]
