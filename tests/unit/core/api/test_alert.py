"""``@ops0.alert``: what can be meant, as decorators and as the analysis reads them."""

from __future__ import annotations

from typing import Any

import pytest

import ops0
from ops0.core.analyzer.errors import BadDecorator
from ops0.core.analyzer.pipelines.declared_steps import declared_steps
from ops0.core.analyzer.project.modules import Project
from ops0.core.api.marks import StepDefinitionError, options_of
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
from ops0.core.step_options import Alert

SLACK = Alert(kind="slack", to=("#a",), credential="env:SLACK_BOT_TOKEN")
HOOK = Alert(kind="webhook", to=("env:HOOK",), credential="file:/run/token")
MAIL = Alert(
    kind="email",
    to=("a@x.org", "b@x.org"),
    sender="c@x.org",
    server="mail.x.org:587",
    user="env:U",
    credential="env:P",
)
CASES = [
    ("slack(channel='#a')", SLACK),
    ("slack('#a', 'env:SLACK_BOT_TOKEN', None)", SLACK),
    ("webhook(url='env:HOOK', token='file:/run/token')", HOOK),
    ("email(['a@x.org', 'b@x.org'], 'c@x.org', 'mail.x.org:587', 'env:U', 'env:P')", MAIL),
]


def read(decorators: str) -> tuple[Any, list[Any]]:
    text = f"import ops0\n{decorators}\ndef f():\n    return 1\n"
    project = Project(MemorySource({"p.py": text}), (".",), Target(python="3.11"))
    steps, faults = declared_steps(project.module("p.py"))
    return steps[0], list(faults)


@pytest.mark.parametrize(("said", "alert"), CASES)
def test_the_decorator_and_the_analysis_mean_the_same(said: str, alert: Alert) -> None:
    def work() -> int:
        return 1

    decorator = eval(f"ops0.alert.{said}", {"ops0": ops0})
    assert decorator(work) is work
    assert Alert(**options_of(work)[f"alert.{alert.kind}"]) == alert
    for lines in (f"@ops0.step\n@ops0.alert.{said}", f"@ops0.alert.{said}\n@ops0.step"):
        step, faults = read(lines)
        assert faults == []
        assert step.marks.options.alerts == (alert,)


def test_a_step_has_as_many_kinds_as_it_likes_and_none_twice() -> None:
    step, faults = read("@ops0.alert.slack('#a')\n@ops0.step\n@ops0.alert.webhook('env:HOOK')")
    assert faults == []
    assert [one.kind for one in step.marks.options.alerts] == ["slack", "webhook"]
    with pytest.raises(StepDefinitionError, match="said twice"):
        ops0.alert.slack("#a")(ops0.alert.slack("#b")(lambda: 1))


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("slack(channel='')", "no channel"),
        ("slack(channel=3)", "no channel"),
        ("slack('#a', token='xoxb-123')", "token is no reference"),
        ("slack('#a', base_url='ftp://x')", "base_url is neither"),
        ("webhook(url='hooks.example.org/s3cret')", "url is neither"),
        ("webhook(url='https://u:p@example.org/')", "url is neither"),
        ("webhook('env:U', token='env:')", "token is no reference"),
        ("email('nobody', 'c@x.org', 'mail.x.org')", "to='nobody' is no address"),
        ("email([], 'c@x.org', 'mail.x.org')", "is no address"),
        ("email('a@x.org', 'c@x.org\\nBcc: d@x.org', 'mail.x.org')", "sender="),
        ("email('a@x.org', 'c@x.org', 'mail x')", "no mail server"),
        ("email('a@x.org', 'c@x.org', 'mail.x.org', user='env:U')", "go together"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_no_secret_shown(said: str, fact: str) -> None:
    with pytest.raises(StepDefinitionError, match=r"@ops0\.alert") as caught:
        eval(f"ops0.alert.{said}", {"ops0": ops0})
    _, (fault,) = read(f"@ops0.step\n@ops0.alert.{said}")
    assert isinstance(fault, BadDecorator)
    for one in (caught.value, fault):
        assert fact in str(one)
        assert one.hint
        assert "xoxb" not in str(one)
        assert "s3cret" not in str(one)


def test_an_unknown_kind_names_those_there_are() -> None:
    _, (fault,) = read("@ops0.step\n@ops0.alert.pager('x')")
    assert "@ops0.alert.pager" in str(fault)
    assert "alert.slack" in (fault.hint or "")
