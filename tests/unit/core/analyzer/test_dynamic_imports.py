"""Imports made by calls: what their names may be, and what only a run can tell."""

from __future__ import annotations

import pytest

IMPORT = "import importlib, sys, os\nfrom importlib import import_module\n"

# (what it shows, p.py after the imports, modules imported by f)
KNOWN = [
    ("text", "def f(): return importlib.import_module('a')", "a"),
    ("class by its name", "import pydoc\ndef f(): return pydoc.locate('a.b.C')", "a.b"),
    ("class of a cluster", "from prefect_dask import DaskTaskRunner\ndef f(): return DaskTaskRunner(cluster_class='a.C', cluster_kwargs={})", "a prefect_dask"),
    ("name that is no path", "import pydoc\ndef f(): return pydoc.locate('int')", ""),
    ("dotted", "def f(): return import_module('a.b')", "a.b"),
    ("keyword", "def f(): return import_module(name='a')", "a"),
    ("alias", "from importlib import import_module as load\ndef f(): load('a')", "a"),
    ("alias of a name", "load = importlib.import_module\ndef f(): load('a')", "a"),
    ("alias of the module", "import importlib as il\ndef f(): il.import_module('a')", "a"),
    ("imported inside", "def f():\n  import importlib as i\n  i.import_module('a')", "a"),
    ("__import__", "def f(): __import__('a')", "a"),
    ("builtins", "import builtins\ndef f(): builtins.__import__('a')", "a"),
    ("importlib.__import__", "def f(): importlib.__import__('a')", "a"),
    ("constant", "N = 'a'\ndef f(): import_module(N)", "a"),
    ("constant of a class", "class C:\n  N = 'a'\ndef f(): import_module(C.N)", "a"),
    ("local", "def f():\n  n = 'a'\n  import_module(n)", "a"),
    ("annotated", "N: str = 'a'\ndef f(): import_module(N)", "a"),
    ("one of two", "def f(x):\n  n = 'a'\n  if x: n = 'b'\n  import_module(n)", "a b"),
    ("either", "def f(x): import_module('a' if x else 'b')", "a b"),
    ("walrus", "def f():\n  if (n := 'a'): import_module(n)", "a"),
    ("f-string", "P = 'a'\ndef f(): import_module(f'{P}.b')", "a.b"),
    ("f-string, local", "def f():\n  p = 'b'\n  import_module(f'a.{p}')", "a.b"),
    ("sum", "B = 'b'\ndef f(): import_module('a' + '.' + B)", "a.b"),
    ("percent", "N = 'b'\ndef f(): import_module('a.%s' % N)", "a.b"),
    ("percent, tuple", "def f(): import_module('%s.%s' % ('a', 'b'))", "a.b"),
    ("format", "def f(): import_module('{}.{x}'.format('a', x='b'))", "a.b"),
    ("join", "def f(): import_module('.'.join(['a', 'b']))", "a.b"),
    ("lower", "def f(): import_module('A'.lower())", "a"),
    ("loop", "def f():\n  for n in ('a', 'b'): import_module(n)", "a b"),
    ("loop, list kept", "def f():\n  m = {}\n  for n in ['a', 'b']: m[n] = import_module(n)\n  return m", "a b"),
    ("loop over a constant", "N = ['a', 'b']\ndef f():\n  for n in N: import_module(n)", "a b"),
    ("loop over words", "def f():\n  for n in 'a b'.split(): import_module(n)", "a b"),
    ("loop over values", "D = {'x': 'a', 'y': 'b'}\ndef f():\n  for n in D.values(): import_module(n)", "a b"),
    ("loop over items", "D = {'x': 'a', 'y': 'b'}\ndef f():\n  for k, n in D.items(): import_module(n)", "a b"),
    ("loop over keys", "D = {'a': 1, 'b': 2}\ndef f():\n  for n in D: import_module(n)", "a b"),
    ("loop over pairs", "def f():\n  for k, n in [(1, 'a'), (2, 'b')]: import_module(n)", "a b"),
    ("enumerated", "def f():\n  for i, n in enumerate(['a', 'b']): import_module(n)", "a b"),
    ("sorted", "def f():\n  for n in sorted({'a', 'b'}): import_module(n)", "a b"),
    ("comprehension", "def f(): return {n: import_module(n) for n in ('a', 'b')}", "a b"),
    ("comprehension at the top", "M = {n: import_module(n) for n in ('a', 'b')}\ndef f(): return M", "a b"),
    ("table", "B = {'x': 'a', 'y': 'b'}\ndef f(k): import_module(B[k])", "a b"),
    ("table, known key", "B = {'x': 'a', 'y': 'b'}\ndef f(): import_module(B['x'])", "a"),
    ("table, get", "B = {'x': 'a'}\ndef f(k): import_module(B.get(k, 'b'))", "a b"),
    ("table inside", "def f(k): import_module({'x': 'a', 'y': 'b'}[k])", "a b"),
    ("table of pairs", "B = {'x': ('a', 'C'), 'y': ('b', 'D')}\ndef f(k):\n  m, c = B[k]\n  return getattr(import_module(m), c)", "a b"),
    ("table of tables", "B = {'x': {'m': 'a'}, 'y': {'m': 'b'}}\ndef f(k): import_module(B[k]['m'])", "a b"),
    ("list", "L = ['a', 'b']\ndef f(): import_module(L[1])", "b"),
    ("list, any", "L = ['a', 'b']\ndef f(i): import_module(L[i])", "a b"),
    ("helper", "def lazy(n): return import_module(n)\ndef f(): lazy('a').x()", "a"),
    ("helper, only one's own", "def lazy(n): return import_module(n)\ndef f(): lazy('a')\ndef g(): lazy('b')", "a"),
    ("helper, keyword", "def lazy(*, n): return import_module(n)\ndef f(): lazy(n='a')", "a"),
    ("helper, default", "def lazy(n='a'): return import_module(n)\ndef f(): lazy()", "a"),
    ("helper's helper", "def one(n): return import_module(n)\ndef two(m): return one(m)\ndef f(): two('a')", "a"),
    ("helper at the top", "def lazy(n): return import_module(n)\nnp = lazy('a')\ndef f(): np.x()", "a"),
    ("helper in a loop", "def lazy(n): return import_module(n)\ndef f():\n  for n in ['a', 'b']: lazy(n)", "a b"),
    ("helper with a fallback", "def opt(n):\n  try: return import_module(n)\n  except ImportError: return None\ndef f(): opt('a').x()", "a"),
    ("method", "class L:\n  def load(self, n): return import_module(n)\ndef f(): L().load('a')", "a"),
    ("attribute", "class L:\n  def __init__(self): self.n = 'a'\n  def load(self): return import_module(self.n)\ndef f(): L().load()", "a"),
    ("constructor", "class L:\n  def __init__(self, n): self.n = n\n  def load(self): return import_module(self.n)\ndef f(): L('a').load()", "a"),
    ("function that names it", "def name(): return 'a'\ndef f(): import_module(name())", "a"),
    ("class by its path", "def make(p):\n  m, c = p.rsplit('.', 1)\n  return getattr(import_module(m), c)\ndef f(): make('a.b.C')", "a.b"),
    ("class by its path, parts", "def make(p):\n  m = p.rpartition('.')[0]\n  return import_module(m)\ndef f(): make('a.b.C')", "a.b"),
    ("class by a table", "M = {'x': 'a.C', 'y': 'b.D'}\ndef make(k):\n  m, _, c = M[k].rpartition('.')\n  return getattr(import_module(m), c)\ndef f(): make('x')", "a"),
    ("lazy proxy", "class P:\n  def __init__(self, n): self.n = n\n  def __getattr__(self, x): return getattr(import_module(self.n), x)\nnp = P('a')\npd = P('b')\ndef f(): np.x()", "a"),
    ("copied LazyLoader", "class LazyLoader:\n  def __init__(self, a, b, c): self.x = c\n  def load(self): return import_module(self.x)\ntf = LazyLoader('tf', {}, 'a')\ndef f(): tf.load()", "a"),
    ("dict()", "M = dict(x='a', y='b')\ndef f(k): import_module(M[k])", "a b"),
    ("member of an Enum", "from enum import Enum\nclass B(Enum):\n  X = 'a'\n  Y = 'b'\ndef f(): import_module(B.X.value)", "a"),
    ("match", "def f(k):\n  match k:\n    case 'x': m = 'a'\n    case _: m = 'b'\n  import_module(m)", "a b"),
    ("mapped", "def f(): return list(map(import_module, ['a', 'b']))", "a b"),
    ("assigned", "np = import_module('a')\ndef f(): np.x()", "a"),
    ("assigned, unused", "np = import_module('a')\ndef f(): pass", ""),
    ("environment's default", "def f(): import_module(os.environ.get('B', 'a'))", "a"),
    ("resolve_name", "import pkgutil\ndef f(): pkgutil.resolve_name('a.b:C')", "a.b"),
    ("run_module", "import runpy\ndef f(): runpy.run_module('a.b')", "a.b"),
    ("importorskip", "import pytest\ndef f(): pytest.importorskip('a')", "a pytest"),
    ("lazy_loader", "import lazy_loader as lazy\nnp = lazy.load('a')\ndef f(): np.x()", "a lazy_loader"),
    ("LazyLoader of others", "from tensorflow.python.util.lazy_loader import LazyLoader\ntf = LazyLoader('tf', {}, 'a')\ndef f(): tf.x()", "a tensorflow.python.util.lazy_loader"),
    ("pandas' own", "from pandas.compat._optional import import_optional_dependency as i\ndef f(): i('a')", "a pandas.compat._optional"),
    ("relative with a package", "def f(): import_module('.b', package='a')", "a.b"),
    ("relative with a package, by place", "def f(): import_module('.b', 'a')", "a.b"),
    ("own import_module", "def import_module(x): pass\ndef f(): import_module('a')", ""),
    ("standard library", "def f(): import_module('json')", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in KNOWN], ids=[case[0] for case in KNOWN]
)
def test_known_names(facts, source: str, wanted: str) -> None:
    found = facts(IMPORT + source)
    assert sorted({one.module for one in found.imports}) == wanted.split()
    assert found.warnings == ()


PLUGINS = {
    "plugins/__init__.py": "",
    "plugins/one.py": "import a\na.x()",
    "plugins/two.py": "import b\nb.x()",
    "plugins/sub/__init__.py": "import c\nc.x()",
    "plugins/data.csv": "",
    "h.py": "import d\ndef g(): d.x()",
    "k-k.py": "import e\ne.x()",
}

# (what it shows, p.py after the imports, modules imported by f, the warnings' beginnings)
LOCAL = [
    ("every plug-in", "def f(n): import_module(f'plugins.{n}')", "a b c", ["every module of the project that fits `plugins.…` is kept"]),
    ("every plug-in, sum", "def f(n): import_module('plugins.' + n)", "a b c", ["every module of the project that fits `plugins.…` is kept"]),
    ("every plug-in, format", "def f(n): import_module('plugins.{}'.format(n))", "a b c", ["every module of the project that fits `plugins.…` is kept"]),
    ("plug-ins that fit", "def f(n): import_module(f'plugins.t{n}')", "b", ["every module of the project that fits `plugins.t…` is kept"]),
    ("plug-ins that fit, end", "def f(n): import_module(f'plugins.{n}e')", "a", ["every module of the project that fits `plugins.…e` is kept"]),
    ("relative plug-ins", "def f(n): import_module(f'.{n}', 'plugins')", "a b c", ["every module of the project that fits `plugins.…` is kept"]),
    ("known plug-in", "def f(): import_module('plugins.one')", "a", []),
    ("a name that no statement can import", "def f(): import_module('k-k')", "e", []),
    ("such a name, and no module of it", "def f(): import_module('z-z')", "", ["what `import_module('z-z')` imports is only known when it runs"]),
    ("plug-ins of a list", "def f():\n  for n in ('one', 'two'): import_module(f'plugins.{n}')", "a b", []),
    ("attribute of a module", "import pkgutil\ndef f(): pkgutil.resolve_name('h.g')", "d", []),
    ("helper of a sibling", "from h import g\ndef f(): g()", "d", []),
    ("path", "from importlib.util import spec_from_file_location as s\ndef f(): s('x', 'plugins/one.py')", "a", []),
    ("path beside", "import importlib.util\nHERE = os.path.dirname(__file__)\ndef f(): importlib.util.spec_from_file_location('x', os.path.join(HERE, 'h.py'))", "d", []),
    ("path beside, Path", "import importlib.util\nfrom pathlib import Path\ndef f():\n  p = Path(__file__).with_name('h.py')\n  importlib.util.spec_from_file_location('x', p)", "d", []),
    ("run_path", "import runpy\ndef f(): runpy.run_path('h.py')", "d", []),
    ("no file", "import runpy\ndef f(): runpy.run_path('none.py')", "", ["what `runpy.run_path('none.py')` imports is only known when it runs"]),
    ("package of others", "def f(n): import_module(f'a.b.{n}')", "a.b", ["what `import_module(f'a.b.{n}')` imports is only known when it runs"]),
    ("parameter", "def f(n): import_module(n)", "", ["what `import_module(n)` imports is only known when it runs"]),
    ("helper with a parameter", "def lazy(n): return import_module(n)\ndef f(x): lazy(x)", "", ["what `import_module(n)` imports is only known when it runs"]),
    ("helper, one known", "def lazy(n): return import_module(n)\ndef f(x): lazy('a'), lazy(x)", "a", ["what `import_module(n)` imports is only known when it runs"]),
    ("environment", "def f(): import_module(os.environ['X'])", "", ["what `import_module(os.environ['X'])` imports is only known when it runs"]),
    ("table with an unknown value", "T = {'x': 'a', 'y': os.name.x()}\ndef f(k): import_module(T[k])", "a", ["what `import_module(T[k])` imports is only known when it runs"]),
    ("recursion", "def lazy(n): return import_module(n) if n else lazy(n)\ndef f(): lazy('a')", "a", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted", "told"), [case[1:] for case in LOCAL], ids=[case[0] for case in LOCAL]
)
def test_the_projects_own(facts, source: str, wanted: str, told: list[str]) -> None:
    found = facts({**PLUGINS, "p.py": IMPORT + source})
    assert sorted({one.module for one in found.imports}) == wanted.split()
    assert [one.text.partition(":")[0] for one in found.warnings] == told


ALL = "every module of the project that fits `plugins.…` is kept"
FILES = "every module of the project that fits `plugins/….py` is kept"
NEXT = "what `import_module(n)` imports is only known when it runs"

# (what it shows, p.py after the imports, modules imported by f, the warnings' beginnings, data files)
FOUND = [
    ("names", "def f(): return [m.name for m in pkgutil.iter_modules(plugins.__path__)]", "", [], True),
    ("name after the package", "def f():\n  for m in pkgutil.iter_modules(plugins.__path__): import_module(f'plugins.{m.name}')", "a b c", [ALL], False),
    ("prefix", "def f():\n  for m in pkgutil.iter_modules(plugins.__path__, plugins.__name__ + '.'): import_module(m.name)", "a b c", [ALL], False),
    ("prefix by its name", "def f():\n  for m in pkgutil.iter_modules(plugins.__path__, prefix='plugins.'): import_module(m.name)", "a b c", [ALL], False),
    ("taken apart", "def f(): return {n: import_module(n) for _, n, _ in pkgutil.iter_modules(plugins.__path__, 'plugins.')}", "a b c", [ALL], False),
    ("walked", "from pkgutil import walk_packages\ndef f():\n  for _, n, _ in walk_packages(plugins.__path__, 'plugins.'): import_module(n)", "a b c", [ALL], False),
    ("a package that is given", "def load(p):\n  for m in pkgutil.iter_modules(p.__path__): import_module('.' + m.name, p.__name__)\ndef f(): load(plugins)", "a b c", [ALL], False),
    ("a package that nobody gives", "def f(p):\n  for m in pkgutil.iter_modules(p.__path__, p.__name__ + '.'): import_module(m.name)", "", ["what `import_module(m.name)` imports is only known when it runs"], False),
    ("imported inside", "def f():\n  import plugins as here\n  for m in pkgutil.iter_modules(here.__path__, here.__name__ + '.'): import_module(m.name)", "a b c", [ALL], False),
    ("finder", "def f():\n  for x, n, _ in pkgutil.iter_modules(['plugins']): x.find_spec(n).loader.load_module(n)", "a b c", [], False),
    ("finder by its name", "from pathlib import Path\ndef f():\n  for m in pkgutil.iter_modules([str(Path(__file__).parent / 'plugins')]): m.module_finder.find_spec(m.name)", "a b c", [], False),
    ("a library's package", "import a\ndef f():\n  for m in pkgutil.iter_modules(a.__path__, 'a.'): import_module(m.name)", "a", ["what `import_module(m.name)` imports is only known when it runs"], False),
    ("everything installed", "def f():\n  for _, n, _ in pkgutil.iter_modules(): import_module(n)", "", [NEXT], False),
    ("glob of names", "from pathlib import Path\ndef f():\n  for p in Path('plugins').glob('*.py'): import_module(f'plugins.{p.stem}')", "a b c", [ALL], False),
    ("glob of files", "import importlib.util\nfrom pathlib import Path\ndef f():\n  for p in (Path(__file__).parent / 'plugins').glob('*.py'): importlib.util.spec_from_file_location(p.stem, p)", "a b", [FILES], False),
    ("glob of some files", "import glob, importlib.util\ndef f():\n  for p in glob.glob('plugins/t*.py'): importlib.util.spec_from_file_location('x', p)", "b", ["every module of the project that fits `plugins/t….py` is kept"], False),
    ("glob of no folder of the project", "import importlib.util\nfrom pathlib import Path\ndef f():\n  for p in Path('/opt').glob('*.py'): importlib.util.spec_from_file_location('x', p)", "", ["what `importlib.util.spec_from_file_location(p)` imports is only known when it runs"], False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted", "told", "listed"),
    [case[1:] for case in FOUND],
    ids=[case[0] for case in FOUND],
)
def test_what_a_folder_says(facts, source: str, wanted: str, told: list[str], listed: bool) -> None:
    found = facts({**PLUGINS, "p.py": f"{IMPORT}import pkgutil, plugins\n{source}"})
    assert sorted({one.module for one in found.imports}) == wanted.split()
    assert [one.text.partition(":")[0] for one in found.warnings] == told
    files = ["plugins/one.py", "plugins/sub/__init__.py", "plugins/two.py"]
    assert [one.path for one in found.data if one.path.endswith(".py")] == files * listed


def test_jinja_imports_the_package_of_its_templates(facts) -> None:
    source = "import jinja2\ndef f(): return jinja2.PackageLoader(NAME)"
    files = {"p.py": source.replace("NAME", "'pk'"), "pk/__init__.py": "import a\na.x()"}
    assert {one.module for one in facts(files).imports} == {"jinja2", "a"}
    itself = facts(source.replace("NAME", "__name__"))
    assert itself.warnings == ()
