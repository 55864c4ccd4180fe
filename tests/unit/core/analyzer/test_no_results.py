"""A step that is asked for its result and returns nothing: a ``return`` that was forgotten."""

from __future__ import annotations

import pytest

_FLOW = """\
import ops0

@ops0.step
def load(){returns}:
    {body}

@ops0.step
def use(load):
    return load
"""
_FORGOTTEN = [
    "rows = [1]",
    "return",
    "def inner(): return 1",
    "rows = [1]\n    if rows:\n        return",
]
_MEANT = [
    "return [1]",
    "return None",
    "yield 1",
    "rows = [1]\n    if rows:\n        return rows",
    "raise NotImplementedError",
    "pass",
    "...",
]


def told(pipeline, body: str, returns: str = "") -> list[tuple[str, str]]:
    found = pipeline(_FLOW.format(body=body, returns=returns))
    return [(str(one.where), one.text) for step in found.steps for one in step.warnings]


@pytest.mark.parametrize("body", _FORGOTTEN)
def test_a_forgotten_return_is_told(pipeline, body: str) -> None:
    fact = "step 'load' returns nothing, and 'use' takes its result"
    assert told(pipeline, body) == told(pipeline, body, " -> list") == [("p.py:4", fact)]


@pytest.mark.parametrize("body", _MEANT)
def test_a_step_that_returns_or_yields_or_is_not_written_yet_is_not(pipeline, body: str) -> None:
    assert told(pipeline, body) == []


def test_nor_one_that_says_it_returns_nothing(pipeline) -> None:
    calls = "\n@ops0.pipeline\ndef flow():\n    return use(load())\n"
    found = pipeline(_FLOW.format(body="print(1)", returns=" -> None") + calls)
    assert not [one for step in found.steps for one in step.warnings]


def test_nor_one_whose_result_nobody_takes(pipeline) -> None:
    found = pipeline("import ops0\n\n@ops0.step\ndef load():\n    print(1)\n")
    assert not [one for step in found.steps for one in step.warnings]
