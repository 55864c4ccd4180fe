"""Cells to Python text: what each kernel's line becomes, what it declares, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ops0.core.notebooks.text import NotebookText, read_notebook

Notebook = Callable[..., bytes]


@pytest.fixture
def read(notebook: Notebook) -> Callable[..., NotebookText]:
    return lambda *cells, **more: read_notebook("n.ipynb", notebook(*cells, **more))


# (what it shows, cell, Python)
BECOMES = [
    ("plain", "x = 1\ny = 2", "x = 1\ny = 2\n"),
    ("magic", "%matplotlib inline\nx = 1", "pass\nx = 1\n"),
    ("unknown magic", "%frobnicate", "pass\n"),
    ("command", "!ls", "pass\n"),
    ("command in a block", "if x:\n    !ls\ny", "if x:\n    pass\ny\n"),
    ("continued command", "!ls \\\n  -l\nx", "pass\n\nx\n"),
    ("assigned command", "x = !ls", "x = ...\n"),
    ("assigned magic", "    x = %sql select", "x = ...\n"),
    ("help", "?x\nx?\nx.y??\n%time?\nx", "pass\npass\npass\npass\nx\n"),
    ("help that ends in a semicolon", "x?;", "pass\n"),
    ("no help", "x = 'a?'\n# x?\ny  # z?", "x = 'a?'\n# x?\ny  # z?\n"),
    ("time", "%time x = f()", "x = f()\n"),
    ("time of a command", "%time !ls", "pass\n"),
    ("prun", "%prun -l 5 -q f()", "f()\n"),
    ("timeit binds nothing", "%timeit x = f()", "pass\n"),
    ("env", "%env A=1 2", "import os; os.environ['A'] = '1 2'\n"),
    ("set_env", "%set_env A b", "import os; os.environ['A'] = 'b'\n"),
    ("env that shows", "%env\n%env A", "pass\npass\n"),
    ("env that is filled in", "%env A=$B\n%env A={b}", "pass\npass\n"),
    ("automagic", "pip install x", "pass\n"),
    ("a name like an automagic", "pip = 1\nconda", "pip = 1\nconda\n"),
    ("timed cell", "%%time\nx = 1", "pass\nx = 1\n"),
    ("timed cell with options", "%%timeit -n 3\nx = 1", "pass\nx = 1\n"),
    ("timed cell with a setup", "%%timeit y = 2\nx = 1", "y = 2\nx = 1\n"),
    ("captured cell", "\n%%capture\nx = 1\n!ls", "\npass\nx = 1\npass\n"),
    ("captured cell that binds", "%%capture out --no-stderr\nx = 1", "out = ...\nx = 1\n"),
    ("captured cell of another magic", "%%capture\n%%time\nx = 1", "pass\npass\nx = 1\n"),
    ("shell cell", "%%bash\nls\nx = 1", "\n\n\n"),
    ("unknown cell", "%%sql\nselect 1", "\n\n"),
    ("shown cell", "%%html\n<b>", "\n\n"),
    ("indented cell", "    x = 1\n    if x:\n        y = 2\n", "x = 1\nif x:\n    y = 2\n"),
    ("pasted from a console", ">>> def f():\n...     !ls\n...\n>>> f()\nx", "def f():\n    pass\n\nf()\nx\n"),
    ("no console", "x\n... \n", "x\n... \n"),
    ("semicolon at the end", "plot();", "plot();\n"),
    ("text", "x = '''\n%pip install y\n!ls\n'''", "x = '''\n%pip install y\n!ls\n'''\n"),
    ("empty", "", "\n"),
    ("windows", "x = 1\r\n!ls\r\ny", "x = 1\npass\ny\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "python"), [one[1:] for one in BECOMES], ids=[one[0] for one in BECOMES]
)
def test_becomes(read: Callable[..., NotebookText], cell: str, python: str) -> None:
    assert read(cell).cells[0].text == python


# (install line, requirements, what is said)
INSTALLS = [
    ("%pip install a", "a", ""),
    ("%pip install -q -U a 'b>=2' c[x]==1.*", "a b>=2 c[x]==1.*", ""),
    ("%pip install a>=2", "a>=2", ""),
    ("%pip install a >= 2 b", "a>=2 b", ""),
    ("%pip install a  # for later", "a", ""),
    ("!pip install a > /dev/null 2>&1", "a", ""),
    ("!pip install a | tail -n 1", "a", ""),
    ("!pip3 install -q a && echo done", "a", ""),
    ("!pip install a; pip install b", "a b", ""),
    ("!sudo pip install a", "a", ""),
    ("!python3 -m pip install --upgrade a", "a", ""),
    ("!{sys.executable} -m pip install a", "a", ""),
    ("!pip install a \\\n  b", "a b", ""),
    ("pip install a", "a", ""),
    ("!uv pip install --system a", "a", ""),
    ("%uv add a --group dev", "a", ""),
    ("%uv pip install a", "a", ""),
    ("%conda install -y -c conda-forge a", "a", ""),
    ("%conda install a=1.2 conda-forge::b==3 python=3.9", "a==1.2.* b==3", ""),
    ("!mamba install -y 'a>=2'", "a>=2", ""),
    ("%pip list\n!pip uninstall -y a\n!pip --version", "", ""),
    ("%pip install -i https://u:p@h/x --pre a", "a", "`-i` is not used"),
    ("%pip install git+https://h/x.git@v1", "git+https://h/x.git@v1", ""),
    ("%pip install https://h/x-1.0.zip", "https://h/x-1.0.zip", ""),
    ("%pip install ftp://u:p@h/x.zip", "", "`ftp://h/x.zip` is a file or address"),
    ("%pip install ./a -e .", "", "`./a` is a file or address|`.` is a file or address"),
    ("%pip install a.whl", "", "`a.whl` is a file or address"),
    ("%pip install 'a @ https://h/a.whl'", "a @ https://h/a.whl", ""),
    ("%pip install {a} $b", "", "`{a}` is filled in|`$b` is filled in"),
    ("!pip install a && ls", "a", "`!pip install a && ls` is not run"),
    ("!apt-get update && apt-get install -y a1", "", "Debian packages are not taken from a cell: a1"),
    ("!ops0 build x.ipynb && ls", "", "`!ops0 build x.ipynb && ls` is not run"),
    ("!echo it's", "", "`!echo it's` is not run"),
    ("!ops0 build x.ipynb\n!ops0", "", ""),
    ("!echo a\n!true", "", ""),
    ("!echo a > b.txt", "", "`!echo a > b.txt` is not run"),
    ("%run a.py\n%cd b\n%pylab\n%store -r c", "", "`%run a.py` is not|`%cd b` is not|`%pylab` is not|`%store -r c` is not"),
    ("%load_ext autoreload\n%autoreload 2\n%matplotlib inline\n%config A.b = 1\n%who\n%pwd", "", ""),
    ("%env A=$B", "", "`%env A=$B` is not run"),
    ("x = !ls", "", "`!ls` is not run, so what `x` holds is unknown"),
    ("%%bash\npip install a\nls", "a", "the cell is `%%bash`, not Python: it is not run"),
    ("%%sh\npip install a \\\n  b", "a b", ""),
    ("%%writefile a.py\nx = 1", "", ""),
    ("%%writefile -a a.py\nx = 1", "", "the cell is `%%writefile`, not Python"),
    ("%%writefile a.sql\nselect 1", "", "the cell is `%%writefile`, not Python"),
    ("%%writefile b/a.py\nx = 1", "", "the cell is `%%writefile`, not Python"),
    ("%%javascript\nalert(1)", "", ""),
    ("x = 1\n%%time\ny = 2", "", "`%%time` is not run"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "requirements", "said"), INSTALLS, ids=[one[0] for one in INSTALLS]
)
def test_installs_and_remarks(
    read: Callable[..., NotebookText], cell: str, requirements: str, said: str
) -> None:
    found = read(cell)
    asked = [text.replace(" ", "") for _, one in found.installs for text in one.requirements]
    assert asked == (
        [requirements.replace(" ", "")] if " @ " in requirements else requirements.split()
    )
    remarks = [one.text for one in found.remarks]
    wanted = said.split("|") if said else []
    assert len(remarks) == len(wanted), remarks
    assert all(remark.startswith(want) for remark, want in zip(remarks, wanted, strict=True)), (
        remarks
    )
    assert all(one.hint for one in found.remarks)


def test_requirement_files_are_named(read: Callable[..., NotebookText]) -> None:
    found = read("%pip install -r a.txt --requirement=b.txt -rc.txt d")
    ((where, installs),) = found.installs
    assert installs.files == ("a.txt", "b.txt", "c.txt")
    assert str(where) == "n.ipynb: cell 1, line 1"


def test_no_password_is_told(read: Callable[..., NotebookText]) -> None:
    found = read("!pip install --index-url https://u:secret@h a git+https://u:secret@h/b")
    assert "secret" not in repr([(one.text, one.hint) for one in found.remarks])


def test_places_count_all_cells_and_the_lines_in_each(read: Callable[..., NotebookText]) -> None:
    found = read("md:# title", "x = 1\ny = 2\n", "md:more", "", "z = 3\n\n!ls")
    assert [(one.number, one.first) for one in found.cells] == [(2, 2), (4, 4), (5, 5)]
    assert [str(found.places.where(line)) for line in (2, 3, 4, 7)] == [
        "n.ipynb: cell 2, line 1",
        "n.ipynb: cell 2, line 2",
        "n.ipynb: cell 4, line 1",
        "n.ipynb: cell 5, line 3",
    ]
    (remark,) = found.remarks
    assert str(remark.where) == "n.ipynb: cell 5, line 3"


def test_format_3(read: Callable[..., NotebookText]) -> None:
    cells = [
        {"cell_type": "code", "language": "python", "input": ["x = 1\n", "y"]},
        {"cell_type": "heading", "source": "a"},
        {"cell_type": "code", "language": "ruby", "input": "puts 1"},
    ]
    found = read(nbformat=3, worksheets=[{"cells": cells[:1]}, {"cells": cells[1:]}])
    assert [(one.number, one.text) for one in found.cells] == [(1, "x = 1\ny\n"), (3, "\n")]
    assert [one.text for one in found.remarks] == [
        "the cell is `%%ruby`, not Python: it is not run"
    ]
