"""Folders that code puts on ``sys.path``, and those that its scripts start in."""

from __future__ import annotations

import pytest

from ops0.core.analyzer.errors import AnalysisError
from ops0.core.pipeline import Pipeline

LIB = {"lib/h.py": "import a\ndef g(): a.x()"}
HEAD = "import os, sys, site\nfrom pathlib import Path\n"
USE = "\nimport h\ndef f(): h.g()"

# (what it shows, the statement at the top of jobs/p.py)
INSIDE = [
    ("append", "sys.path.append(os.path.join(os.path.dirname(__file__), '..', 'lib'))"),
    ("insert", "sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'lib'))"),
    ("parents", "sys.path.insert(0, str(Path(__file__).parents[1] / 'lib'))"),
    ("constant", "ROOT = Path(__file__).resolve().parents[1]\nsys.path.append(str(ROOT / 'lib'))"),
    ("abspath", "sys.path.append(os.path.abspath(os.path.join(__file__, '../../lib')))"),
    ("relative to the root", "sys.path.append('lib')"),
    ("extend", "sys.path.extend([str(Path(__file__).parent), str(Path(__file__).parents[1] / 'lib')])"),
    ("sum", "sys.path.append(os.path.dirname(__file__) + '/../lib')"),
    ("loop", "for d in ('data', 'lib'): sys.path.append(d)"),
    ("addsitedir", "site.addsitedir('lib')"),
    ("if it is not there yet", "LIB = str(Path(__file__).parents[1] / 'lib')\nif LIB not in sys.path:\n    sys.path.append(LIB)"),
    ("in a function", "def set_up(): sys.path.append('lib')\nset_up()"),
    ("beside the script", "sys.path.insert(1, os.path.join(sys.path[0], '../lib'))"),
    ("by a sibling", "import paths"),
]  # fmt: skip


@pytest.mark.parametrize("statement", [one[1] for one in INSIDE], ids=[one[0] for one in INSIDE])
def test_a_folder_of_the_project_becomes_a_root(facts, statement: str) -> None:
    files = {
        **LIB,
        "data/x.csv": "",
        "jobs/paths.py": "import sys\nsys.path.append('lib')",
        "jobs/p.py": HEAD + statement + USE,
    }
    found = facts(files, entry="jobs/p.py", roots=("jobs", "."))
    assert [one.module for one in found.imports] == ["a"]
    assert "lib/h.py" in [one.path for one in found.slices]


OUTSIDE = [
    ("absolute", "sys.path.append('/opt/shared')", "'/opt/shared', which is no folder of the project"),
    ("above the root", "sys.path.append(str(Path(__file__).parents[2] / 'shared'))", "'../../shared', which is no folder of the project"),
    ("no such folder", "sys.path.append('none')", "'none', which is no folder of the project"),
    ("environment", "sys.path.append(os.environ['X'])", "a folder that is only known when it runs"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "wanted"), [one[1:] for one in OUTSIDE], ids=[one[0] for one in OUTSIDE]
)
def test_what_leads_out_of_the_project_is_told(facts, statement: str, wanted: str) -> None:
    found = facts({"p.py": HEAD + statement + "\ndef f(): pass"})
    assert [str(one.where) for one in found.warnings] == ["p.py:3"]
    assert found.warnings[0].text.endswith(wanted)
    assert (
        found.warnings[0].hint
        == "move the code below the project's root, or install it as a package"
    )


def test_what_only_the_main_block_adds_does_not_count(facts) -> None:
    source = HEAD + "def f(): pass\nif __name__ == '__main__':\n    sys.path.append('/opt/shared')"
    assert facts(source).warnings == ()


def test_the_roots_reach_the_image(pipeline) -> None:
    source = "import ops0, sys\nsys.path.append('lib')\nimport h\n@ops0.step\ndef f(): h.g()"
    made: Pipeline = pipeline({**LIB, "p.py": source})
    assert made.steps[0].roots == (".", "lib")
    assert [one.path for one in made.steps[0].slices] == ["lib/h.py", "p.py"]


def test_what_a_file_adds_counts_for_files_read_before_it(facts) -> None:
    files = {
        **LIB,
        "one.py": "import h\ndef g(): h.g()",
        "two.py": "import sys\nsys.path.append('lib')\ndef k(): pass",
        "p.py": "from one import g\nfrom two import k\ndef f(): g(), k()",
    }
    assert [one.module for one in facts(files).imports] == ["a"]


def test_a_module_keeps_its_name_when_its_folder_becomes_a_root(facts) -> None:
    files = {
        "k/__init__.py": "",
        "k/h.py": "def g(): pass",
        "p.py": "import sys\nsys.path.append('k')\nfrom k.h import g\ndef f(): g()",
    }
    assert {one.path: one.module for one in facts(files).slices}["k/h.py"] == "k.h"


@pytest.mark.parametrize("name", ["types", "json", "enum"])
def test_what_is_loaded_before_all_user_code_is_python_s_own(facts, name: str) -> None:
    # A folder `types` of a library became importable as its parent was put on sys.path: each `import types` was a fault.
    files = {
        f"lib/{name}.py": "import a",
        "p.py": f"import sys\nsys.path.insert(0, 'lib')\nfrom {name} import other\ndef f(): other()",
    }
    found = facts(files)
    assert (found.faults, found.imports) == ((), ())


@pytest.mark.parametrize("name", ["math", "array", "random", "string"])
def test_a_file_comes_in_place_of_what_is_not_loaded_yet(facts, name: str) -> None:
    files = {
        f"{name}.py": "import a\ndef other(): a.b()",
        "p.py": f"import {name}\ndef f(): {name}.other()",
    }
    assert [one.module for one in facts(files).imports] == ["a"]


def test_faults_are_told_once_all_roots_are_known(pipeline) -> None:
    source = "import ops0, sys\nsys.path.append('lib')\nimport none.x\n@ops0.step\ndef f(): h.g("
    with pytest.raises(AnalysisError):
        pipeline({**LIB, "p.py": source})


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("from github import G", ["github"]),
        ("import os, github as g", ["github"]),
        ("import github.x", ["github.x"]),
        ("from .github import G", []),
        ("import githubs", ["githubs"]),
        ("from h import g", ["a"]),  # a sibling by its bare name: the folder is a root
    ],
)
def test_a_file_does_not_import_itself(facts, line: str, wanted: list[str]) -> None:
    files = {
        "jobs/__init__.py": "",
        "jobs/h.py": LIB["lib/h.py"],
        "jobs/github.py": f"{line}\ndef f(): return G, g, github, githubs",
    }
    found = facts(files, entry="jobs/github.py", roots=("jobs", "."))
    assert [one.module for one in found.imports if one.module != "os"] == wanted


def test_at_the_root_there_is_no_telling(facts) -> None:
    found = facts({"github.py": "import github\ndef f(): return github.G"}, entry="github.py")
    assert found.imports == ()


INNER = {
    "shop/__init__.py": "",
    "shop/typing.py": "Rows = list",
    "shop/email/__init__.py": "from a import Mail",
    "shop/jobs/__init__.py": "",
    "shop/jobs/queue.py": "from b import Queue",
}


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        # A package `typing` of Streamlit's, and Django's `http`, hid Python's own, and all their files were refused.
        ("from typing import Any\nfrom email import message\ndef f(x: Any = message): pass", []),
        ("from shop.email import Mail\ndef f(): Mail()", ["a"]),
        ("from queue import Queue\ndef f(): Queue()", ["b"]),  # its own folder, as it is run
        ("from queue import Empty\nfrom .queue import Queue\ndef f(): Empty, Queue()", ["b"]),
    ],
)
def test_a_package_above_does_not_hide_what_python_has(facts, code: str, wanted: list[str]) -> None:
    files = {**INNER, "shop/jobs/p.py": code}
    found = facts(files, entry="shop/jobs/p.py", roots=("shop/jobs", "shop", ""))
    assert found.faults == ()
    assert [one.module for one in found.imports if one.module in "ab"] == wanted


def test_a_package_above_is_a_root_where_it_hides_nothing(facts) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/tools.py": "import a\ndef g(): a.b()",
        "shop/test/__init__.py": "",
    }
    code = "from tools import g\ndef f(): g()"
    found = facts(
        {**files, "shop/jobs/p.py": code}, entry="shop/jobs/p.py", roots=("shop/jobs", "shop", "")
    )
    assert [one.module for one in found.imports] == ["a"]


@pytest.mark.parametrize("entry", ["shop/jobs/p.py", "shop/p.py"])
def test_a_package_stays_a_root_where_the_entry_takes_from_it_by_a_bare_name(
    facts, entry: str
) -> None:
    """A `statistics.py` beside the `models.py` that is meant; and a line of a text that only looks like an import."""
    files = {
        "shop/__init__.py": "",
        "shop/statistics.py": "",
        "shop/models.py": "import a\ndef g(): a.b()",
        entry: '"""A text.\n\nfrom . import of this\n"""\nfrom models import g\ndef f(): g()',
    }
    found = facts(files, entry=entry, roots=(entry.rpartition("/")[0], "shop", ""))
    assert (found.faults, [one.module for one in found.imports]) == ((), ["a"])


PACKAGE = {
    "tasks/__init__.py": "",
    "tasks/app/__init__.py": "",
    "tasks/app/amqp.py": "from b import c\nclass Queues: x = c",
    "tasks/app/defaults.py": "x = 1",
    "tasks/app/made.py": "from b import c\nglobals()['A' + 'ny'] = c",
}
ROOTS = ("tasks/app", "tasks", "")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("from .defaults import x\nfrom amqp import Connection\ndef f(): Connection(x)", "amqp"),
        ("from . import defaults\nimport amqp\ndef f(): amqp.Connection(defaults)", "amqp"),
        ("import amqp as a\nfrom ..app import defaults\ndef f(): a.Connection()", "amqp"),
        # its own, in whatever way it is imported
        ("from amqp import Queues\ndef f(): Queues()", "b"),
        ("from tasks.app.defaults import x\nfrom amqp import Queues\ndef f(): Queues(x)", "b"),
        ("try:\n  from .amqp import Queues\nexcept ImportError:\n  from amqp import Queues\ndef f(): Queues()", "b"),
        ("import amqp\nfrom tasks.app import defaults\ndef f(): amqp.Queues(defaults)", "b"),
        ("import amqp\ndef f(): amqp.Other()", ""),  # nothing tells that it is no script
        ("from tasks.app.defaults import x\nimport amqp\namqp.more = x\ndef f(): amqp.more", ""),
        ("try:\n  from .defaults import x\nexcept ImportError:\n  x = 1\nimport amqp\ndef f(): amqp.more", ""),
        ("from .defaults import x\nimport amqp\namqp.more = x\ndef f(): return amqp.__file__", ""),
        ("from .defaults import x\nfrom made import Any\ndef f(): Any()", "b"),
    ],
)  # fmt: skip
def test_a_package_does_not_hide_a_library_of_a_module_s_name(
    facts, code: str, wanted: str
) -> None:
    found = facts({**PACKAGE, "tasks/app/p.py": code}, entry="tasks/app/p.py", roots=ROOTS)
    assert found.faults == ()
    assert {one.module for one in found.imports} == set(wanted.split())


def test_a_package_named_like_the_library_that_it_wraps(facts) -> None:
    files = {
        "flows/__init__.py": "",
        "flows/inner/__init__.py": "",
        "flows/inner/pydantic/flags.py": "from a import FLAG",
        "flows/inner/pydantic/__init__.py": "from pydantic import Model\nfrom flows.inner.pydantic.flags import FLAG\ndef f(): Model(FLAG)",
    }
    roots = ("flows/inner/pydantic", "flows/inner", "flows", "")
    found = facts(files, entry="flows/inner/pydantic/__init__.py", roots=roots)
    assert {one.module for one in found.imports} == {"a", "pydantic"}


def test_a_folder_of_scripts_that_is_a_package_for_nobody_stays_a_root(facts) -> None:
    files = {
        "src/__init__.py": "",
        "src/kit/__init__.py": "from kit.core import go\nfrom .more import x\ndef f(): go(x)",
        "src/kit/core.py": "from a import go",
        "src/kit/more.py": "x = 1",
    }
    found = facts(files, entry="src/kit/__init__.py", roots=("src/kit", "src", ""))
    assert {one.module for one in found.imports} == {"a"}
