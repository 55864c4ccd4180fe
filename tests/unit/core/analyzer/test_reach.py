"""What a function reaches, case by case: the imports that count, and the statements that are kept."""

from __future__ import annotations

import pytest

# (what it shows, source of p.py, modules imported by f)
ONE_FILE = [
    ("body", "import a\nimport b\ndef f(): a.x()", "a"),
    ("alias", "import a as z\ndef f(): z.x()", "a"),
    ("from", "from a.b import c\ndef f(): c()", "a.b"),
    ("from, alias", "from a import b as c, d\ndef f(): c()", "a"),
    ("helper", "import a\ndef g(): a.x()\ndef f(): g()", "a"),
    ("class", "import a\nclass G:\n  def m(self): a.x()\ndef f(): G().m()", "a"),
    ("property of a class in it, made by hand", "import a\ndef f():\n  class G:\n    def m(self): a.x()\n    p = property(m)\n    def n(self): return self.p\n  return G().n()", "a"),
    ("base class", "import a\nclass G(a.B): pass\ndef f(): G()", "a"),
    ("constant", "import a\nK = a.x()\ndef f(): return K", "a"),
    ("decorator", "import a\n@a.d\ndef f(): pass", "a"),
    ("default", "import a\ndef f(x=a.y): pass", "a"),
    ("annotation runs", "import a\ndef f(x: a.T): pass", "a"),
    ("annotation is text", "from __future__ import annotations\nimport a\ndef f(x: a.T): pass", ""),
    ("annotation in quotes", "import a\ndef f(x: 'a.T'): pass", ""),
    ("local annotation never runs", "import a\ndef f():\n  x: a.T = 1", ""),
    ("validated by a decorator", "from __future__ import annotations\nimport a, v\n@v.check\ndef f(x: a.T): pass", "a v"),
    ("dataclass as text", "from __future__ import annotations\nimport a\nfrom dataclasses import dataclass\n@dataclass\nclass G:\n  x: a.T\ndef f(): G(1)", ""),
    ("model evaluates", "from __future__ import annotations\nimport a, v\nclass G(v.M):\n  x: a.T\ndef f(): G(1)", "a v"),
    ("parameter shadows", "import a\ndef f(a): a.x()", ""),
    ("local shadows", "import a\ndef f():\n  a = 1\n  a.x()", ""),
    ("comprehension shadows", "import a\ndef f(): return [a for a in range(3)]", ""),
    ("comprehension reads", "import a\ndef f(): return [1 for x in a.y() if x]", "a"),
    ("lambda shadows", "import a\ndef f(): return lambda a: a.x", ""),
    ("walrus shadows", "import a\ndef f():\n  if (a := 1): return a", ""),
    ("except as shadows", "import a\ndef f():\n  try: pass\n  except OSError as a: print(a)", ""),
    ("except as at the top is another name", "import a, b\ntry: x = a.x()\nexcept OSError as e: print(e)\ne = b.y()\ndef f(): return x", "a"),
    ("a handler may bind that name after all", "import a, b\ntry: x = a.x()\nexcept OSError as e:\n  e = b.y()\n  print(e)\ndef f(): return x", "a b"),
    ("a name that only a handler had", "import a, b\ntry: a.x()\nexcept OSError as e: print(e)\ne = b.y()\ndef f(): return e", "b"),
    ("match shadows", "import a\ndef f(x):\n  match x:\n    case [a]: return a", ""),
    ("global written", "import a\nK = a.x()\ndef f():\n  global K\n  K = 1", ""),
    ("global written and read", "import a\nK = a.x()\ndef f():\n  global K\n  K = K or 1", "a"),
    ("global written, and read by a helper", "import a\nK = a.x()\ndef g(): return K\ndef f():\n  global K\n  K = 1\n  g()", "a"),
    ("global grown", "import a\nK = a.x()\ndef f():\n  global K\n  K += 1", "a"),
    ("global unbound", "import a\ndef f():\n  global a\n  a = None", ""),
    ("nonlocal", "import a\ndef f():\n  a = 1\n  def g():\n    nonlocal a\n    a = 2\n  g()", ""),
    ("class scope is not the method's", "import a\ndef f():\n  class G:\n    a = 1\n    def m(self): return a.x\n  G()", "a"),
    ("lazy", "def f():\n  import a\n  a.x()", "a"),
    ("lazy in helper", "def g():\n  from a import b\ndef f(): g()", "a"),
    ("unused helper", "import a\ndef g(): a.x()\ndef f(): pass", ""),
    ("exec of a text", "def f(): exec('import a\\nfrom b.c import d as e, g')", "a b.c"),
    ("stdlib", "import json, tomllib\ndef f(): json.x(tomllib)", ""),
    ("ops0", "import ops0\n@ops0.step\ndef f(): pass", ""),
    ("dotted, the one that is meant", "import a.b\nimport a.c\ndef f(): a.c.x()", "a.c"),
    ("dotted, unclear", "import a.b\nimport a.c\ndef f(): g(a)", "a.b a.c"),
    ("seed", "import a\na.seed(0)\ndef f(): a.x()", "a"),
    ("seed of others", "import a\na.seed(0)\ndef f(): pass", ""),
    ("seed with a constant", "import a\nN = 1\na.seed(N)\ndef f(): a.x()", "a"),
    ("setting that needs another library", "import a, b\na.use(b.y())\ndef f(): a.x()", "a"),
    ("change in place", "import a\nC = {}\nC.update(a.x())\ndef f(): return C", "a"),
    ("item set", "import a\nC = {}\nC['k'] = a.x\ndef f(): return C", "a"),
    ("registration", "import a\nR = {}\ndef reg(g):\n  R['g'] = g\n  return g\n@reg\ndef g(): a.x()\ndef f(): return R", "a"),
    ("registry object", "import a\nclass Reg:\n  def add(self, g): return g\nR = Reg()\n@R.add\ndef g(): a.x()\ndef f(): return R", "a"),
    ("subclasses noted", "import a\nclass B:\n  def __init_subclass__(cls): pass\nclass C(B):\n  x = a.y\ndef f(): return B", "a"),
    ("class known to a library's base", "import sqlalchemy.orm as o, a\nclass B(o.DeclarativeBase): pass\nclass C(B):\n  x = a.y\ndef f(): B.metadata.create_all()", "a sqlalchemy.orm"),
    ("class known to a library's base, through another", "import sqlalchemy.orm as o, a\nB = o.declarative_base()\nclass C(B):\n  y = o.relationship('D')\nclass D(B):\n  x = a.y\ndef f(): C()", "a sqlalchemy.orm"),
    ("class known to a base that nobody asks", "import sqlalchemy.orm as o, a\nB = o.declarative_base()\nclass C(B): pass\nclass D(B):\n  x = a.y\ndef f(): C()", "sqlalchemy.orm"),
    ("class known to a base that is not reached", "import sqlalchemy.orm as o, a, sqlalchemy\nB = o.declarative_base()\nclass D(B):\n  x = a.y\ndef f(): sqlalchemy.MetaData().create_all()", "sqlalchemy"),
    ("class of a library's base", "import sqlmodel, a\nclass D(sqlmodel.SQLModel):\n  x = a.y\ndef f(): sqlmodel.SQLModel.metadata.create_all()", "a sqlmodel"),
    ("attribute registered by a decorator", "import pandas as pd, a\n@pd.api.extensions.register_dataframe_accessor('geo')\nclass G:\n  x = a.y\ndef f(df): return pd.concat([df]).geo.area", "a pandas"),
    ("attribute registered by a decorator, unused", "import pandas as pd, a\n@pd.api.extensions.register_dataframe_accessor('geo')\nclass G:\n  x = a.y\ndef f(df): return pd.concat([df])", "pandas"),
    ("listener of a library's class", "import sqlalchemy as sa, a\nfrom sqlalchemy import event\n@event.listens_for(sa.Engine, 'connect')\ndef g(*k): a.x()\ndef f(): return sa.create_engine('sqlite://')", "a sqlalchemy"),
    ("listener of an object that is not reached", "import sqlalchemy as sa, a\nfrom sqlalchemy import event\ne = sa.create_engine('sqlite://')\n@event.listens_for(e, 'connect')\ndef g(*k): a.x()\ndef f(): return sa.text('x')", "sqlalchemy"),
    ("subclass unused", "import a\nclass B: pass\nclass C(B):\n  x = a.y\ndef f(): return B", ""),
    ("configured by a function", "import a\nC = []\ndef setup():\n  C.append(a.x)\nsetup()\ndef f(): return C", "a"),
    ("handed to a helper that calls it", "import a\nC = {}\ndef g(k): C[k] = a.x()\ndef each(h, xs):\n  for x in xs: h(x)\neach(g, 'ab')\ndef f(): return C", "a"),
    ("handed on by a helper", "import a\nC = {}\ndef g(k): C[k] = a.x()\ndef outer(h): inner(h)\ndef inner(h): h(1)\nr = outer(g)\ndef f(): return C", "a"),
    ("handed to Python", "import a\nC = {}\ndef g(k): C[k] = a.x()\nr = sorted('ab', key=g)\ndef f(): return C", "a"),
    ("handed to a library", "import a, b\nC = {}\ndef g(k): C[k] = a.x()\ns = b.S()\nt = s.apply(g)\ndef f(): return C", "a b"),
    ("handed in a table", "import a\nC = {}\ndef g(k): C[k] = a.x()\nT = {'g': g}\ndef run(t):\n  for h in t.values(): h(1)\nrun(T)\ndef f(): return C", "a"),
    ("called from a loop", "import a\nC = {}\ndef g(k): C[k] = a.x()\nfor h in (g, print): h(1)\ndef f(): return C", "a"),
    ("handed with its arguments", "import a\nfrom functools import partial\nfrom threading import Thread\nC = {}\ndef g(k): C[k] = a.x()\nThread(target=partial(g, 1)).start()\ndef f(): return C", "a"),
    ("handed to an operator, which calls it in its own time", "import a\nfrom airflow.operators.python import PythonOperator\nC = {}\ndef g(): C[1] = a.x()\nt = PythonOperator(task_id='g', python_callable=g)\ndef f(): return C", ""),
    ("a task, which an orchestrator runs in its own time", "import a\nfrom airflow.sdk import dag, task\nC = {}\n@dag()\ndef d():\n  @task()\n  def g(): C[1] = a.x()\n  g()\nd()\ndef f(): return C", ""),
    ("a task at the top", "import a\nfrom airflow.decorators import task\nC = {}\n@task.virtualenv\ndef g(): C[1] = a.x()\ng()\ndef f(): return C", ""),
    ("a group of tasks runs when it is called", "import a\nfrom airflow.sdk import task_group\nC = {}\n@task_group()\ndef g(): C[1] = a.x()\ng()\ndef f(): return C", "a airflow.sdk"),
    ("handed method", "import a\nfrom threading import Thread\nC = {}\nclass W:\n  def go(self): C[1] = a.x()\nw = W()\nt = Thread(target=w.go)\ndef f(): return C", "a"),
    ("kept by an instance", "import a\nC = {}\ndef g(k): C[k] = a.x()\nclass W:\n  def __init__(self): self.h = g\n  def go(self): self.h(1)\nw = W()\nw.go()\ndef f(): return C", "a"),
    ("handed to an instance that keeps it", "import a\nC = {}\ndef g(k): C[k] = a.x()\nclass W:\n  def __init__(self, h): self.h = h\n  def go(self): self.h(1)\nw = W(g)\nw.go()\ndef f(): return C", "a"),
    ("put on an instance", "import a\nC = {}\ndef g(k): C[k] = a.x()\nclass W: pass\nw = W()\nw.h = g\nw.h(1)\ndef f(): return C", "a"),
    ("data that an instance keeps", "import a\nC = {}\nd = a.x()\nclass W:\n  def __init__(self, h): self.h = h\nw = W(d)\ndef f(): return C", ""),
    ("handed to what calls nothing", "import a\nC = {}\ndef g(k): C[k] = a.x()\nprint(isinstance(g, type))\ndef f(): return C", ""),
    ("bound to arguments, never called", "import a\nfrom functools import partial\nC = {}\ndef g(k): C[k] = a.x()\nh = partial(g, 1)\ndef f(): return C", ""),
    ("function handed to an object", "import a, b\ng = b.Graph()\ndef h(): a.x()\ndef f(): pass\ng.node('h', h)\ng.node('f', f)\ng.compile().run()", ""),
    ("function handed to an object of its own library", "import a, b\ng = b.Graph()\ndef h(): a.x()\ndef f(): return b.END\ng.node('h', h)\ng.node('f', f)\ng.compile().run()", "b"),
    ("function in a list", "import a\ndef f(): pass\nR = [f]\nR.append(a.x)", ""),
    ("function with an attribute, in a list", "import a\ndef f(): return f.known\nf.known = {}\nR = [f]\nfor g in R: g.known['b'] = a.y()", "a"),
    ("registered function is not called", "import a, b\napp = b.App()\nC = {}\n@app.task\ndef g(k): C[k] = a.x()\ndef f(): return C", ""),
    ("wrapped function is not called", "import a\nC = {}\ndef timed(h):\n  def inner(*k): return h(*k)\n  return inner\n@timed\ndef g(k): C[k] = a.x()\ndef f(): return C", ""),
    ("given to a decorator, not called", "import a, b\nC = {}\ndef seed(k): C[k] = a.x()\ndef state(n): return b.map(seed, n)\n@state(1)\ndef g(k): pass\ndef f(): return C", ""),
    ("data of a function is no function", "import a, b\nC = {}\ndef g():\n  C[1] = 1\n  return 2\nd = b.F(3)\ne = b.G(d, g)\ndef f(): return d", "b"),
    ("hints evaluated", "from __future__ import annotations\nimport a, typing\nclass G:\n  x: a.T\ndef f(): return typing.get_type_hints(G)", "a"),
    ("hints evaluated by a helper, under another name", "from __future__ import annotations\nimport a\nfrom typing import get_type_hints as h\nclass G:\n  x: a.T\ndef g(c): return h(c)\ndef f(): return g(G)", "a"),
    ("hints evaluated by a library", "from __future__ import annotations\nimport a, cattrs\nclass G:\n  x: a.T\ndef f(): return cattrs.structure({}, G)", "a cattrs"),
    ("hints of a class that is not reached", "from __future__ import annotations\nimport a, typing\nclass G:\n  x: a.T\nclass H: pass\ndef f(): return typing.get_type_hints(H)", ""),
    ("hints evaluated elsewhere", "from __future__ import annotations\nimport a, typing\nclass G:\n  x: a.T\ndef g(): return typing.get_type_hints(G)\ndef f(): return G()", ""),
    ("hints of a function", "import a, b, typing\ndef g(x: 'a.T'): pass\ndef h(x: 'b.T'): pass\ndef f(): return typing.get_type_hints(g), h", "a"),
    ("library's object changed, result taken", "import a\nimport b\nC = b.C()\nr = C.read(a.x)\ndef f(): return C", "a b"),
    ("library's object changed in a test", "import a\nimport b\nC = b.C()\nif C.open(a.x): pass\ndef f(): return C", "a b"),
    ("library's object looked at", "import a\nimport b\nC = b.C()\nr = C.get(a.x)\ndef f(): return C", "b"),
    ("value of a library", "import a\nimport pandas\nC = pandas.DataFrame()\nr = C.join(a.x)\ndef f(): return C", "pandas"),
    ("value of a library, in place", "import a\nimport pandas\nC = pandas.DataFrame()\nr = C.fillna(a.x, inplace=True)\ndef f(): return C", "a pandas"),
    ("generator of numpy", "import a\nimport numpy\nC = numpy.random.default_rng(0)\nr = C.random(a.x)\ndef f(): return C", "a numpy"),
    ("through what came out of it", "import a\nimport b\nC = b.C()\nd = C.cursor()\nr = d.execute(a.x)\ndef f(): return C", "a b"),
    ("given to its own library", "import b\nC = b.C()\nT = b.Table('t', C)\nU = [T]\nn = b.n(C, len(U))\ndef f(): return C", "b"),
    ("given to another library", "import a, b\nC = b.C()\nT = a.read(C)\ndef f(): return C", "b"),
    ("main guard", "import a\nC = []\ndef f(): return C\nif __name__ == '__main__':\n  C.append(a.x)", ""),
    ("else of the main guard", "import a\nC = []\nif __name__ == '__main__':\n  C.append(1)\nelse:\n  C.append(a.x)\ndef f(): return C", "a"),
    ("type checking", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  import a\ndef f(x: 'a.T'): pass", ""),
    ("version", "import sys\nif sys.version_info >= (3, 9):\n  import a as x\nelse:\n  import b as x\ndef f(): x.y()", "a"),
    ("version in a function", "import sys\ndef f():\n  if sys.version_info < (3, 9):\n    import a\n  else:\n    import b", "b"),
    ("platform", "import sys\nif sys.platform == 'win32':\n  import a as x\nelse:\n  import b as x\ndef f(): x.y()", "b"),
    ("unknown test", "import os\nif os.environ.get('X'):\n  import a as x\nelse:\n  import b as x\ndef f(): x.y()", "a b"),
    ("rebound import", "from a import x\nfrom b import x\ndef f(): x()", "b"),
    ("rebound after code that may have used it", "import a\nx = a.y()\nz = x()\nx = 1\ndef f(): return x", "a"),
    ("rebound after its value went elsewhere", "import a\nx = a.y()\nz = x\nx = 1\ndef f(): return x", ""),
    ("rebound function", "import a\ndef g(): a.x()\ndef g(): pass\ndef f(): g()", ""),
    ("getattr", "import a\ndef f(): getattr(a, 'x')", "a"),
    ("what a query of a frame reads", "import a, b\nN = a.x\ndef f(d): return d.query('c in @N and e > 1')", "a"),
    ("what a query that is put together reads", "import a, b\nN = a.x\ndef f(d, c): return d.eval(f'{c} = {c} * @N')", "a"),
    ("a parameter that a query reads", "import a\nN = a.x\ndef f(d, N): return d.query('c in @N')", ""),
    ("an at sign in another text", "import a\nN = a.x\ndef f(d): return d.send('me@N')", ""),
    ("eval of a literal", "import a, b\ndef f(): return eval('a.x + 1')", "a"),
    ("eval", "import a, b\ndef f(x): return eval(x)", "a b"),
    ("globals", "import a, b\ndef f(x): return globals()[x]", "a b"),
    ("whether a name is there", "import a, b\nif 'g' not in globals():\n  from d import g\n@g\ndef f(): a.x()", "a d"),
    ("whether a name is there, of all that a place knows", "import a, b\nif 'b' in dir(): b.y()\ndef f(): return 'a' in globals()", "a"),
    ("whether a name is there that a run says", "import a, b\ndef f(x): return x in globals()", "a b"),
    ("library set up with what another gives", "import a, b\na.configure(key=b.get('k'))\ndef f(): a.x()", "a b"),
    ("library's object set up with what another gives", "from a import c\nimport b\nc.init(b.get('k'))\ndef f(): c.x()", "a b"),
    ("library set up by a setting that another gives", "import a, b\na.api_key = b.get('k')\ndef f(): a.x()", "a b"),
    ("library used with what another gives", "import a, b\na.show(b.get('k'))\ndef f(): a.x()", "a"),
    ("globals by name", "import a, b\ndef f(): return globals()['a']", "a"),
    ("own eval", "import a\ndef eval(x): pass\ndef f(x): return eval(x)", ""),
    ("method named eval", "import a\ndef f(x): return x.eval()", ""),
    ("import_module", "import importlib\ndef f(): return importlib.import_module('a.b')", "a.b"),
    ("import_module of a constant", "from importlib import import_module as im\nN = 'a'\ndef f(): return im(N)", "a"),
    ("__import__", "def f(): return __import__('a')", "a"),
    ("star", "from a import *\ndef f(): x()", "a"),
    ("star in try", "try:\n  from a import *\nexcept ImportError:\n  pass\ndef f(): x()", "a"),
    ("star in try, unused", "try:\n  from a import *\nexcept ImportError:\n  pass\ndef f(): print(1)", ""),
    ("class field of the module's name", "import a\nio = a.x\nclass C:\n  io = io\ndef f(): C()", "a"),
    ("class field read after it is set", "import a\nio = a.x\nclass C:\n  io = 1\n  j = io\ndef f(): C()", ""),
    ("deleted by what is kept", "import a\nb = a.x\ntry:\n  K = 1\nfinally:\n  del b\ndef f(): return K", "a"),
    ("names made through globals()", "import a\nglobals().update(a.names())\ndef f(): x()", "a"),
    ("names made elsewhere", "import a\nglobals().update(a.names())\ndef f(): print(1)", ""),
    ("bound by a function", "import a\ndef setup():\n  global T\n  T = a.x\nsetup()\ndef f(): return T", "a"),
    ("star unused", "from a import *\ndef f(): print(1)", ""),
    ("star replaces a builtin", "from numpy import *\ndef f(): return sum([1])", "numpy"),
    ("star of the standard library or of another", "from math import *\nfrom a import *\ndef f(): x()", "a"),
    ("async", "import a\nasync def f():\n  async with a.x() as y: pass", "a"),
    ("f-string", "import a\ndef f(): return f'{a.x}'", "a"),
    ("del", "import a\nx = a.y\ndel x\ndef f(): pass", ""),
    ("augmented", "import a\nx = 1\nx += a.y\ndef f(): return x", "a"),
    ("loop", "import a\nC = {}\nfor k in 'ab':\n  C[k] = a.x\ndef f(): return C", "a"),
    ("with", "import a\nwith open('x') as h:\n  K = a.load(h)\ndef f(): return K", "a"),
    ("tuple", "import a\nx, y = a.z()\ndef f(): return y", "a"),
    ("alias of a function", "import a\ng = a.x\ndef f(): g()", "a"),
    ("side effect import", "from sklearn.experimental import enable_x\nfrom sklearn.impute import I\ndef f(): I()", "sklearn.experimental sklearn.impute"),
    ("side effect of others", "from sklearn.experimental import enable_x\ndef f(): pass", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in ONE_FILE], ids=[case[0] for case in ONE_FILE]
)
def test_one_file(facts, source: str, wanted: str) -> None:
    found = facts(source)
    assert sorted({one.module for one in found.imports}) == wanted.split()


# (what it shows, files beside p.py, p.py, modules, paths of the slices)
SEVERAL_FILES = [
    ("sibling", {"h.py": "import a\nimport b\ndef g(): a.x()"}, "import h\ndef f(): h.g()", "a", "h.py p.py"),
    ("sibling, from", {"h.py": "import a\nimport b\ndef g(): a.x()"}, "from h import g\ndef f(): g()", "a", "h.py p.py"),
    ("sibling, lazy", {"h.py": "import a\ndef g(): a.x()"}, "def f():\n  from h import g\n  g()", "a", "h.py p.py"),
    ("sibling, alias", {"h.py": "import a\nimport b\ndef g(): b.x()"}, "import h as i\ndef f(): i.g()", "b", "h.py p.py"),
    ("sibling as a value", {"h.py": "import a\nimport b\ndef g(): a.x()"}, "import h\ndef f(): return h", "a b", "h.py p.py"),
    ("package", {"k/__init__.py": "import a", "k/m.py": "import b\ndef g(): b.x()"}, "from k.m import g\ndef f(): g()", "b", "k/__init__.py k/m.py p.py"),
    ("package, submodule", {"k/__init__.py": "", "k/m.py": "import b\ndef g(): b.x()"}, "from k import m\ndef f(): m.g()", "b", "k/__init__.py k/m.py p.py"),
    ("package, dotted", {"k/__init__.py": "", "k/m.py": "import b\ndef g(): b.x()"}, "import k.m\ndef f(): k.m.g()", "b", "k/__init__.py k/m.py p.py"),
    ("re-export", {"k/__init__.py": "from .m import g\nfrom .n import h", "k/m.py": "import a\ndef g(): a.x()", "k/n.py": "import b\ndef h(): b.x()"}, "from k import g\ndef f(): g()", "a", "k/__init__.py k/m.py p.py"),
    ("re-export through attribute", {"k/__init__.py": "from .m import g", "k/m.py": "import a\ndef g(): a.x()"}, "import k\ndef f(): k.g()", "a", "k/__init__.py k/m.py p.py"),
    ("submodule by the package", {"k/__init__.py": "from . import m", "k/m.py": "import a\ndef g(): a.x()"}, "from k import m\ndef f(): m.g()", "a", "k/__init__.py k/m.py p.py"),
    ("submodule by the package, its name", {"k/__init__.py": "from . import m as n", "k/m.py": "import a\ndef g(): a.x()"}, "import k\ndef f(): k.n.g()", "a", "k/__init__.py k/m.py p.py"),
    ("submodule by the package, star", {"k/__init__.py": "from . import m", "k/m.py": "import a\ndef g(): a.x()"}, "from k import *\ndef f(): m.g()", "a", "k/__init__.py k/m.py p.py"),
    ("submodule of the package in itself", {"k/__init__.py": "from . import m\ndef h(): m.g()", "k/m.py": "import a\ndef g(): a.x()"}, "import k\ndef f(): k.h()", "a", "k/__init__.py k/m.py p.py"),
    ("submodule by the package, for what it registers", {"k/__init__.py": "from . import m\nR = {}", "k/r.py": "R = {}", "k/m.py": "import a\nfrom .r import R\nR['x'] = 1\ndef g(): a.x()"}, "import k\nfrom k.r import R\ndef f(): return R", "", "k/__init__.py k/m.py k/r.py p.py"),
    ("star re-export", {"k/__init__.py": "from .m import *\nfrom .n import *", "k/m.py": "import a\ndef g(): a.x()", "k/n.py": "import b\ndef h(): b.x()"}, "from k import g\ndef f(): g()", "a", "k/__init__.py k/m.py p.py"),
    ("relative, up", {"k/__init__.py": "", "k/u.py": "import a\ndef g(): a.x()", "k/s/__init__.py": "", "k/s/m.py": "from ..u import g\ndef h(): g()"}, "from k.s.m import h\ndef f(): h()", "a", "k/__init__.py k/s/__init__.py k/s/m.py k/u.py p.py"),
    ("relative, module", {"k/__init__.py": "", "k/u.py": "import a\ndef g(): a.x()", "k/m.py": "from . import u\ndef h(): u.g()"}, "from k.m import h\ndef f(): h()", "a", "k/__init__.py k/m.py k/u.py p.py"),
    ("namespace package", {"k/m.py": "import a\ndef g(): a.x()"}, "from k.m import g\ndef f(): g()", "a", "k/m.py p.py"),
    ("namespace package, submodule", {"k/m.py": "import a\ndef g(): a.x()"}, "from k import m\ndef f(): m.g()", "a", "k/m.py p.py"),
    ("folder that is no module", {"a/x.csv": "1"}, "import a\ndef f(): a.x()", "a", "p.py"),
    ("star", {"h.py": "import a\ndef g(): a.x()\ndef i(): pass"}, "from h import *\ndef f(): g()", "a", "h.py p.py"),
    ("third party through a sibling", {"h.py": "import a\nfrom b import c"}, "from h import c\ndef f(): c()", "b", "h.py p.py"),
    ("sibling named like a distribution", {"a.py": "def x(): pass"}, "import a\ndef f(): a.x()", "", "a.py p.py"),
    ("constant of another module", {"c.py": "import a\nK = 1\nL = a.x"}, "from c import K\ndef f(): return K", "", "c.py p.py"),
    ("loaded by the package", {"k/__init__.py": "from .m import z", "k/m.py": "import a\nz = 1\ndef g(): a.x()"}, "import k\ndef f(): k.m.g()", "a", "k/__init__.py k/m.py p.py"),
    ("plug-in that registers", {"r.py": "R = {}", "g.py": "import a\nfrom r import R\nR['x'] = a.y"}, "import g\nfrom r import R\ndef f(): return R", "a", "g.py p.py r.py"),
    ("plug-in of others", {"r.py": "R = {}", "g.py": "import a\nfrom r import R\nR['x'] = a.y"}, "import g\nfrom r import R\ndef f(): pass", "", "p.py"),
    ("change of another module's object", {"c.py": "C = {}"}, "import a\nfrom c import C\nC['x'] = a.y\ndef f(): return C", "a", "c.py p.py"),
    ("import of a sibling by name", {"h.py": "import a"}, "import importlib\ndef f(): return importlib.import_module('h')", "a", "h.py p.py"),
    ("circle", {"h.py": "import p\nimport a\ndef g():\n  a.x()\n  p.f()"}, "import h\ndef f(): h.g()", "a", "h.py p.py"),
    ("exec keeps all", {"h.py": "import a\nexec(open('x').read())\ndef g(): pass"}, "import h\ndef f(): h.g()", "a", "h.py p.py"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "source", "wanted", "paths"),
    [case[1:] for case in SEVERAL_FILES],
    ids=[case[0] for case in SEVERAL_FILES],
)
def test_several_files(facts, files: dict[str, str], source: str, wanted: str, paths: str) -> None:
    found = facts({**files, "p.py": source})
    assert sorted({one.module for one in found.imports}) == wanted.split()
    assert [one.path for one in found.slices] == paths.split()


def test_import_roots_are_tried_in_order(facts) -> None:
    files = {
        "src/k/__init__.py": "",
        "src/k/m.py": "import a\ndef g(): a.x()",
        "jobs/p.py": "from k.m import g\ndef f(): g()",
    }
    found = facts(files, entry="jobs/p.py", roots=("jobs", ".", "src"))
    assert [one.module for one in found.imports] == ["a"]
    assert [(one.path, one.module) for one in found.slices] == [
        ("jobs/p.py", "p"),
        ("src/k/__init__.py", "k"),
        ("src/k/m.py", "k.m"),
    ]


def test_a_module_that_imports_relatively_is_named_from_its_package(facts) -> None:
    files = {
        "k/__init__.py": "",
        "k/h.py": "def g(): pass",
        "k/p.py": "from .h import g\ndef f(): g()",
    }
    found = facts(files, entry="k/p.py", roots=("k", "."))
    assert [one.module for one in found.slices if one.path == "k/p.py"] == ["k.p"]
    assert [one.path for one in found.slices] == ["k/__init__.py", "k/h.py", "k/p.py"]


def test_the_standard_library_is_the_targets(facts) -> None:
    source = "import tomllib\nimport distutils\ndef f(): tomllib.x(distutils)"
    assert [one.module for one in facts(source, python="3.10").imports] == ["tomllib"]
    assert [one.module for one in facts(source, python="3.12").imports] == ["distutils"]
    assert [one.module for one in facts(source, python="3.11").imports] == []


GUARDS = [
    ("another import", "try:\n  import a as x\nexcept ImportError:\n  import b as x\ndef f(): x.y()", [("a", True), ("b", False)]),
    ("standard library first", "try:\n  import tomllib as x\nexcept ImportError:\n  import b as x\ndef f(): x.y()", []),
    ("standard library second", "try:\n  import a as x\nexcept ImportError:\n  import json as x\ndef f(): x.y()", [("a", True)]),
    ("absent, asked for", "try:\n  import a\nexcept ImportError:\n  a = None\ndef f():\n  if a is not None: a.y()", [("a", True)]),
    ("absent, flag", "try:\n  import a\n  HAS = True\nexcept ImportError:\n  HAS = False\ndef f():\n  if HAS: a.y()", [("a", True)]),
    ("absent, used anyway", "try:\n  import a\nexcept ImportError:\n  a = None\ndef f(): a.y()", [("a", False)]),
    ("gives up", "try:\n  import a\nexcept ImportError:\n  raise SystemExit(1)\ndef f(): a.y()", [("a", False)]),
    ("other error", "try:\n  import a\nexcept ValueError:\n  a = None\ndef f(): a.y()", [("a", False)]),
    ("inside", "def f():\n  try:\n    import a\n  except ModuleNotFoundError:\n    return 1", [("a", True)]),
    ("suppressed", "from contextlib import suppress\ndef f():\n  with suppress(ImportError):\n    import a", [("a", True)]),
    ("asked for first", "import importlib.util\ndef f():\n  if importlib.util.find_spec('a'):\n    import a", [("a", True)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in GUARDS], ids=[case[0] for case in GUARDS]
)
def test_guarded_imports(facts, source: str, wanted: list[tuple[str, bool]]) -> None:
    assert [(one.module, one.optional) for one in facts(source).imports] == wanted


ELSEWHERE = [
    ("environment", "import os, dotenv\ndotenv.load_dotenv()\ndef f(): return os.environ['A']", "dotenv"),
    ("environment, another name", "import os\nfrom dotenv import load_dotenv as go\ngo('x')\ndef f(): return os.getenv('A')", "dotenv"),
    ("environment of a client", "import dotenv, openai\ndotenv.load_dotenv()\ndef f(): return openai.OpenAI()", "dotenv openai"),
    ("environment of a client of a chain", "import dotenv\nfrom langchain_xai import ChatXAI\ndotenv.load_dotenv()\ndef f(): return ChatXAI()", "dotenv langchain_xai"),
    ("environment in a constant", "import os, dotenv\ndotenv.load_dotenv()\nK = os.getenv('A')\ndef f(): return K", "dotenv"),
    ("environment by a helper", "import os, dotenv\ndef g(p):\n  if p: return False\n  return dotenv.load_dotenv(p)\ng(1)\ndef f(): return os.getenv('A')", "dotenv"),
    ("environment by a helper that nobody calls", "import os, dotenv\ndef g(p): return dotenv.load_dotenv(p)\ndef f(): return os.getenv('A')", ""),
    ("log", "import logging, rich\nlogging.basicConfig(handlers=[rich.X()])\ndef f(): logging.info('a')", "rich"),
    ("log of a logger", "import logging, rich\nlogging.basicConfig(handlers=[rich.X()])\nlog = logging.getLogger()\ndef f(): log.info('a')", "rich"),
    ("log of others", "import logging, rich\nlogging.basicConfig(handlers=[rich.X()])\ndef f(): pass", ""),
    ("a handler of the root logger", "import logging, a\nh = a.H()\nlogging.getLogger().addHandler(h)\nlog = logging.getLogger('x')\ndef f(): log.info('a')", "a"),
    ("a handler of the root logger by its name", "import logging, a\nr = logging.getLogger()\nr.addHandler(a.H())\ndef f(): logging.info('a')", "a"),
    ("a handler of the root logger, nobody logs", "import logging, a\nlogging.getLogger().addHandler(a.H())\ndef f(): pass", ""),
    ("a handler of another logger", "import logging, a\nlogging.getLogger('y').addHandler(a.H())\ndef f(): logging.info('a')", ""),
    ("handlers that settings name", "import logging.config\nC = {'handlers': {'h': {'class': 'a.b.H'}}, 'formatters': {'f': {'()': 'c.F', 'x': 'ext://d.E'}}}\nlogging.config.dictConfig(C)\nlog = logging.getLogger()\ndef f(): log.info('e.f')", "a.b c d"),
    ("environment not asked", "import os, dotenv\ndotenv.load_dotenv()\ndef f(): return os.getcwd()", ""),
    ("style", "import seaborn as sns\nfrom matplotlib import pyplot as plt\nsns.set_theme()\ndef f(): plt.plot()", "matplotlib seaborn"),
    ("style of nothing", "import seaborn as sns\nsns.set_theme()\ndef f(): pass", ""),
    ("a reader that is registered", "import pillow_heif\nfrom PIL import Image\npillow_heif.register_heif_opener()\ndef f(): Image.open('a')", "PIL pillow_heif"),
    ("a method that is made", "import pandas as pd\nfrom tqdm.auto import tqdm\ntqdm.pandas()\ndef f(d): return pd.x(d.progress_apply(1))", "pandas tqdm.auto"),
    ("a method that is made for others", "import pandas as pd\nfrom tqdm.auto import tqdm\ntqdm.pandas()\ndef f(d): return pd.x(d.apply(1))", "pandas"),
    ("a seed that another library draws from", "import numpy as np, pandas as pd\nnp.random.seed(1)\ndef f(): pd.x().sample(3)", "numpy pandas"),
    ("a seed that a frame draws from", "import numpy as np, pandas as pd\nnp.random.seed(1)\ndef f(d): d.sample(3)", "numpy"),
    ("a seed by a helper", "import numpy as np, sklearn.x\ndef g(): np.random.seed(1)\ng()\ndef f(): sklearn.x.y()", "numpy sklearn.x"),
    ("a seed of torch", "import torch, torchvision\ntorch.manual_seed(1)\ndef f(): torchvision.x()", "torch torchvision"),
    ("a seed that nobody draws from", "import numpy as np, a\nnp.random.seed(1)\ndef f(): a.x()", "a"),
    ("one of a namespace", "import google.cloud.logging\nfrom google.cloud import storage\ngoogle.cloud.logging.Client().setup_logging()\ndef f(): storage.x()", "google.cloud"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in ELSEWHERE], ids=[case[0] for case in ELSEWHERE]
)
def test_what_changes_another_library(facts, source: str, wanted: str) -> None:
    assert sorted({one.module for one in facts(source).imports}) == wanted.split()


NESTED = [
    ("closure", "def outer():\n  import a, b\n  def f(): a.x()\n  return f", "outer.f", "a"),
    ("closure over something written out", "import a, b\ndef outer():\n  y = a.X\n  z = b.X\n  def f(): return y\n  return f", "outer.f", "a"),
    ("closure over a function", "import a\nfrom functools import partial\ndef outer():\n  y = partial(a.x, 1)\n  def f(): return y()\n  return f", "outer.f", "a"),
    ("closure over a lambda", "import a\ndef outer():\n  y = lambda: a.x()\n  def f(): return y()\n  return f", "outer.f", "a"),
    ("sibling closure that a loop makes", "import a\ndef outer():\n  for n in load():\n    def g(): a.x()\n    def f(): g()\n    f()", "outer.f", "a"),
    ("sibling closure", "import a\ndef outer():\n  def g(): a.x()\n  def f(): g()\n  return f", "outer.f", "a"),
    ("outer has all", "import a, b\ndef outer():\n  y = b.x()\n  def f(): return a.x\n  return f", "outer", "a b"),
    ("method", "import a, b\nclass C:\n  def f(self): a.x()\n  def g(self): b.x()", "C.f", "a"),
    ("method calls method", "import a, b\nclass C:\n  def f(self): self.g()\n  def g(self): b.x()", "C.f", "b"),
    ("a method's class must be made", "import a, b\n@a.d\nclass C(a.B):\n  def g(self): b.x()\n  def f(): pass", "C.f", "a"),
    ("a base of the file without what is not used", "import a, b, c\nclass B(a.B):\n  def g(self): b.x()\n  def h(self): c.x()\nclass C(B):\n  def f(self): self.g()", "C.f", "a b"),
    ("a property made by hand", "import a, b\nclass C:\n  def g(self): a.x()\n  p = property(g)\n  def h(self): b.x()\n  def f(self): return self.p", "C.f", "a"),
    ("a property of a base, made by hand", "import a, b\nclass B:\n  def g(self): a.x()\n  p = property(g)\n  def h(self): b.x()\nclass C(B):\n  def f(self): return self.p", "C.f", "a"),
    ("methods of the base that several want", "import a, b\nclass B:\n  def g(self): a.x()\n  def h(self): b.x()\nclass C(B):\n  def __init__(self): super().__init__(); self.h()\n  def f(self): self.g()", "C.f", "a b"),
    ("what the base does behind super", "import a, b\nclass B:\n  def f(self): a.x()\n  def g(self): b.x()\nclass C(B):\n  def f(self): super().f()", "C.f", "a"),
    ("what takes the place of the base's", "import a, b\nclass B:\n  def __init__(self): a.x()\nclass C(B):\n  def __init__(self): b.x()\n  def f(self): pass", "C.f", "b"),
    ("static method", "import a, b\nclass C:\n  def __init__(self): a.x()\n  @staticmethod\n  def f(x): return b.x(x.y)\n  def y(self): a.y()", "C.f", "b"),
    ("class method that makes none", "import a, b\nclass C:\n  def __init__(self): a.x()\n  @classmethod\n  def f(cls): cls.g()\n  @staticmethod\n  def g(): b.x()", "C.f", "b"),
    ("made after __init__", "import a, dataclasses\n@dataclasses.dataclass\nclass C:\n  x: int\n  def __post_init__(self): a.x()\n  def f(self): pass", "C.f", "a"),
    ("class method that makes one", "import a\nclass C:\n  def __init__(self): a.x()\n  @classmethod\n  def f(cls): return cls()", "C.f", "a"),
    ("class method that calls what it makes", "import a, b\nclass C:\n  def g(self): a.x()\n  def h(self): b.x()\n  @classmethod\n  def f(cls):\n    c = cls()\n    c.g()\n    return c", "C.f", "a"),
    ("class method that calls it at once", "import a\nclass C:\n  def g(self): a.x()\n  @classmethod\n  def f(cls): return cls().g()", "C.f", "a"),
    ("class method by another", "import a\nclass C:\n  def g(self): a.x()\n  @classmethod\n  def of(cls): return cls()\n  @classmethod\n  def f(cls):\n    with cls.of() as c: c.g()", "C.f", "a"),
    ("method that makes another of its class", "import a, b\nclass C:\n  def g(self): a.x()\n  def h(self): b.x()\n  def f(self):\n    c = type(self)()\n    d = self.__class__()\n    c.g()\n    d.h()", "C.f", "a b"),
    ("function of an except", "import a\ndef o():\n  try:\n    import x\n  except ImportError:\n    def g(): a.x()\n  def f(): g()", "o.f", "a"),
    ("function of an else", "import a\ndef o(n):\n  for i in n: pass\n  else:\n    def g(): a.x()\n  def f(): g()", "o.f", "a"),
    ("function of a case", "import a\ndef o(n):\n  match n:\n    case 1:\n      def g(): a.x()\n  def f(): g()", "o.f", "a"),
    ("method of the base", "import a\nclass C(a.B):\n  def f(self): self.inherited()", "C.f", "a"),
    ("in try", "import a\ntry:\n  def f(): a.x()\nexcept OSError: pass", "f", "a"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "name", "wanted"), [case[1:] for case in NESTED], ids=[case[0] for case in NESTED]
)
def test_nested_functions(facts, source: str, name: str, wanted: str) -> None:
    assert sorted({one.module for one in facts(source, name).imports}) == wanted.split()


APP = """
import click, typer
import a, b, c
from lib import shared
app = typer.Typer()
own = {}
def register(f):
    own[f.__name__] = f
    return f
@app.command()
def one(): a.x()
@app.command("two")
def two(): b.x()
sub = typer.Typer()
app.add_typer(sub)
@sub.command()
def below(): c.x()
@shared.task
def three(): a.x()
@shared.task
def four(): b.x()
@register
def five(): a.x()
@register
def six(): b.x(); return own
app.pretty = True
app.add_typer(typer.Typer())
def run(): app()
def hand(): return [shared]
def look(): return app.config["x"], shared.conf.y, shared.log.info("z")
"""


@pytest.mark.parametrize(
    ("function", "needed"),
    [
        ("one", "a typer"),  # what else is registered beside it, another call asks for
        ("two", "b typer"),
        ("three", "a celery"),
        ("four", "b celery"),
        ("run", "a b c typer"),  # also what stands on an application in it
        ("below", "c typer"),
        ("hand", "a b celery"),
        ("look", "celery typer"),  # its settings and its log run nothing
        ("six", "a b"),  # the project's own table, which is read
    ],
)
def test_what_is_registered_on_the_object_of_a_library(facts, function: str, needed: str) -> None:
    files = {"p.py": APP, "lib.py": "import celery\nshared = celery.Celery('x')"}
    found = facts(files, function)
    assert sorted({one.module for one in found.imports}) == needed.split()


@pytest.mark.parametrize(
    ("used", "needed"),
    [
        ("def g(): return Spark(1)", "flytekit"),  # it is there for its name
        ("def g(): return 1", "flytekit flytekitplugins.spark"),
    ],
)
def test_an_import_for_a_librarys_sake_counts_where_nobody_uses_its_name(
    facts, used: str, needed: str
) -> None:
    source = f"import flytekit\nfrom flytekitplugins.spark import Spark\n{used}\ndef f(): return flytekit.current_context()\n"
    assert sorted(one.module for one in facts(source).imports) == needed.split()


TABLE = """
import a, b, c
KNOWN = {}
def known(name):
    if name in KNOWN: raise ValueError(name)
    def keep(f):
        KNOWN[name] = f
        return f
    return keep
@known("one")
def one(): a.x()
@known("two")
def two(): b.x()
@known("three")
class Three(c.B): pass
def all_of(): return list(KNOWN.values())
def count(): return len(KNOWN)
class Table:
    def __init__(self): self.items = []
    def add(self, f):
        self.items.append(f)
        return f
    def all(self): return self.items
TABLE = Table()
@TABLE.add
def four(): a.x()
@TABLE.add
def five(): b.x()
def of_table(): return TABLE.all()
ORDER = []
def ordered(f):
    ORDER.append((len(ORDER), f))
    return f
@ordered
def six(): a.x()
@ordered
def seven(): b.x()
"""


@pytest.mark.parametrize(
    ("function", "needed"),
    [
        ("one", "a"),
        ("two", "b"),
        ("all_of", "a b c"),
        ("count", "a b c"),
        ("known", ""),
        ("four", "a"),
        ("of_table", "a b"),
        ("six", "a b"),  # what it is noted as depends on how many there are
    ],
)
def test_what_decorators_put_into_a_table_counts_where_the_table_is_read(
    facts, function: str, needed: str
) -> None:
    assert sorted({one.module for one in facts(TABLE, function).imports}) == needed.split()


GROUP = """
import click, functools
import a, b
@click.group()
@click.pass_context
def cli(ctx): pass
@cli.group()
def inner(): pass
@cli.command()
def one(): a.x()
@inner.command("two")
def two(): b.x()
@functools.singledispatch
def told(value): pass
@told.register
def _(value: int): a.x()
@told.register(str)
def texts(value): b.x()
def doubled(f):
    f.seen = []
    f.keep = f.seen.append
    return f
@doubled
def own(): pass
own.keep(a.x)
def run(): cli()
def tell(): told(1)
def see(): own.seen
"""


@pytest.mark.parametrize(
    ("function", "needed"),
    [
        ("one", "a click"),
        ("two", "b click"),
        ("cli", "click"),
        ("run", "a b click"),
        ("texts", "b"),
        ("tell", "a b"),
        ("see", "a"),  # a decorator of the project: nobody knows what it makes
    ],
)
def test_what_is_registered_on_a_function_that_a_library_made_an_object(
    facts, function: str, needed: str
) -> None:
    found = facts(GROUP, function)
    assert sorted({one.module for one in found.imports}) == needed.split()


WRAPPED = """
from aws_lambda_powertools import Logger
import a, b
log = Logger()
@log.inject_lambda_context
def one(): a.x()
def two(): log.info(b.x())
"""


@pytest.mark.parametrize(
    ("function", "needed"),
    [("one", "a aws_lambda_powertools"), ("two", "aws_lambda_powertools b")],
)
def test_what_an_object_only_wraps_is_not_kept_with_it(facts, function: str, needed: str) -> None:
    assert sorted({one.module for one in facts(WRAPPED, function).imports}) == needed.split()


@pytest.mark.parametrize(
    "makes",
    ["_all = globals()\nmake(_all)", "make(globals())", "for one in make(): globals()[one] = 1"],
)
def test_a_module_that_makes_its_names_may_have_any(facts, makes: str) -> None:
    # What protoc writes says `_globals = globals()`: each `from shop_pb2 import Order` was refused.
    files = {
        "shop_pb2.py": f"from a import make\n{makes}",
        "p.py": "from shop_pb2 import Order\ndef f(): Order()",
    }
    found = facts(files)
    assert (found.faults, [one.module for one in found.imports]) == ((), ["a"])


def test_a_name_that_a_module_only_declares_is_set_by_another(facts) -> None:
    # SQLAlchemy's `type_api` declares NULLTYPE, and `sqltypes` sets it there: the dialects were refused.
    files = {
        "lib/__init__.py": "from lib import kinds",
        "lib/api.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lib.kinds import NULL as NULL",
        "lib/kinds.py": "import a\nfrom lib import api\nNULL = a.Null()\napi.NULL = NULL",
        "p.py": "from lib.api import NULL\ndef f(): return NULL",
    }
    assert facts(files).faults == ()


@pytest.mark.parametrize(
    ("caught", "wanted"),
    [("ImportError", 0), ("(ImportError, AttributeError)", 0), ("ValueError", 1)],
)
def test_an_import_in_place_of_another_may_lead_nowhere(facts, caught: str, wanted: int) -> None:
    # Airflow's setup_teardown takes `python_task` from where it was before, which has it no more.
    code = f"try:\n    from a.b import t\nexcept {caught}:\n    from lib import t\ndef f(): t()"
    found = facts({"lib.py": "", "p.py": code})
    assert (len(found.faults), [one.module for one in found.imports]) == (wanted, ["a.b"])
