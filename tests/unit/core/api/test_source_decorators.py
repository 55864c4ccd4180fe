"""``@ops0.source.kafka``: what may be said, in the decorator and in the analysis alike."""

from __future__ import annotations

from typing import Any

import pytest

import ops0
from ops0.cli.trust import SourceNotGranted, check_no_secrets
from ops0.core.analyzer.errors import BadDecorator
from ops0.core.analyzer.pipelines.declared_steps import declared_steps
from ops0.core.analyzer.project.modules import Project
from ops0.core.api.marks import StepDefinitionError, options_of
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
from ops0.core.record_source import RecordSource

GOOD = {
    '"tx"': RecordSource(
        kind="kafka", place="tx", format="json", server="env:KAFKA_BOOTSTRAP_SERVERS"
    ),
    '"tx", "text", servers="a:9092,b:9092", group="g", max_records=5, max_bytes="1KiB", max_wait="200ms"': RecordSource(
        kind="kafka",
        place="tx",
        format="text",
        server="a:9092,b:9092",
        group="g",
        records=5,
        size=1024,
        wait=0.2,
    ),
    'topic="tx", start="latest", dead_letter="bad", tls=True, user="env:U", password="file:p"': RecordSource(
        kind="kafka",
        place="tx",
        format="json",
        server="env:KAFKA_BOOTSTRAP_SERVERS",
        start="latest",
        dead_letter="bad",
        tls=True,
        user="env:U",
        credential="file:p",
    ),
}
BAD = {
    '"a b"': "can name no topic",
    '"tx", "avro"': "format='avro' is not known",
    '"tx", servers="localhost"': "no list of brokers",
    '"tx", max_records=0': "no number from 1",
    '"tx", max_records=True': "no number from 1",
    '"tx", max_bytes="0B"': "max_bytes",
    '"tx", max_wait="2d"': "max_wait",
    '"tx", max_wait=0': "max_wait",
    '"tx", start="now"': "start='now' is neither",
    '"tx", group=""': "no name",
    '"tx", dead_letter="tx"': "the topic itself",
    '"tx", tls=1': "neither True nor False",
    '"tx", user="env:U"': "go together",
    '"tx", user="env:U", password="hunter2"': "password is no reference",
}


def read(decorators: str, function: str = "def f():\n    pass") -> tuple[Any, list[Any]]:
    text = f"import ops0\n{decorators}\n{function}\n"
    project = Project(MemorySource({"p.py": text}), (".",), Target(python="3.11"))
    steps, faults = declared_steps(project.module("p.py"))
    return steps[0], list(faults)


def said(arguments: str) -> Any:
    return eval(f"ops0.source.kafka({arguments})", {"ops0": ops0})


@pytest.mark.parametrize(("arguments", "source"), GOOD.items())
def test_the_decorator_and_the_analysis_mean_the_same(arguments: str, source: RecordSource) -> None:
    def work() -> None:
        """Only a name."""
        pass  # noqa: PIE790

    assert said(arguments)(work) is work
    assert RecordSource(**options_of(work)["source"]) == source
    for lines in (
        f"@ops0.step\n@ops0.source.kafka({arguments})",
        f"@ops0.source.kafka({arguments})\n@ops0.step",
    ):
        step, faults = read(lines)
        assert faults == []
        assert step.marks.options.source == source


@pytest.mark.parametrize(("arguments", "fact"), BAD.items())
def test_what_cannot_be_meant_is_told_by_both(arguments: str, fact: str) -> None:
    with pytest.raises(StepDefinitionError, match=fact) as caught:
        said(arguments)
    assert caught.value.hint
    assert "hunter2" not in str(caught.value)
    _, faults = read(f"@ops0.step\n@ops0.source.kafka({arguments})")
    assert [type(one) for one in faults] == [BadDecorator]
    assert fact in str(faults[0])


def test_a_body_would_never_run() -> None:
    def works() -> int:
        return 1

    def calls() -> None:
        print("x")

    def takes(records: list[int]) -> None:
        pass

    for function, fact in ((works, "a body"), (calls, "a body"), (takes, "takes parameters")):
        with pytest.raises(StepDefinitionError, match=fact):
            said('"tx"')(function)
    decorators = "@ops0.step\n@ops0.source.kafka('tx')"
    for text, fact in (
        ("def f():\n    return 1", "a body"),
        ("def f(records):\n    pass", "takes parameters"),
    ):
        assert fact in str(read(decorators, text)[1][0])
    for text in ('def f():\n    "Doc."', "def f():\n    ...", "def f():\n    return"):
        assert read(decorators, text)[1] == []


@pytest.mark.parametrize(
    "other", ["alert.slack('#a')", "cache", "secrets(A='env:A')", "source.kafka('other')"]
)
def test_nothing_that_needs_a_body_stands_beside_it(other: str) -> None:
    _, faults = read(f"@ops0.step\n@ops0.{other}\n@ops0.source.kafka('tx')")
    assert len(faults) == 1
    assert faults[0].hint


def test_a_step_has_one_source() -> None:
    def work() -> None: ...

    with pytest.raises(StepDefinitionError, match="said twice"):
        said('"a"')(said('"b"')(work))


def test_what_must_be_looked_up() -> None:
    source = GOOD[
        'topic="tx", start="latest", dead_letter="bad", tls=True, user="env:U", password="file:p"'
    ]
    assert source.references == ("env:KAFKA_BOOTSTRAP_SERVERS", "env:U", "file:p")


def test_a_pipeline_from_elsewhere_reads_nothing_unasked() -> None:
    step, _ = read("@ops0.step\n@ops0.source.kafka('tx')")
    from running import a_pipeline

    pipeline = a_pipeline(("one", {}), options={"one": {"source": step.marks.options.source}})
    with pytest.raises(SourceNotGranted, match="KAFKA_BOOTSTRAP_SERVERS"):
        check_no_secrets("x.ops0", pipeline, "hint")


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        ("files('')", "pattern"),
        ("files('/in/*', 'csv')", "format='csv' is not known"),
        ("files('/in/*', every='2d')", "every"),
        ("sql('select 1', cursor='')", "cursor"),
        ("sql('', cursor='id')", "no query"),
        ("sql('select 1;', cursor='id')", "no query"),
        ("sql('select 1', 'postgresql://u:hunter2@h/d', cursor='id')", "url is no reference"),
        ("http('ftp://x')", "neither an address"),
        ("http('https://u:hunter2@x/')", "neither an address"),
        ("http('https://x/?a={cursor}')", "there is none"),
        ("http('https://x/', token='hunter2')", "token is no reference"),
    ],
)
def test_what_other_sources_cannot_mean(words: str, fact: str) -> None:
    with pytest.raises(StepDefinitionError, match=fact) as caught:
        eval(f"ops0.source.{words}", {"ops0": ops0})
    assert caught.value.hint
    _, faults = read(f"@ops0.step\n@ops0.source.{words}")
    assert fact in str(faults[0])
    assert "hunter2" not in f"{caught.value}{caught.value.hint}{faults[0]}"


@pytest.mark.parametrize(
    "words",
    [
        "files('s3://b/*.json')",
        "sql('select id from t', cursor='id')",
        "http('https://x/?a={cursor}', cursor='id', token='env:T')",
    ],
)
def test_other_sources_mean_the_same_to_the_analysis(words: str) -> None:
    def work() -> None: ...

    eval(f"ops0.source.{words}", {"ops0": ops0})(work)
    step, faults = read(f"@ops0.step\n@ops0.source.{words}")
    assert faults == []
    assert step.marks.options.source == RecordSource(**options_of(work)["source"])
