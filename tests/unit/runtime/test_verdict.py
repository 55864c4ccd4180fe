"""The rules that say whether an attempt succeeded."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.pipeline import CallId
from ops0.runtime.engine import Exit, Job
from ops0.runtime.errors import Failure
from ops0.runtime.execution.verdict import (
    Done,
    Ended,
    is_loss,
    may_retry,
    parse_failure,
    too_long,
    unheard,
    verdict,
)
from ops0.runtime.runs import RunId

SAID = Failure(kind="step", type="ValueError", message="no rows")


@pytest.fixture
def job(make: SimpleNamespace) -> Job:
    return Job(
        run=RunId("r"), call=CallId("c"), attempt=1, nonce="n", step=make.step("c"), producers=()
    )


def manifest(**changes: Any) -> bytes:
    value = {"format": "json", "type": "t", "size": 0, "files": [], "preview": "", "items": None}
    whole = {
        "v": 1,
        "run": "r",
        "call": "c",
        "attempt": 1,
        "nonce": "n",
        "python": "3",
        "value": value,
    }
    return json.dumps({**whole, **changes}).encode()


@pytest.mark.parametrize("end", [Exit(code=0), Exit(code=255), Exit(code=255, lost=True)])
def test_a_manifest_and_a_code_that_may_be_0_are_success(job: Job, end: Exit) -> None:
    assert isinstance(verdict(job, Ended(exit=end, manifest=manifest())), Done)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (10, "step"),
        (11, "import"),
        (12, "value"),
        (13, "input"),
        (14, None),
        (0, None),
        (137, None),
    ],
)
def test_a_failure_that_nobody_heard_is_known_by_its_exit_code(code: int, kind: str | None) -> None:
    """14 is also how one ends whose host was gone before it sent the go line."""
    found = unheard(Exit(code=code))
    assert (found.kind if found else None) == kind
    assert unheard(Exit(code=code, lost=True)) is None


def test_a_childs_lost_memory_is_a_warning(job: Job) -> None:
    found = verdict(job, Ended(exit=Exit(code=0, memory=True), manifest=manifest()))
    assert isinstance(found, Done)
    assert found.warning == "a child process ran out of memory"


@pytest.mark.parametrize(
    ("ended", "kind"),
    [
        (Ended(exit=Exit(code=0), manifest=None), "crash"),
        (Ended(exit=Exit(code=10), manifest=manifest()), "crash"),
        (Ended(exit=Exit(code=0), manifest=manifest(nonce="x")), "value"),
        (Ended(exit=Exit(code=0), manifest=b"torn"), "value"),
        (Ended(exit=Exit(code=10), manifest=None, said=SAID), "step"),
        (Ended(exit=Exit(code=143), manifest=None, said=SAID, stopped=too_long(3)), "timeout"),
        (Ended(exit=Exit(code=137, memory=True), manifest=None), "memory"),
        (Ended(exit=Exit(code=10, memory=True), manifest=None, said=SAID), "step"),
        (Ended(exit=Exit(code=255, lost=True), manifest=None), "lost"),
        (Ended(exit=Exit(code=255), manifest=None), "crash"),
    ],
)
def test_everything_else_is_a_failure_of_its_kind(job: Job, ended: Ended, kind: str) -> None:
    found = verdict(job, ended)
    assert isinstance(found, Failure)
    assert found.kind == kind


def test_a_failure_after_a_childs_lost_memory_says_what_to_do(job: Job) -> None:
    found = verdict(job, Ended(exit=Exit(code=10, memory=True), manifest=None, said=SAID))
    assert isinstance(found, Failure)
    assert "memory" in (found.hint or "")


def test_what_ended_in_time_after_all_is_done(job: Job) -> None:
    """The limit ran out between the manifest and the end: nothing is gained by throwing the result away."""
    assert isinstance(
        verdict(job, Ended(exit=Exit(code=0), manifest=manifest(), stopped=too_long(1))), Done
    )


json_values = st.recursive(
    st.none() | st.floats() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)


@given(
    json_values
    | st.fixed_dictionaries({"kind": json_values, "type": json_values, "message": json_values})
)
def test_whatever_a_runner_says_becomes_a_failure(raw: Any) -> None:
    failure = parse_failure(raw, str)
    failure.message.encode()
    assert "\x1b" not in failure.message


def test_terminal_commands_are_taken_out() -> None:
    assert parse_failure({"kind": "step", "message": "\x1b[2Jgone\x9b1m"}, str).message == "gone1m"


@pytest.mark.parametrize("kind", ["step", "crash", "timeout"])
def test_what_may_be_tried_again(kind: Any) -> None:
    assert may_retry(Failure(kind=kind, message=""))


@pytest.mark.parametrize("kind", ["import", "value", "input", "job", "memory", "lost"])
def test_what_may_not(kind: Any) -> None:
    assert not may_retry(Failure(kind=kind, message=""))


@pytest.mark.parametrize(
    ("changes", "loss"),
    [
        ({}, True),
        ({"said": SAID}, False),
        ({"stopped": too_long(2)}, False),
        ({"exit": Exit(code=137, memory=True)}, False),
    ],
)
def test_what_ended_unheard_and_for_no_known_reason_is_lost(
    changes: dict[str, Any], loss: bool
) -> None:
    assert is_loss(Ended(**{"exit": Exit(code=137), "manifest": None, **changes})) is loss
