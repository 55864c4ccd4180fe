"""Calls, texts, types, data files and warnings of one function."""

from __future__ import annotations

import pytest

from ops0.core.facts import ImportFact
from ops0.core.pipeline import Where

CALLS = [
    ("alias", "import pandas as pd\ndef f(): pd.read_csv('x', sep=';')", ("pandas.read_csv", (("0", "x"), ("sep", ";")))),
    ("from", "from pandas import read_csv as r\ndef f(): r('x')", ("pandas.read_csv", (("0", "x"),))),
    ("lazy", "def f():\n  import pandas as pd\n  pd.read_csv(None, True)", ("pandas.read_csv", (("0", "None"), ("1", "True")))),
    ("method of a value", "def f(df): df.to_parquet('x')", (".to_parquet", (("0", "x"),))),
    ("method of a method", "def f(df): df.plot.bar()", (".plot.bar", ())),
    ("method of a result", "import pandas as pd\ndef f(): pd.read_csv(y).to_excel(z)", (".to_excel", ())),
    ("constant", "import a\nN = 's3://x'\ndef f(): a.g(N)", ("a.g", (("0", "s3://x"),))),
    ("f-string's head", "import a\ndef f(x): a.g(f's3://{x}')", ("a.g", (("0", "s3://…"),))),
    ("alias of a function", "import a\ng = a.x\ndef f(): g('t')", ("a.x", (("0", "t"),))),
    ("unknown argument", "import a\ndef f(x): a.g(x, k=x)", ("a.g", ())),
    ("a number by keyword", "import a\ndef f(x): a.g(x, k=1)", ("a.g", (("k", "…"),))),
    ("a table by keyword", "import a\ndef f(x): a.g(1, {}, k={'t': x})", ("a.g", (("k", "…"),))),
    ("builtin", "def f(): open('x')", ("open", (("0", "x"),))),
    ("a global object's method", "import a\nC = a.Client()\ndef f(): C.send('x')", (".send", (("0", "x"),))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in CALLS], ids=[case[0] for case in CALLS]
)
def test_calls(facts, source: str, wanted: tuple[str, tuple[tuple[str, str], ...]]) -> None:
    assert wanted in [(one.name, one.literals) for one in facts(source).calls]


def test_a_call_through_a_sibling_is_named_by_its_origin(facts) -> None:
    files = {
        "h.py": "from pandas import read_parquet",
        "p.py": "import h\ndef f(): h.read_parquet('x')",
    }
    assert [one.name for one in facts(files).calls] == ["pandas.read_parquet"]


def test_the_projects_own_calls_are_no_facts(facts) -> None:
    assert facts("import ops0\ndef g(): pass\n@ops0.step\ndef f(): g()").calls == ()


def test_what_another_function_of_the_same_settings_calls_is_no_fact(facts) -> None:
    source = "import a\nS = a.Size()\n@a.task(how=S)\ndef g(): a.read(1)\n@a.task(how=S)\ndef f(): a.look(1)"
    assert {call.name for call in facts(source).calls} == {"a.Size", "a.look", "a.task"}


def test_texts_are_constants_that_are_reached(facts) -> None:
    source = '"""module"""\nA = "one"\nB = "two"\ndef f(x="three"):\n    """doc"""\n    return A, open(f"four{x}five"), "six"\n'
    assert [one.text for one in facts(source).texts] == ["one", "three", "four"]


GIVEN = [
    ("variable", "def f():\n  n = 'x'\n  g = n\n  open(g)", ["x"]),
    ("assigned twice", "def f(a):\n  n = 'x'\n  n = a\n  open(n)", []),
    ("loop variable", "def f(a):\n  for n in a: open(n)", []),
    ("default", "def f(n='x'): open(n)", ["x"]),
    ("keyword's default", "def f(*, n='x'): open(n)", ["x"]),
    ("a parameter that is assigned too", "def f(n='x'):\n  n = n + 'y'\n  open(n)", []),
    ("of the function around", "def f(n='x'):\n  def g(): open(n)\n  return g", ["x"]),
    ("shadowed by a parameter", "n = 'x'\ndef f(n): open(n)", []),
    ("shadowed in a comprehension", "n = 'x'\ndef f(a): return [open(n) for n in a]", []),
    ("class attribute", "class K: n = 'x'\ndef f(): open(K.n)", ["x"]),
    ("either", "def f(a): open('x' if a else 'y')", ["x", "y"]),
    ("or", "import os\ndef f(): open(os.environ.get('A') or 'x')", ["x"]),
    ("environment", "import os\ndef f(): open(os.environ.get('A', 'x')); open(os.getenv('B', default='y'))", ["x", "y"]),
    ("get of a table", "def f(a): open(a.get('k', 'x'))", ["x"]),
    ("item", "T = {'a': 'x', 'b': 'y'}\ndef f(): open(T['b'])", ["y"]),
    ("f-string", "def f(a): open(f'x/{a}.csv')", ["x/….csv"]),
    ("f-string of a constant", "B = 'x'\ndef f(a): open(f'{B}/{a}')", ["x/…"]),
    ("unknown f-string", "def f(a, b): open(f'{a}/{b}')", []),
    ("sum", "B = 'x'\ndef f(a): open(B + '/' + a)", ["x/…"]),
    ("percent", "def f(a): open('x/%s.csv' % a)", ["x/….csv"]),
    ("format", "def f(a): open('x/{}.csv'.format(a))", ["x/….csv"]),
    ("path", "from pathlib import Path\nB = Path('x')\ndef f(a): open(B / a / 'y.csv')", ["x/…/y.csv"]),
    ("os.path", "import os\ndef f(a): open(os.path.join('x', a))", ["x/…"]),
    ("str and strip", "def f(): open(str('x').strip())", ["x"]),
    ("list of one", "def f(): open(['x'])", ["x"]),
    ("table of arguments", "O = {'file': 'x'}\ndef f(): open(**O)", ["x"]),
    ("dict()", "def f(): open(**dict(file='x'))", ["x"]),
    ("another module's", "import h\ndef f(): open(h.N)", ["h"]),
    ("a circle", "a = b\nb = a\ndef f(): open(a)", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in GIVEN], ids=[case[0] for case in GIVEN]
)
def test_what_an_argument_is_known_to_be(facts, source: str, wanted: list[str]) -> None:
    calls = facts({"p.py": source, "h.py": "N = 'h'"}).calls
    opened = [text for call in calls if call.name == "open" for _, text in call.literals]
    assert sorted(opened) == wanted


def test_alternatives_that_multiply_are_not_all_tried(facts) -> None:
    lines = ["n0 = 'x'", *(f"n{at + 1} = {' or '.join([f'n{at}'] * 60)}" for at in range(12))]
    source = "\n".join([*lines, "def f(): open(n5), open('%(' * 400_000 % n5)"])
    opened = [call.literals for call in facts(source).calls if call.name == "open"]
    assert (("0", "x"),) in opened


TAKEN = [
    ("at once", "import a\ndef f(): a.g('x')", "a.g"),
    ("in a list", "import a\ndef f(): a.g({'k': ['x']})", "a.g"),
    ("method of a value", "def f(v): v.send('x')", ".send"),
    ("passed on", "import a, os\ndef f(): a.g(os.path.join('x', 'x'))", "a.g"),
    ("a method's owner", "import a\ndef f(b): a.g('x'.format(b))", "a.g"),
    ("under a name", "import a\nN = 'x'\ndef f(): a.g(N)", "a.g"),
    ("logged and used", "import a, logging\nN = 'x'\ndef f(): logging.info(N); a.g(N)", "a.g"),
    ("logged", "import logging\ndef f(): logging.info('x')", "logging.info"),
    ("compared", "def f(v): return v == 'x'", "=="),
    ("a default of a field", "import pydantic\ndef f(): return pydantic.Field('x')", ""),
    ("an address of a field", "import pydantic\ndef f(): return pydantic.PostgresDsn('x')", ""),
    ("told to people", "import a\ndef f(): return a.g(help='x')", "=="),
    ("told to people and taken", "import a\ndef f(): return a.g('x', description='y')", "a.g"),
    ("asked for", "def f(v): return v.startswith('x')", ".startswith"),
    ("raised", "def f(v): raise ValueError('x')", "ValueError"),
    ("a function of the project gets it", "def g(v): return v\ndef f(): g('x')", ""),
    ("a function of the project gets it by a name", "import a\nN = 'x'\ndef g(v): return v\ndef f(): a.g(N); g(N)", ""),
    ("an unknown function", "def f(v): v('x')", ""),
    ("kept", "def f(v): v.append('x')", ""),
    ("returned by another", "def g(): return 'x'\ndef f(): return g()", ""),
    ("returned and used", "def f(a):\n  v = 'x'\n  a.append(v)\n  return v", ""),
    ("in a function that is an argument", "import a\ndef f(): a.g(lambda: 'x')", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "given"), [case[1:] for case in TAKEN], ids=[case[0] for case in TAKEN]
)
def test_a_text_says_what_takes_it(facts, source: str, given: str) -> None:
    assert {one.given for one in facts(source).texts if one.text == "x"} == {given}


@pytest.mark.parametrize(
    "body",
    ["return 'x'", "v = 'x'\n  print(v)\n  return {'a': v}", "return f'x{a}', 1", "return 'x' + a"],
)
def test_a_text_that_is_only_given_back_is_opened_by_others(facts, body: str) -> None:
    assert "x" not in {one.text for one in facts(f"def f(a):\n  {body}\n").texts}


HELPERS = [
    ("called", "def put(a): return f's3://{a}'\ndef f(a): b.open(put(a))"),
    ("called, and also told", "def put(a): return f's3://{a}'\ndef f(a):\n  print(put(a))\n  b.open(put(a))"),
    ("by another name", "def put(a): return f's3://{a}'\nto = put\ndef f(a):\n  v = to(a)\n  b.open(v)"),
    ("by a name that is looked up", "import p\ndef put(a): return f's3://{a}'\ndef f(a):\n  put(a)\n  b.open(getattr(p, 'put')(a))"),
    ("registered", "T = {}\ndef keep(g):\n  T[g.__name__] = g\n  return g\n@keep\ndef put(a): return f's3://{a}'\ndef f(a): b.open(T[a](a))"),
    ("registered for a type", "from functools import singledispatch\n@singledispatch\ndef put(a): pass\n@put.register\ndef _(a: str): return f's3://{a}'\ndef f(a): b.open(put(a))"),
    ("with an argument filled in", "from functools import partial\ndef put(a, c): return f's3://{a}'\nto = partial(put, 1)\ndef f(a): b.open(to(a))"),
    *(
        (f"as {name}", f"class C:\n  def {name}(self, *a): return f's3://{{a}}'\ndef f(a): b.open({use})")
        for name, use in (
            ("__str__", "str(C())"), ("__format__", "f'{C()}/x'"), ("__fspath__", "C()"), ("__call__", "C()(a)"),
            ("__getitem__", "C()[a]"), ("__getattr__", "C().x"), ("__truediv__", "C() / a"),
        )
    ),
    ("called by a library's class", "class C(b.Base):\n  def place(self): return f's3://{self.x}'\ndef f(a): return C().run()"),
    ("as a property made by hand", "class C:\n  def _place(self): return f's3://{self.x}'\n  place = property(_place)\ndef f(a): b.open(C().place)"),
]  # fmt: skip


@pytest.mark.parametrize("source", [case[1] for case in HELPERS], ids=[case[0] for case in HELPERS])
def test_an_address_of_a_helper_counts_however_the_helper_is_reached(facts, source: str) -> None:
    found = {one.text for one in facts(f"import b\n{source}\n").texts}
    assert any(one.startswith("s3://") for one in found)


def test_an_address_of_a_helper_counts_where_it_is_imported_by_another_name(facts) -> None:
    files = {
        "paths.py": "def rows(day): return f's3://b/{day}'\n",
        "p.py": "import b\nfrom paths import rows as uri\ndef f(day):\n  at = uri(day)\n  b.open(at)\n",
    }
    assert "s3://b/" in {one.text for one in facts(files).texts}


def test_what_is_read_and_what_is_set(facts) -> None:
    source = "import os, a as b\nK = {1: b.C}\nb.opts.x = 'y'\nos.environ['Z'] = 'w'\n"
    source += "def f(v):\n  os.getcwd()\n  return K, v.style, v.rows.style.x(), b.D\n"
    found = facts(source)
    names = {one.name for one in found.reads}
    assert {"a.C", "a.D", ".style", ".rows.style.x"} <= names
    settings = {one.name: one.literals for one in found.calls}
    assert settings["a.opts.x"] == (("0", "y"),)
    assert settings["os.environ[Z]"] == (("0", "w"),)


TYPES = [
    ("plain", "import pandas as pd\ndef f(x: pd.DataFrame): pass", [("pandas.DataFrame", "x")]),
    ("result", "import pandas as pd\ndef f() -> pd.DataFrame: pass", [("pandas.DataFrame", "return")]),
    ("from", "from pandas import DataFrame as D\ndef f(x: D): pass", [("pandas.DataFrame", "x")]),
    ("text", "import pandas as pd\ndef f(x: 'pd.DataFrame'): pass", [("pandas.DataFrame", "x")]),
    ("type checking only", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  import pandas as pd\ndef f(x: 'pd.DataFrame'): pass", [("pandas.DataFrame", "x")]),
    ("optional", "from typing import Optional\nimport a\ndef f(x: Optional[a.T]): pass", [("a.T", "x")]),
    ("union", "import a, b\ndef f(x: 'a.T | b.U | None'): pass", [("a.T", "x"), ("b.U", "x")]),
    ("generic of text", "import a\ndef f(x: dict[str, 'a.T']): pass", [("a.T", "x")]),
    ("annotated", "from typing import Annotated\nimport a\ndef f(x: Annotated[a.T, 'note here']): pass", [("a.T", "x")]),
    ("builtin and own", "import json\nclass K: pass\ndef f(x: int, y: K, z: json.JSONDecoder) -> list: pass", []),
    ("through a sibling", "from h import D\ndef f(x: D): pass", [("pandas.DataFrame", "x")]),
    ("keyword only, star", "import a\ndef f(*x: a.T, y: a.U): pass", [("a.T", "x"), ("a.U", "y")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in TYPES], ids=[case[0] for case in TYPES]
)
def test_types(facts, source: str, wanted: list[tuple[str, str]]) -> None:
    found = facts({"p.py": source, "h.py": "from pandas import DataFrame as D"})
    assert sorted((one.name, one.subject) for one in found.types) == wanted


DATA = [
    ("open", "def f(): open('x.csv')", ["x.csv"]),
    ("reader", "import a\ndef f(): a.read_csv('d/y.csv')", ["d/y.csv"]),
    ("not there", "def f(): open('no.csv')", []),
    ("constant", "N = 'x.csv'\ndef f(): open(N)", ["x.csv"]),
    ("beside the file", "from pathlib import Path\nD = Path(__file__).parent / 'd'\ndef f(): return (D / 'y.csv').read_text()", ["d/y.csv"]),
    ("os.path", "import os\nD = os.path.dirname(os.path.abspath(__file__))\ndef f(): open(os.path.join(D, 'd', 'y.csv'))", ["d/y.csv"]),
    ("a folder", "from pathlib import Path\ndef f(): return sorted((Path(__file__).parent / 'd').glob('*'))", ["d/e/z.json", "d/y.csv"]),
    ("a folder, unknown name", "from pathlib import Path\nD = Path(__file__).resolve().parent / 'd'\ndef f(n): return open(D / n)", ["d/e/z.json", "d/y.csv"]),
    ("default", "def f(path='x.csv'): open(path)", ["x.csv"]),
    ("written", "def f():\n  with open('x.csv', 'w') as h: h.write('1')", []),
    ("written by a library", "def f(df): df.to_csv('x.csv')", []),
    ("written, named by a keyword", "def f(df): df.to_csv(path_or_buf='x.csv')", []),
    ("written as the second argument", "import joblib\ndef f(m): joblib.dump(m, 'x.csv')", []),
    ("written by a copy", "import shutil\ndef f(): shutil.copy('d/y.csv', 'x.csv')", ["d/y.csv"]),
    ("a workbook", "import pandas as pd\ndef f(): pd.ExcelWriter('x.csv')", []),
    ("a log", "import logging\ndef f(): logging.basicConfig(filename='x.csv')", []),
    ("an archive that is written", "import zipfile\ndef f(): zipfile.ZipFile('x.csv', 'w')", []),
    ("an archive that is read", "import zipfile\ndef f(): zipfile.ZipFile('x.csv')", ["x.csv"]),
    ("outside", "def f(): open('../x.csv'), open('/x.csv')", []),
    ("of another function", "def g(): open('x.csv')\ndef f(): pass", []),
    ("resources", "from importlib.resources import files\ndef f(): return files('k').joinpath('t.txt').read_text()", ["k/t.txt"]),
    ("a folder on an instance", "from pathlib import Path\nclass L:\n  def __init__(self, root): self.root = Path(root)\n  def load(self, n): return (self.root / n).read_text()\ndef f(): return L('d').load('y.csv')", ["d/y.csv"]),
    ("a folder on an instance of another module", "from s import settings\ndef f(): return (settings.root / 'y.csv').read_text()", ["d/y.csv"]),
    ("a folder of a class", "class C:\n  ROOT = 'd'\n  NAME = ROOT + '/y.csv'\ndef f(): open(C.NAME)", ["d/y.csv"]),
    ("a folder of a base class", "import os\nclass B:\n  root = 'd'\nclass C(B):\n  def load(self): open(os.path.join(self.root, 'y.csv'))\ndef f(): C().load()", ["d/y.csv"]),
    ("a field's default", "from dataclasses import dataclass\n@dataclass\nclass C:\n  root: str = 'd'\nc = C()\ndef f(): open(c.root + '/y.csv')", ["d/y.csv"]),
    ("a field that is given", "from typing import NamedTuple\nclass C(NamedTuple):\n  root: str\n  name: str\nc = C('d', name='y')\ndef f(): open(f'{c.root}/{c.name}.csv')", ["d/y.csv"]),
    ("a property", "from pathlib import Path\nclass C:\n  @property\n  def root(self): return Path('d')\n  def load(self): return (self.root / 'y.csv').read_text()\ndef f(): C().load()", ["d/y.csv"]),
    ("a helper's return", "from pathlib import Path\ndef at(n): return Path('d') / n\ndef f(): at('y.csv').read_text()", ["d/y.csv"]),
    ("a method's return", "class P:\n  def at(self, n): return f'd/{n}.csv'\np = P()\ndef f(): open(p.at('y'))", ["d/y.csv"]),
    ("a method's return nobody asks for", "class P:\n  def at(self, n): return f'd/{n}.csv'\np = P()\ndef f(): open(p.to('y'))", []),
    ("a name with an unknown part", "def f(n): open(f'd/{n}.csv')", ["d/y.csv"]),
    ("a folder with an unknown part", "def f(n): open(f'd/{n}/z.json')", ["d/e/z.json"]),
    ("templates", "from jinja2 import Environment, FileSystemLoader\nE = Environment(loader=FileSystemLoader('d'))\ndef f(): E.get_template('y.csv')", ["d/e/z.json", "d/y.csv"]),
    ("templates in several folders", "from jinja2 import FileSystemLoader\ndef f(): FileSystemLoader(searchpath=['k', 'd/e'])", ["d/e/z.json", "k/t.txt"]),
    ("templates of a package", "from jinja2 import PackageLoader\nL = PackageLoader('k')\ndef f(): return L", []),
    ("templates of a package, its folder named", "from jinja2 import PackageLoader\nL = PackageLoader('pk', 'pages')\ndef f(): return L", ["pk/pages/a.html"]),
    ("templates beside the module", "import jinja2\ndef f(): return jinja2.PackageLoader(__name__, package_path='d')", ["d/e/z.json", "d/y.csv"]),
    ("written below a folder on an instance", "from pathlib import Path\nclass L:\n  def __init__(self): self.file = Path('d') / 'y.csv'\n  def load(self):\n    self.file.write_text('1')\n    return self.file.read_text()\ndef f(): return L().load()", []),
    ("code is no data", "def f(): open('p.py')", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in DATA], ids=[case[0] for case in DATA]
)
def test_data_files(facts, source: str, wanted: list[str]) -> None:
    files = {
        "p.py": source,
        "x.csv": "1",
        "d/y.csv": "1",
        "d/e/z.json": "1",
        "d/.hidden": "1",
        "k/__init__.py": "",
        "k/t.txt": "1",
        "pk/__init__.py": "import a",
        "pk/pages/a.html": "<b>",
        "s.py": "from pathlib import Path\nclass S:\n  def __init__(self): self.root = Path('d')\nsettings = S()\n",
    }
    assert [one.path for one in facts(files).data] == wanted


def test_names_start_at_the_pipelines_folder(facts) -> None:
    files = {
        "jobs/p.py": "def f(): open('x.csv'), open('all.csv')",
        "jobs/x.csv": "1",
        "all.csv": "1",
    }
    assert [one.path for one in facts(files, entry="jobs/p.py").data] == ["all.csv", "jobs/x.csv"]


@pytest.mark.parametrize("argument", ["x", "x + '.y'", "f'{x}.y'", "g()"])
def test_an_import_that_only_a_run_decides_is_reported(facts, argument: str) -> None:
    found = facts(f"import importlib\ndef f(x): importlib.import_module({argument})")
    assert [(str(one.where), one.hint) for one in found.warnings] == [
        ("p.py:2", 'name what it may import on the step: @ops0.requires("...")')
    ]


def test_the_known_head_of_a_dynamic_import_counts(facts) -> None:
    found = facts("import importlib\ndef f(x): importlib.import_module(f'a.b.{x}')")
    assert [one.module for one in found.imports] == ["a.b"]
    assert len(found.warnings) == 1


def test_an_import_is_told_with_its_place_and_its_used_names(facts) -> None:
    found = facts("import os\nfrom a.b import x as y, z, w\ndef f(): y(); z()")
    assert found.imports == (
        ImportFact(
            module="a.b", names=("x", "z"), where=Where("p.py", 2), text="from a.b import x as y, z"
        ),
    )


@pytest.mark.parametrize(
    ("body", "text", "hint"),
    [
        ("ops0.log_metrics({'a': 1})", "ops0.log_metrics", "did you mean 'log_metric'?"),
        ("ops0.qwertz()", "ops0.qwertz", "ops0 help python lists what is there"),
        ("ops0.log_metric('a', 1)", None, None),
        ("ops0.model.save(1, 'a')", None, None),
        ("ops0.core.storage.StorageLayer()", None, None),
    ],
)
def test_a_name_that_ops0_has_not_is_told_before_the_step_runs(
    facts, body: str, text: str | None, hint: str | None
) -> None:
    found = facts(f"import ops0, ops0.core.storage\ndef f():\n    {body}\n").warnings
    assert [(one.text.split("`")[1], one.hint) for one in found] == ([(text, hint)] if text else [])
