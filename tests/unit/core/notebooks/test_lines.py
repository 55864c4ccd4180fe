"""Logical lines: found as Python's own tokenizer finds them, and in cells that it refuses."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ops0
from ops0.core.notebooks.lines import logical_lines

REAL = sorted(Path(ops0.__file__).parent.rglob("*.py"))
NOT_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def starts_by_python(text: str) -> set[int]:
    """The lines on which Python's tokenizer starts a statement, and those between statements."""
    found, inside = set(), False
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NOT_CODE and not inside:
            found.add(token.start[0])
            inside = token.type != tokenize.NEWLINE
        elif token.type == tokenize.NEWLINE:
            inside = False
    return found


def test_on_all_of_ops0_they_start_where_python_says() -> None:
    for path in REAL:
        text = path.read_text()
        found = {line.number for line in logical_lines(text) if line.code}
        assert found == starts_by_python(text), path
        assert not any(line.escaped for line in logical_lines(text)), path


# (what it shows, cell, numbers of the lines that are a kernel's)
ESCAPED = [
    ("magic", "%x\na", [1]),
    ("command", "a\n!ls", [2]),
    ("indented", "if a:\n    !ls", [2]),
    ("assigned", "a = !ls\nb = %x", [1, 2]),
    ("assigned to several", "a, b.c, d['e'] = !ls", [1]),
    ("in a text over lines", "a = '''\n%x\n!ls\n'''\n!ls", [5]),
    ("in a text of the other quote", 'a = """\n\'\'\'\n%x\n"""\n%y', [5]),
    ("after an escaped quote", "a = '''\\'''\n%x\n'''\n%y", [4]),
    ("in a raw text", "a = r'''\\\\'''\n%y", [2]),
    ("in brackets", "a = (b\n% c)\n%y", [3]),
    ("after a bracket in a text", "a = '('\n%y", [2]),
    ("after a bracket in a comment", "a  # (\n%y", [2]),
    ("after a backslash", "a = b \\\n% c\n%y", [3]),
    ("continued", "!ls \\\n  -l \\\n  b\n%y", [1, 4]),
    ("continued to the end", "!ls \\", [1]),
    ("modulo", "a = b % c\na %= b\nd = 'x' % a\nassert a != b", []),
    ("a mark in a text", "a('b = !c')\na = 'b = %c'\na['b = !c'] = d\nf'{a!r}' == '{b = !r}'", []),
    ("a comparison", "a == b\na >= b\na(b != c)", []),
    ("a keyword", "a(b=\n!c)", []),
    ("quotes that never end", "!echo it's\n%y", [1, 2]),
    ("a string that never ends", "a = 'b\n%y", [2]),
    ("auto-call", "/f a\n,f a\n;f a", [1, 2, 3]),
    ("no cell", "", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "numbers"), [one[1:] for one in ESCAPED], ids=[one[0] for one in ESCAPED]
)
def test_lines_of_a_kernel(cell: str, numbers: list[int]) -> None:
    assert [line.number for line in logical_lines(cell) if line.escaped] == numbers


@settings(max_examples=400)
@given(st.text(alphabet="a=%!?'\"()[]#\\\n \t;{}", max_size=60))
def test_the_lines_are_the_cell_and_know_their_numbers(cell: str) -> None:
    lines = list(logical_lines(cell))
    assert "".join(line.text for line in lines) == cell
    at = 1
    for line in lines:
        assert line.number == at
        at += line.text.count("\n")
