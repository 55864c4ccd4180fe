"""What is no notebook: one error that says which cell and key; never anything else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops0.core.analyzer import analyse, function_facts
from ops0.core.errors import Ops0Error
from ops0.core.locked import Target
from ops0.core.notebooks.errors import NotebookUnreadable
from ops0.core.notebooks.text import read_notebook
from ops0.core.project_files import MemorySource
from ops0.core.requirements.notebooks import notebook_declared
from ops0.core.requirements.values import Resolved

TARGET = Target(python="3.11")
R_KERNEL = {"kernelspec": {"name": "ir", "language": "R"}}

# (what it shows, the file, what is said after its name)
BROKEN = [
    ("empty", b"", ": the file is empty"),
    ("blank", b" \n", ": the file is empty"),
    ("Python", b"import a\n", ": is no notebook: line 1 is no JSON"),
    ("cut off", b'{"cells": [', ": is no notebook: line 1 is no JSON"),
    ("conflict", b'{"cells": [\n<<<<<<< HEAD\n', ": is no notebook: line 2 is no JSON"),
    ("not UTF-8", b'{"cells": ["\xff"]}', ": is no notebook: 'utf-8' codec"),
    ("nested", b"[" * 200_000, ": is nested too deeply"),
    ("a number of 5,000 digits", b'{"cells": ' + b"9" * 5_000 + b"}", ": is no notebook: "),
    ("a list", b"[]", ": is no notebook: its JSON is no object"),
    ("an object", b"{}", ": is no notebook: it has no list 'cells'"),
    ("cells are no list", b'{"cells": {}}', ": is no notebook: it has no list 'cells'"),
    ("a version that is none", b'{"nbformat": "4", "cells": []}', ": 'nbformat' is no version number"),
    ("a newer format", b'{"nbformat": 5, "cells": []}', ": is a notebook of format 5"),
    ("no worksheets", b'{"nbformat": 3}', ": has no list 'worksheets'"),
    ("a worksheet that is none", b'{"nbformat": 3, "worksheets": [1]}', ": is no notebook: it has no list 'cells'"),
    ("another language", json.dumps({"metadata": R_KERNEL, "cells": []}).encode(), ": its cells are R, not Python"),
    ("a cell that is none", b'{"cells": [1]}', ": cell 1: is no object"),
    ("a cell of no kind", b'{"cells": [{"cell_type": "raw"}, {}]}', ": cell 2: 'cell_type' is no text"),
    ("no source", b'{"cells": [{"cell_type": "code"}]}', ": cell 1: 'source' is neither a text nor a list of texts"),
    ("source of numbers", b'{"cells": [{"cell_type": "code", "source": ["a", 1]}]}', ": cell 1: 'source' is neither"),
    ("null bytes", b'{"cells": [{"cell_type": "code", "source": "a\\u0000"}]}', ": cell 1: 'source' contains null bytes"),
    ("half a surrogate pair", b'{"cells": [{"cell_type": "code", "source": "\\ud800"}]}', ": cell 1: 'source' contains half of a surrogate"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"), [one[1:] for one in BROKEN], ids=[one[0] for one in BROKEN]
)
def test_what_is_no_notebook(data: bytes, said: str) -> None:
    with pytest.raises(NotebookUnreadable) as caught:
        read_notebook("n.ipynb", data)
    assert str(caught.value).startswith(f"n.ipynb{said}")
    assert caught.value.hint


def test_a_script_under_a_wrong_name_is_told_so() -> None:
    with pytest.raises(NotebookUnreadable) as caught:
        read_notebook("n.ipynb", b"import ops0\n")
    assert "let its name end in .py" in (caught.value.hint or "")


def look(data: bytes) -> None:
    """Read a file in all ways; ops0's own errors are an answer."""
    source = MemorySource({"n.ipynb": data})
    for ask in (
        lambda: analyse(
            source, "n.ipynb", roots=(".",), target=TARGET, resolve_needs=lambda *_: Resolved()
        ),
        lambda: function_facts(source, "n.ipynb", None, roots=(".",), target=TARGET),
        lambda: notebook_declared(source, "n.ipynb"),
    ):
        told = ""
        try:
            ask()
        except Ops0Error as fault:
            told = str(fault)
        assert told.startswith(("n.ipynb", "steps wait")) or not told, told


KEYS = st.sampled_from(["cells", "worksheets", "nbformat", "metadata", "cell_type", "source", "input", "language_info", "name"])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
LINES = [
    "import ops0", "import a.b as c", "@ops0.step", "def f(x, y=1):", "    return x", "    !ls", "    %pip install a", "%pip install 'a>=1'",
    "!pip install -r b.txt", "!ls \\", "  -l", "x = !ls", "x = %y", "a, b = !ls", "%%time", "%%bash", "%%capture out", "%env A=1", "%time x = f(1)", "x?", "?x",
    "await f()", "x = await f()", "    await f()", "async with a as b:", "async for a in b:", "if x:", "else:", "try:", "finally:", "with ops0.pipeline('p'):",
    "from __future__ import annotations", "from . import x", "display(x)", "'''", '"""', "(", ")", "[", "#", "\\", ";", "x = 1;", "%", "!", "/f", "\x0c", "é = 'ü'", "",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_json(document: object) -> None:
    look(json.dumps(document).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes(data: bytes) -> None:
    look(data)


@settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=st.lists(st.lists(st.sampled_from(LINES), max_size=8), max_size=5))
def test_any_cells(notebook: Callable[..., bytes], cells: list[list[str]]) -> None:
    look(notebook(*("\n".join(lines) for lines in cells)))


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=st.lists(st.text(max_size=60), max_size=3))
def test_any_text(notebook: Callable[..., bytes], cells: list[str]) -> None:
    look(notebook(*cells))


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=st.lists(st.lists(st.sampled_from(LINES), max_size=8), max_size=5))
def test_the_text_has_the_lines_of_the_cells(
    notebook: Callable[..., bytes], cells: list[list[str]]
) -> None:
    texts = ["\n".join(lines) for lines in cells]
    found = read_notebook("n.ipynb", notebook(*texts))
    for cell, text in zip(found.cells, texts, strict=True):
        assert cell.text.count("\n") == text.removesuffix("\n").count("\n") + 1


# Cells of a megabyte that made a reader slow, or would make a careless one.
LARGE = [
    "!pip install a" + " " * 1_000_000, "%conda install " + "a" * 1_000_000, "!" + "sudo " * 200_000, "!pip install " + "a " * 500_000,
    "(" * 1_000_000, "a[" * 500_000 + " = !l", "a" * 1_000_000 + "!", "x" * 1_000_000 + "?", "!a \\\n" * 200_000, "%" * 1_000_000,
    "'" + "\\'" * 500_000, "'''\n" * 100_001,
]  # fmt: skip


@pytest.mark.parametrize("cell", LARGE, ids=range(len(LARGE)))
def test_large_cells_are_read_soon(notebook: Callable[..., bytes], cell: str) -> None:
    started = time.process_time()
    look(notebook(cell))
    assert time.process_time() - started < 10
