"""No module and no function of what is shipped is longer than CONTRIBUTING.md says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("ops0", "builder/ops0_builder", "runtime_images")
LINES_OF_A_MODULE = 300
LINES_OF_A_FUNCTION = 40
"""Without its docstring."""


def too_long(text: str) -> Iterator[str]:
    if len(text.splitlines()) > LINES_OF_A_MODULE:
        yield "the module"
    for node in ast.walk(ast.parse(text)):
        is_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        if is_function and _lines(node) > LINES_OF_A_FUNCTION:
            yield node.name


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = _span(function)
    return lines - _span(function.body[0]) if ast.get_docstring(function) is not None else lines


def _span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("folder", SHIPPED)
def test_that_modules_and_functions_stay_short(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    long = {
        path.relative_to(ROOT).as_posix(): found
        for path in files
        if (found := list(too_long(path.read_text(encoding="utf-8"))))
    }
    assert long == {}


def test_that_what_is_too_long_is_found() -> None:
    body = "    x = 1\n"
    assert list(too_long(f"def f():\n{body * 40}")) == ["f"]
    assert list(too_long(f'def f():\n    """Says\n    much."""\n{body * 39}')) == []
    assert list(too_long("x = 1\n" * 301)) == ["the module"]
