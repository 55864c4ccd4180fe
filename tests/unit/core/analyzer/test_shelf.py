"""Questions about many files of a project share what is known; each answer is what it would be alone."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping

import pytest

from ops0.core.analyzer import function_facts
from ops0.core.analyzer.project import shelf
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.shelf import Shelf
from ops0.core.analyzer.syntax import parse
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource, Source

TARGET = Target(python="3.11")

FILES = {
    "one.py": "import base, two\n\ndef f(x):\n    return base.add(two.g(x))\n",
    "two.py": "import base, one\nimport pandas\n\ndef g(x):\n    return base.add(pandas.Series(x))\n",
    "alone.py": "import base\nimport extra\n\ndef h(x):\n    return base.add(extra.read(x))\n",
    "base.py": "import os\nROWS = []\n\ndef add(x):\n    ROWS.append(x)\n\nadd(os.environ['X'])\n",
    "adds.py": "import sys\nsys.path.append('lib')\nimport extra\n\ndef k(x):\n    return extra.read(x)\n",
    "lib/extra.py": "import numpy\n\ndef read(x):\n    return numpy.array(x)\n",
    "quiet/five.py": "import base\nfrom six import seven\n\ndef q(x):\n    return seven(base.add(x))\n",
    "quiet/six.py": "import shapely\n\ndef seven(x):\n    return shapely.box(x)\n",
    "pkg/one.py": "import base\nimport two\n\ndef m(x):\n    return two.g(x)\n",
    "pkg/two.py": "import scipy\n\ndef g(x):\n    return scipy.mean(x)\n",
}
ASKED = [path for path in FILES if path != "lib/extra.py"]


def ask(source: Source, path: str, known: Shelf | None = None) -> Mapping[str, Facts]:
    folder = path.rpartition("/")[0]
    roots = (folder, "") if folder else ("",)
    return function_facts(source, path, None, roots=roots, target=TARGET, shelf=known)


@pytest.mark.parametrize(
    "order", [ASKED, ASKED[::-1], [*ASKED, *ASKED]], ids=["as written", "last first", "twice"]
)
def test_what_was_asked_before_changes_no_answer(order: list[str]) -> None:
    source = MemorySource(FILES)
    known = Shelf(source)
    for path in order:
        assert ask(source, path, known) == ask(MemorySource(FILES), path)
    known.close()


def test_roots_are_added_for_files_that_import_what_adds_them_only() -> None:
    """Else the answer for one file would depend on which other files were asked about."""
    source = MemorySource(FILES)
    known = Shelf(source)
    added, without = ask(source, "adds.py", known), ask(source, "alone.py", known)
    assert {one.module for one in added["k"].imports} == {"numpy"}
    assert {one.module for one in without["h"].imports} == {"extra"}
    known.close()


def test_files_of_another_folder_share_a_project_where_their_folder_changes_no_import() -> None:
    """`quiet` holds nothing that a file before asked for; `pkg` holds another `two`."""
    known = Shelf(MemorySource(FILES))
    ask(known.source, "one.py", known)
    first = known.project("one.py", ("",), TARGET, ())
    assert known.project("quiet/five.py", ("quiet", ""), TARGET, ()) is first
    assert known.project("pkg/one.py", ("pkg", ""), TARGET, ()) is not first
    known.close()


def test_a_folder_with_names_of_what_python_has_loaded_changes_no_import() -> None:
    """No file comes in the place of `os`, so a folder with one brings no other meaning: mlflow was read twice."""
    known = Shelf(MemorySource({**FILES, "quiet/os.py": "", "adds.py": "import base\n"}))
    ask(known.source, "adds.py", known)
    first = known.project("adds.py", ("",), TARGET, ())
    assert "os" in first.found
    assert known.project("quiet/five.py", ("quiet", ""), TARGET, ()) is first
    known.close()


def test_a_name_that_meant_a_module_of_the_first_file_only_means_none_in_the_next() -> None:
    source = MemorySource(
        {**FILES, "three.py": "import six\n\ndef t(x):\n    return six.moves(x)\n"}
    )
    known = Shelf(source)
    for path in ("quiet/five.py", "three.py", "quiet/five.py"):
        assert ask(source, path, known) == ask(source, path)
    known.close()


def test_worlds_do_not_pile_up() -> None:
    files = {f"m{at}.py": "import os\n\ndef f():\n    os.getcwd()\n" for at in range(9)}
    known = Shelf(MemorySource(files))
    for path in files:
        ask(known.source, path, known)
    assert len(known.project("m0.py", ("",), TARGET, ()).worlds) <= 4
    known.close()


def test_a_cell_that_writes_a_module_writes_it_for_its_own_notebook_only() -> None:
    cell = (
        '{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, "source": '
    )
    texts = (
        '"%%writefile base.py\\nimport torch\\ndef add(x): return torch.ones(x)\\n"}',
        '"import base\\ndef n(x):\\n    return base.add(x)\\n"}',
    )
    cells = ", ".join(cell + text for text in texts)
    book = f'{{"cells": [{cells}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}'
    source = MemorySource({**FILES, "n.ipynb": book})
    known = Shelf(source)
    before, noted, after = (
        ask(source, "one.py", known),
        ask(source, "n.ipynb", known),
        ask(source, "one.py", known),
    )
    assert {one.module for one in noted["n"].imports} == {"torch"}
    assert before == after
    known.close()


def test_a_file_is_parsed_once_whatever_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: Counter[str] = Counter()

    def count(text: str, path: str, *more: object) -> ast.Module:
        parsed[path] += 1
        return syntax_tree(text, path, *more)

    syntax_tree = parse.syntax_tree
    monkeypatch.setattr(parse, "syntax_tree", count)
    in_package = {
        "app/__init__.py": "",
        "app/task.py": "import app, base\n\ndef t(): base.add(1)\n",
    }
    source = MemorySource({**FILES, **in_package})
    known = Shelf(source)
    for path in (*ASKED, "app/task.py"):
        ask(source, path, known)
    known.close()
    assert parsed == dict.fromkeys((*FILES, *in_package), 1)


def test_projects_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[Project] = []
    monkeypatch.setattr(shelf, "let_go", gone.append)
    known = Shelf(MemorySource(FILES))
    for at in range(5):
        known.project("one.py", ("",), Target(python=f"3.{9 + at}"), ())
    assert len(gone) == 3
    known.close()
    assert len(gone) == 5


def test_one_file_holds_one_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its code adds a root, the project without that is let go first: each may know some hundred MB."""
    gone: list[Project] = []
    monkeypatch.setattr(shelf, "let_go", gone.append)
    known = Shelf(MemorySource(FILES), most=1)
    for late in ((), ("lib",), ("lib", "pkg")):
        known.project("pkg/two.py", ("",), Target(python=f"3.{9 + len(late)}"), late)
    assert len(gone) == 2
