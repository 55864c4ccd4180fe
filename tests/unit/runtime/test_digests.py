"""Equal results have equal digests, and what an earlier run printed is held against a new one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ops0.core.pipeline import CallId
from ops0.runtime.digests import (
    BadExpectation,
    ResultsDiffer,
    check_expected,
    read_expected,
    result_digests,
)
from ops0.runtime.outputs.manifest import Value, ValueFile
from ops0.runtime.outputs.value_digest import value_digest

FILE = ValueFile(name="value.json", size=3, sha256="a" * 64)
VALUE = Value(format="json", type="builtins.dict", size=3, files=(FILE,), preview="{…}")


@pytest.mark.parametrize(
    "other",
    [
        replace(VALUE, format="pickle"),
        replace(VALUE, type="builtins.list"),
        replace(VALUE, files=(replace(FILE, sha256="b" * 64),)),
        replace(VALUE, files=(replace(FILE, name="other.json"),)),
        replace(VALUE, files=()),
        replace(VALUE, items=(VALUE,)),
        replace(VALUE, folders=("empty",)),
    ],
)
def test_what_differs_has_another_digest(other: Value) -> None:
    assert value_digest(other) != value_digest(VALUE)


def test_a_folder_counts_by_what_is_in_it() -> None:
    inside = replace(VALUE, files=(replace(FILE, name="a/b/value.json"),))
    assert value_digest(replace(inside, folders=("a", "a/b"))) == value_digest(inside)


def test_a_preview_does_not_count() -> None:
    assert value_digest(replace(VALUE, preview="")) == value_digest(VALUE)


class _Report:
    """As much of a report as digests read."""

    def __init__(self, **values: Value | None) -> None:
        self.calls = [_Call(call, value) for call, value in values.items()]
        self.results: dict[CallId, Any] = {CallId("last"): 1, CallId("other"): 2}
        self.spread: dict[CallId, Any] = {}


class _Call:
    def __init__(self, call: str, value: Value | None) -> None:
        self.call, self.value = call, value


def test_only_results_have_digests_and_differences_are_told_together() -> None:
    report: Any = _Report(first=VALUE, last=VALUE, other=replace(VALUE, type="int"))
    digests = result_digests(report)
    assert set(digests) == {"last", "other"}
    check_expected(report, digests, "home.json")
    expected = {**digests, "other": "sha256:0", "more": "sha256:1"}
    with pytest.raises(ResultsDiffer) as fault:
        check_expected(report, expected, "home.json")
    assert (fault.value.calls, fault.value.exit_code) == (("more", "other"), 59)
    assert "more: none, expected sha256:1" in str(fault.value)


def test_what_an_earlier_run_printed_is_read() -> None:
    printed = json.dumps({"run": "x", "digests": {"last": "sha256:1"}}).encode()
    assert read_expected(printed, "home.json") == {"last": "sha256:1"}
    for bad in (b"", b"{}", b"[]", b'{"digests": []}', b'{"digests": {}}', b"\xff", b"[" * 9999):
        with pytest.raises(BadExpectation):
            read_expected(bad, "home.json")
