"""What an attempt says by the protocol is heard with mistrust: it may say anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ops0.core.pipeline import CallId
from ops0.runtime.execution.protocol_reader import ProtocolReader
from ops0_runner.redaction import Redactor

SECRET = "a-secret-of-some-length-that-is-42-letters"


def reader(posted: list[Any]) -> ProtocolReader:
    job: Any = CallId("a")  # it is only handed on
    return ProtocolReader(job, Redactor({"A": SECRET}).text, posted.append, lambda line: None)


def test_no_cut_leaves_a_part_of_a_secret() -> None:
    heard = reader(posted := [])
    failure = {
        "kind": "step",
        "type": "x" * 190 + SECRET,
        "message": "x" * 3990 + SECRET,
        "traceback": "x" * 99_990 + SECRET,
        "where": "x" * 390 + SECRET,
        "hint": "x" * 990 + SECRET,
    }
    heard.line(json.dumps({"event": "failed", "failure": failure}))
    heard.line(json.dumps({"event": "metric", "name": "x" * 190 + SECRET, "value": 1}))
    assert heard.said is not None
    assert heard.said.message.endswith("xx***")
    assert SECRET[:8] not in repr(heard.said) + repr(posted)
    assert len(posted) == 1


HUGE = "1" + "0" * 400


@pytest.mark.parametrize("seconds", [HUGE, f"-{HUGE}", "NaN", "Infinity", "true", "1e13", '"x"'])
def test_a_number_that_no_float_can_hold_is_no_number(seconds: str) -> None:
    heard = reader(posted := [])
    heard.line(f'{{"event": "ready", "seconds": {seconds}}}')
    heard.line(f'{{"event": "metric", "name": "m", "value": {HUGE}}}')
    heard.line(f'{{"event": "failed", "failure": {{}}, "usage": {{"cpu": {seconds}, "peak": 1}}}}')
    ready, used = posted
    assert (ready.seconds, used.data) == (0.0, {"peak": 1})


def test_a_line_that_cannot_be_taken_is_shown() -> None:
    def broken(text: str) -> str:
        raise OverflowError

    shown: list[str] = []
    job: Any = CallId("a")
    line = '{"event": "metric", "name": "m", "value": 1}'
    ProtocolReader(job, broken, shown.append, shown.append).line(line)
    assert shown == [line]


def test_an_end_is_told_once() -> None:
    heard = reader(posted := [])
    for number in range(3):
        failure = {"kind": "step", "message": str(number)}
        heard.line(json.dumps({"event": "failed", "failure": failure, "usage": {"cpu": 1}}))
    assert heard.said is not None
    assert heard.said.message == "0"
    assert len(posted) == 1
    heard = reader(posted := [])
    for _ in range(3):
        heard.line('{"event": "done", "manifest": {}, "digest": "", "usage": {"cpu": 1}}')
    assert len(posted) == 1
