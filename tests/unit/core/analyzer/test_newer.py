"""A syntax error speaks of a newer Python only where the line is one's."""

from __future__ import annotations

import pytest

from ops0.core.analyzer.errors import SourceSyntax
from ops0.core.analyzer.syntax import newer
from ops0.core.analyzer.syntax.newer import newer_python
from ops0.core.analyzer.syntax.parse import parse


@pytest.mark.parametrize(
    ("line", "since"),
    [
        ("    except* ValueError as found:", "3.11"),
        ("type Row[T] = list[T]", "3.12"),
        ("type Row = list", "3.12"),
        ("async def load[T](rows: T) -> T:", "3.12"),
        ("class Row[T]:", "3.12"),
        ("print(f'{row['a']}')", "3.12"),
        ("except ValueError, KeyError:", "3.14"),
        ("page = t'{name}'", "3.14"),
        ("lazy import pandas", "3.15"),
    ],
)
def test_the_python_that_brought_it_is_named_to_an_older_one(line: str, since: str) -> None:
    major, minor = map(int, since.split("."))
    assert newer_python(line, (major, minor - 1)) == since
    assert newer_python(line, (major, minor)) is None


@pytest.mark.parametrize(
    "line",
    [
        "def load(rows)",
        "class Row(Base)",
        "type(row) = 3",
        "except (ValueError, KeyError)",
        "print(f'{row}'",
        "print f'{name}: {row}'",
        "rows = text['a'",
        "import lazy as",
        "",
    ],
)
def test_an_everyday_slip_is_of_no_python(line: str) -> None:
    assert newer_python(line, (3, 10)) is None


def test_the_hint_says_it_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceSyntax) as caught:
        parse("flow.py", b"import ops0\n\n@ops0.step\ndef load()\n    return 1\n")
    assert caught.value.hint == (
        "fix the syntax error: `python -m py_compile flow.py` shows it too"
    )
    (entry,) = [one for one in newer._SINCE if one[0] == (3, 15)]
    monkeypatch.setattr(newer, "_SINCE", (((3, 99), entry[1]),))
    with pytest.raises(SourceSyntax) as caught:
        parse("flow.py", b"lazy import pandas\n")
    assert "so Python 3.99 and newer are written" in str(caught.value.hint)
