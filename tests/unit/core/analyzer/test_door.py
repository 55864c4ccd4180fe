"""PipelineAnalyzer, as the contributor guide has it."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable

import pytest

from ops0.core.analyzer import PipelineAnalyzer
from ops0.core.analyzer.errors import SourceUnreadable


def helper(text: str) -> str:
    return json.dumps(pytest.importorskip(text))


def using_helper(text: str, times: int = 2) -> str:
    return helper(text) * times


def make() -> Callable[[], object]:
    import hypothesis

    def inner() -> object:
        return hypothesis.given

    return inner


def test_a_function_of_a_file() -> None:
    found = PipelineAnalyzer().analyze_function(using_helper)
    assert found.name == "using_helper"
    assert found.signature == inspect.signature(using_helper)
    assert found.dependencies == ("pytest",)
    assert isinstance(found.source_code.body[0], ast.FunctionDef)


def test_a_nested_function() -> None:
    assert PipelineAnalyzer().analyze_function(make()).dependencies == ("hypothesis",)


def test_a_function_without_source() -> None:
    with pytest.raises(SourceUnreadable) as caught:
        PipelineAnalyzer().analyze_function(len)
    assert caught.value.hint
