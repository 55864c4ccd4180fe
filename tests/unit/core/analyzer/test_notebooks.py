"""Notebooks through the analyzer: places, slices, what the last definition is, and what only a kernel can do."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ops0.core.analyzer import function_facts
from ops0.core.analyzer.errors import (
    LocalModuleMissing,
    NeedsKernel,
    NoSteps,
    SourceSyntax,
)
from ops0.core.graph import DuplicateStep
from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline
from ops0.core.project_files import MemorySource

Analyse = Callable[..., Pipeline]
STEP = "import ops0\n@ops0.step\ndef f():\n    return {}"


def cells(*texts: str) -> str:
    return json.dumps(
        {"cells": [{"cell_type": "code", "source": text} for text in texts], "nbformat": 4}
    )


@pytest.fixture
def read(pipeline: Analyse) -> Analyse:
    """read("cell", ...): the pipeline of ``a/my flow.ipynb``, beside ``a/h.py`` and ``a/rows.csv``."""

    def make(*texts: str, **files: str) -> Pipeline:
        beside = {
            "a/h.py": "import inner\ndef g(): return inner.x\ndef unused(): pass",
            "a/rows.csv": "x",
        }
        return pipeline(
            {"a/my flow.ipynb": cells(*texts), **beside, **files}, entry="a/my flow.ipynb"
        )

    return make


def step(read: Analyse, *texts: str):
    return read(*texts).steps[-1]


def test_a_notebook_is_a_pipeline_like_a_file(read: Analyse) -> None:
    found = read(
        "import pandas as pd",
        "import ops0",
        "@ops0.step\ndef load():\n    return pd.x",
        "@ops0.step\ndef show(load):\n    return load",
    )
    assert found.name == "my-flow"
    assert [call.id for call in found.calls] == ["load", "show"]
    load, show = found.steps
    assert (load.module, str(load.where)) == ("my_flow_ipynb", "a/my flow.ipynb: cell 3, line 2")
    (part,) = load.slices
    assert part.path == "a/my_flow_ipynb.py"
    assert (
        part.text
        == "\nimport pandas as pd\nimport ops0\n@ops0.step\ndef load():\n    return pd.x\n"
    )
    assert "pandas" not in show.slices[0].text


THREE = "import ops0\n@ops0.step\ndef load(): pass\n@ops0.step\ndef clean(load): pass\n@ops0.step\ndef total(clean): pass"
CLEAN = "@ops0.step\ndef clean(load): return 2"


def test_a_step_that_a_cell_defines_again_keeps_its_place(read: Analyse) -> None:
    found = read(THREE, CLEAN)
    assert [call.id for call in found.calls] == ["load", "clean", "total"]
    assert found.results == ("total",)
    assert str(found.step("clean").where) == "a/my flow.ipynb: cell 2, line 2"


def test_a_step_that_was_moved_counts_where_it_stands_now(read: Analyse) -> None:
    first, rest = THREE.replace("clean(load)", "clean(x=1)"), CLEAN.replace("load", "total")
    found = read(first, "@ops0.step\ndef total(load): pass", rest)
    assert [call.id for call in found.calls] == ["load", "total", "clean"]


def test_modules_and_data_beside_it_are_found(read: Analyse) -> None:
    found = step(
        read, "import ops0\nfrom h import g", "@ops0.step\ndef f():\n    return g(open('rows.csv'))"
    )
    assert [one.path for one in found.slices] == ["a/h.py", "a/my_flow_ipynb.py"]
    assert [one.path for one in found.data] == ["a/rows.csv"]


def test_a_module_of_its_own_name_stays_itself(pipeline: Analyse) -> None:
    files = {
        "churn.ipynb": cells(STEP.replace("{}", "g()"), "from churn import g"),
        "churn.py": "def g(): pass",
    }
    (found,) = pipeline(files, entry="churn.ipynb").steps
    assert [one.path for one in found.slices] == ["churn.py", "churn_ipynb.py"]
    files["churn_ipynb.py"] = ""
    (found,) = pipeline(files, entry="churn.ipynb").steps
    assert (found.module, found.slices[-1].path) == ("churn_ipynb_", "churn_ipynb_.py")


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("1 - a.b.ipynb", "_1___a_b_ipynb"),
        ("é.ipynb", "__ipynb"),
        ("class.ipynb", "class_ipynb"),
        (".ipynb", "_ipynb"),
    ],
)
def test_any_name_gives_a_module(pipeline: Analyse, name: str, module: str) -> None:
    (found,) = pipeline({name: cells(STEP)}, entry=name).steps
    assert found.module == module
    assert module.isidentifier()


# (what it shows, cells, what f's slice holds without blank lines)
SLICES = [
    ("magics are gone", ["%matplotlib inline\n!ls", STEP], STEP),
    ("looked at, not used", ["x = 1\nx", "y = x", "x.head()", STEP], STEP),
    (
        "builtins alone",
        ["print(1 + 1)", "for x in range(3):\n    print(x)", "raise RuntimeError('x')", STEP],
        STEP,
    ),
    (
        "seed",
        ["import random", STEP.replace("{}", "random.random()"), "random.seed(1)"],
        f"import random\n{STEP.replace('{}', 'random.random()')}\nrandom.seed(1)",
    ),
    ("used", ["K = {}", STEP.replace("{}", "K")], f"K = {{}}\n{STEP.replace('{}', 'K')}"),
    ("environment", ["%env A=1", STEP], f"import os; os.environ['A'] = '1'\n{STEP}"),
    ("the run", [STEP, "ops0.run()", "f()"], STEP),
    (
        "future",
        ["x = 1", f"from __future__ import annotations, division\n{STEP}"],
        f"from __future__ import annotations, division\n{STEP}",
    ),
    ("await at the top", [STEP, "await f()", "await g"], STEP),
    ("await in a block", [STEP, "K = []", "for x in K:\n    await x"], STEP),
    ("help", [STEP, "f?", "?f"], STEP),
    ("timed", ["%%time\nK = {}", STEP.replace("{}", "K")], f"K = {{}}\n{STEP.replace('{}', 'K')}"),
]


@pytest.mark.parametrize(
    ("texts", "kept"), [one[1:] for one in SLICES], ids=[one[0] for one in SLICES]
)
def test_slices(read: Analyse, texts: list[str], kept: str) -> None:
    (part,) = step(read, *texts).slices
    assert [line for line in part.text.split("\n") if line] == kept.split("\n")
    compile(part.text, part.path, "exec")


def test_every_kept_line_stands_where_the_cells_say(read: Analyse) -> None:
    texts = ["import ops0\n", "%pip install a\nK = 1", "md", "@ops0.step\ndef f():\n    return K"]
    (part,) = step(read, *texts).slices
    assert part.cells is not None
    for number, line in enumerate(part.text.split("\n"), start=1):
        if line:
            cell, inside = part.cells.where(number).cell or (0, 0)
            assert texts[cell - 1].split("\n")[inside - 1] == line


def test_a_step_edited_in_a_later_cell_is_the_later_one(read: Analyse) -> None:
    old, new = STEP.replace("{}", "1"), STEP.replace("{}", "2")
    found = read(old, new)
    assert [str(one.where) for one in found.steps] == ["a/my flow.ipynb: cell 2, line 3"]
    (part,) = found.steps[0].slices
    assert "return 1" not in part.text
    (warning,) = found.steps[0].warnings
    assert warning.text == "'f' is defined in cell 1 too; the last definition counts"
    (warning,) = read(old, old, new).steps[0].warnings
    assert warning.text == "'f' is defined in cells 1, 2 too; the last definition counts"


def test_in_a_file_two_steps_of_one_name_stay_an_error(pipeline: Analyse) -> None:
    with pytest.raises(DuplicateStep):
        pipeline(f"{STEP}\n{STEP}")


def test_two_functions_that_name_one_step_stay_an_error(read: Analyse) -> None:
    named = "import ops0\n@ops0.step(name='x')\ndef {}(): pass"
    with pytest.raises(DuplicateStep) as caught:
        read(named.format("f"), named.format("g"))
    assert "cell 2, line 3" in str(caught.value)
    assert "the first is at a/my flow.ipynb: cell 1, line 3" in str(caught.value)


def test_the_last_pipeline_counts(read: Analyse) -> None:
    again = "@ops0.pipeline\ndef p():\n    return f({})"
    found = read(STEP.replace("f()", "f(x)"), again.format(1), again.format(2))
    assert [call.inputs[0][1].value for call in found.calls] == [2]  # type: ignore[union-attr]


def test_all_functions_of_a_notebook_the_last_definition_of_each() -> None:
    source = MemorySource(
        {
            "n.ipynb": cells(
                "import a, b\ndef f(): a.x()", "class C:\n  def m(self): b.x()", "def f(): b.x()"
            )
        }
    )
    found = function_facts(source, "n.ipynb", None, roots=(".",), target=Target(python="3.11"))
    assert {name: [one.module for one in facts.imports] for name, facts in found.items()} == {
        "C.m": ["b"],
        "f": ["b"],
    }


# (what it shows, cells, place of the fault, its start)
KERNEL = [
    (
        "command in a step",
        [STEP.replace("return", "!ls\n    return")],
        "cell 1, line 4",
        "`!ls` is not run",
    ),
    (
        "command in a helper",
        ["def g():\n    !ls", STEP.replace("{}", "g()")],
        "cell 1, line 2",
        "`!ls` is not run",
    ),
    (
        "assigned command",
        ["x = !ls", STEP.replace("{}", "x")],
        "cell 1, line 1",
        "`!ls` is not run, so what `x` holds is unknown",
    ),
    (
        "assigned in a block",
        ["if 1:\n    x = !ls", STEP.replace("{}", "x")],
        "cell 1, line 2",
        "`!ls` is not run",
    ),
    (
        "captured",
        ["%%capture out\nx = 1", STEP.replace("{}", "out")],
        "cell 1, line 1",
        "`%%capture out` is not run",
    ),
    (
        "magic in a step",
        [STEP.replace("return", "%run x.py\n    return")],
        "cell 1, line 4",
        "`%run x.py` is not run",
    ),
    (
        "awaited value",
        ["x = await g()", STEP.replace("{}", "x")],
        "cell 1, line 1",
        "`await` outside of a function",
    ),
    (
        "awaited value in a block",
        ["if 1:\n    x = [y async for y in z]", STEP.replace("{}", "x")],
        "cell 1, line 2",
        "`await` outside",
    ),
]


@pytest.mark.parametrize(
    ("texts", "place", "said"), [one[1:] for one in KERNEL], ids=[one[0] for one in KERNEL]
)
def test_a_step_that_reaches_what_only_a_kernel_does(
    read: Analyse, texts: list[str], place: str, said: str
) -> None:
    with pytest.raises(NeedsKernel) as caught:
        read(*texts)
    assert str(caught.value.where) == f"a/my flow.ipynb: {place}"
    assert caught.value.fact.startswith(said)
    assert caught.value.step == "f"
    assert caught.value.hint


@pytest.mark.parametrize("text", ["%pip install x", "%matplotlib inline", "x?", "%time x = 1"])
def test_a_step_may_hold_what_needs_no_kernel(read: Analyse, text: str) -> None:
    assert step(read, STEP.replace("return", f"{text}\n    return")).warnings == ()


@pytest.mark.parametrize(
    ("name", "warned"),
    [
        ("display", False),  # its runner has one
        ("get_ipython", True),
        ("Out", True),
        ("_12", True),
        ("_", True),
        ("print", False),
        ("mine", False),
    ],
)
def test_names_that_only_a_kernel_binds(read: Analyse, name: str, warned: bool) -> None:
    found = step(read, "mine = 1", STEP.replace("{}", name))
    assert [
        one.text.startswith(f"`{name}` is there only in a notebook") for one in found.warnings
    ] == [True] * warned


def test_an_imported_display_is_no_fault(read: Analyse) -> None:
    assert (
        step(read, "from IPython.display import display", STEP.replace("{}", "display(1)")).warnings
        == ()
    )


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        (["x = 1", "a\nb c"], "cell 2, line 2"),
        (["x = (", STEP], "cell 1, line 1"),
        (["x = '''", "'''"], "cell 1, line 1"),
    ],
)
def test_a_syntax_error_is_told_in_its_own_cell(
    read: Analyse, texts: list[str], place: str
) -> None:
    with pytest.raises(SourceSyntax) as caught:
        read(*texts)
    assert str(caught.value.where) == f"a/my flow.ipynb: {place}"
    assert "cell" in (caught.value.hint or "")


def test_a_syntax_error_shows_the_cells_line_whatever_stands_in_the_folder(
    read: Analyse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "my flow.ipynb").write_text('{"cells": []}\n')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceSyntax) as caught:
        read("x = 1", "def g(:\n    pass")
    assert str(caught.value) == "a/my flow.ipynb: cell 2, line 1: invalid syntax: def g(:"


def test_no_steps(read: Analyse) -> None:
    for texts in ((), ("",), ("x = 1",)):
        with pytest.raises(NoSteps):
            read(*texts)


def test_a_relative_import_leads_nowhere_as_in_the_notebook(read: Analyse) -> None:
    with pytest.raises(LocalModuleMissing) as caught:
        read("from .h import g", STEP.replace("{}", "g"))
    assert str(caught.value.where) == "a/my flow.ipynb: cell 1, line 1"


def test_places_in_notebooks_sort_by_cell(read: Analyse) -> None:
    found = read(
        "import ops0\n\n\n\nimport a", "import b", "@ops0.step\ndef f():\n    return b.x(a.y)"
    )
    assert ast.parse(found.steps[0].slices[0].text)
    lines = [found.steps[0].slices[0].cells.where(line) for line in (6, 2, 7)]  # type: ignore[union-attr]
    assert [one.cell for one in sorted(lines)] == [(1, 1), (1, 5), (2, 1)]


WRITTEN = "\n%%writefile h.py\nimport other\n\ndef g(): return other.x\ndef unused(): pass\n"


def test_a_module_that_a_cell_writes_is_one_beside_the_notebook(read: Analyse) -> None:
    """It counts before what a run of that cell has left on the disk."""
    found = step(read, "import ops0", WRITTEN, "from h import g\n@ops0.step\ndef f(): return g()")
    sliced = {one.path: one for one in found.slices}
    assert list(sliced) == ["a/h.py", "a/my_flow_ipynb.py"]
    assert sliced["a/h.py"].text == "import other\n\ndef g(): return other.x\n"
    cells = sliced["a/h.py"].cells
    assert cells is not None
    assert str(cells.where(3)) == "a/my flow.ipynb: cell 2, line 5"


def test_a_fault_in_a_written_module_is_told_by_its_cell(read: Analyse) -> None:
    with pytest.raises(SourceSyntax, match=r"a/my flow\.ipynb: cell 1, line 3: ") as fault:
        read("%%writefile h.py\nx = 1\nx x", "import ops0\nimport h\n@ops0.step\ndef f(): h.x()")
    assert fault.value.hint == "fix the cell"


def test_a_written_module_is_no_notebook(read: Analyse) -> None:
    """What stands there for its effect is kept, and of two definitions the later one counts when it is called."""
    body = "%%writefile h.py\nimport a, b\na.setup()\ndef g(): a.x()\n"
    found = step(read, body, "import ops0\nimport h\n@ops0.step\ndef f(): h.g()")
    assert found.slices[0].text == "import a\na.setup()\ndef g(): a.x()\n"
