"""Tests of the target that code makes, and imports that may fail: what of them a function needs in its image."""

from __future__ import annotations

import pytest

# (what it shows, p.py, modules imported by f, ``?`` where the function can do without, Python of the target)
DECIDED = [
    ("typing alias", "import typing as t\nif t.TYPE_CHECKING:\n  import a\ndef f(x: 'a.T'): pass", "", "3.11"),
    ("TC alias", "from typing import TYPE_CHECKING as TC\nif TC:\n  import a\ndef f(x: 'a.T'): pass", "", "3.11"),
    ("TC = False", "TYPE_CHECKING = False\nif TYPE_CHECKING:\n  import a as x\nelse:\n  import b as x\ndef f(): x.y()", "b", "3.11"),
    ("MYPY = False", "MYPY = False\nif MYPY:\n  import a as x\nelse:\n  import b as x\ndef f(): x.y()", "b", "3.11"),
    ("not TC", "from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n  import a as x\nelse:\n  import b as x\ndef f(): x.y()", "a", "3.11"),
    ("TC in function", "from typing import TYPE_CHECKING\ndef f():\n  if TYPE_CHECKING:\n    import a\n  return 1", "", "3.11"),
    ("tomllib 3.10", "import sys\nif sys.version_info >= (3, 11):\n  import tomllib\nelse:\n  import tomli as tomllib\ndef f(): tomllib.x()", "tomli", "3.10"),
    ("tomllib inside 3.11", "def f():\n  try:\n    import tomllib\n  except ImportError:\n    import tomli as tomllib\n  return tomllib.x()", "", "3.11"),
    ("tomllib inside 3.10", "def f():\n  try:\n    import tomllib\n  except ImportError:\n    import tomli as tomllib\n  return tomllib.x()", "tomli", "3.10"),
    ("version inside", "def f():\n  import sys\n  if sys.version_info >= (3, 11):\n    import tomllib\n  else:\n    import tomli as tomllib\n  return tomllib.x()", "", "3.11"),
    ("checked inside", "from typing import TYPE_CHECKING\ndef f():\n  if TYPE_CHECKING:\n    import pandas as pd\n  return lambda x: pd.x(x)", "", "3.11"),
    ("a nested function inside", "def f():\n  try:\n    import tomllib as t\n  except ImportError:\n    import tomli as t\n  def g():\n    return t.x()\n  return g", "", "3.11"),
    ("tomllib 3.11", "import sys\nif sys.version_info >= (3, 11):\n  import tomllib\nelse:\n  import tomli as tomllib\ndef f(): tomllib.x()", "", "3.11"),
    ("version alias", "from sys import version_info\nif version_info >= (3, 11):\n  import b as x\nelse:\n  import a as x\ndef f(): x.y()", "b", "3.11"),
    ("version alias 2", "import sys as s\nif s.version_info[:2] >= (3, 11):\n  import b as x\nelse:\n  import a as x\ndef f(): x.y()", "b", "3.11"),
    ("PY3 flag", "import sys\nPY311 = sys.version_info >= (3, 11)\nif PY311:\n  import b as x\nelse:\n  import a as x\ndef f(): x.y()", "b", "3.11"),
    ("version const", "import sys\nNEEDED = (3, 9)\nif sys.version_info < NEEDED:\n  import a as x\nelse:\n  import b as x\ndef f(): x.y()", "b", "3.11"),
    ("IS_WIN top", "import sys\nIS_WIN = sys.platform == 'win32'\nif IS_WIN:\n  import a as x\nelse:\n  import b as x\ndef f(): x.y()", "b", "3.11"),
    ("IS_WIN function", "import sys\nIS_WIN = sys.platform == 'win32'\ndef f():\n  if IS_WIN:\n    import a\n  else:\n    import b", "b", "3.11"),
    ("local flag", "import sys\ndef f():\n  win = sys.platform == 'win32'\n  if win:\n    import a\n  else:\n    import b", "b", "3.11"),
    ("os.name flag", "import os\nWIN = os.name == 'nt'\ndef f():\n  if not WIN:\n    import b\n  else:\n    import a", "b", "3.11"),
    ("system var", "import platform\nSYSTEM = platform.system()\nif SYSTEM == 'Windows':\n  import a as x\nelif SYSTEM == 'Linux':\n  import b as x\nelse:\n  import c as x\ndef f(): x.y()", "b", "3.11"),
    ("system lower", "import platform\ndef f():\n  if platform.system().lower() == 'windows':\n    import a", "", "3.11"),
    ("from platform import system", "from platform import system\ndef f():\n  if system() == 'Windows':\n    import a", "", "3.11"),
    ("from sys import platform", "from sys import platform\ndef f():\n  if platform == 'win32':\n    import a", "", "3.11"),
    ("from sys import platform startswith", "from sys import platform\ndef f():\n  if platform.startswith('win'):\n    import a", "", "3.11"),
    ("startswith tuple", "import sys\ndef f():\n  if sys.platform.startswith(('win', 'cygwin')):\n    import a", "", "3.11"),
    ("impl", "import platform\ndef f():\n  if platform.python_implementation() == 'PyPy':\n    import a\n  else:\n    import b", "b", "3.11"),
    ("impl name", "import sys\ndef f():\n  if sys.implementation.name == 'pypy':\n    import a", "", "3.11"),
    ("machine", "import platform\ndef f():\n  if platform.machine() == 'arm64' and platform.system() == 'Darwin':\n    import a", "", "3.11"),
    ("machine x86", "import platform\ndef f():\n  if platform.machine() in ('x86_64', 'AMD64'):\n    import a", "a", "3.11"),
    ("hexversion", "import sys\ndef f():\n  if sys.hexversion >= 0x03000000:\n    import b\n  else:\n    import a", "b", "3.11"),
    ("early return", "import sys\ndef f():\n  if sys.version_info < (3, 8):\n    import a\n    return a\n  import b", "b", "3.11"),
    ("after return", "import sys\ndef f():\n  if sys.platform == 'linux':\n    return 1\n  import a", "", "3.11"),
    ("after raise", "import sys\ndef f():\n  if sys.platform == 'linux':\n    raise OSError\n  import a\n  a.x()", "", "3.11"),
    ("ternary", "import sys, a, b\ndef f():\n  return a.x if sys.platform == 'win32' else b.x", "b", "3.11"),
    ("and", "import sys, a\ndef f():\n  return sys.platform == 'win32' and a.x()", "", "3.11"),
    ("while False", "import a\ndef f():\n  while False:\n    a.x()", "", "3.11"),
    ("helper is_windows", "import sys\ndef is_windows(): return sys.platform == 'win32'\ndef f():\n  if is_windows():\n    import a", "", "3.11"),
    ("winreg", "import sys\nif sys.platform == 'win32':\n  import winreg\ndef f(): pass", "", "3.11"),
    ("match platform", "import sys\ndef f():\n  match sys.platform:\n    case 'win32':\n      import a\n    case 'linux':\n      import b", "b", "3.11"),
    ("local name shadows a flag", "import sys\nWIN = sys.platform == 'win32'\ndef f(WIN):\n  if WIN:\n    import a", "a", "3.11"),
    ("flag bound twice", "import sys\nWIN = sys.platform == 'win32'\nWIN = input()\ndef f():\n  if WIN:\n    import a", "a", "3.11"),
    ("a setting is for the run", "USE_A = False\ndef f():\n  if USE_A:\n    import a", "a", "3.11"),
    ("patch level by number", "import sys\ndef f():\n  if sys.hexversion >= 0x030b0200:\n    import a", "a", "3.11"),
    ("arm", "import platform\ndef f():\n  if platform.machine() == 'aarch64':\n    import a", "", "3.11"),
    ("after a return in one branch", "def f(x):\n  if x: return\n  import a", "a", "3.11"),
    ("or", "import sys, a\ndef f(): return sys.platform == 'linux' or a.x()", "", "3.11"),
]  # fmt: skip

# the same
GUARDED = [
    ("ujson", "try:\n  import ujson as json\nexcept ImportError:\n  import json\ndef f(): json.x()", "ujson?", "3.11"),
    ("chain of three", "try:\n  import orjson as json\nexcept ImportError:\n  try:\n    import ujson as json\n  except ImportError:\n    import json\ndef f(): json.x()", "orjson? ujson?", "3.11"),
    ("chain of three ext", "try:\n  import a as x\nexcept ImportError:\n  try:\n    import b as x\n  except ImportError:\n    import c as x\ndef f(): x.y()", "a? b? c", "3.11"),
    ("CLoader", "try:\n  from yaml import CLoader as L\nexcept ImportError:\n  from yaml import Loader as L\ndef f(): L()", "yaml yaml?", "3.11"),
    ("tuple", "try:\n  import a\nexcept (ImportError, OSError):\n  a = None\ndef f():\n  if a: a.x()", "a?", "3.11"),
    ("reraise", "try:\n  import a\nexcept ImportError as e:\n  raise ImportError('install a') from e\ndef f(): a.x()", "a", "3.11"),
    ("reraise in if", "try:\n  import a\nexcept ImportError as e:\n  if True:\n    raise\ndef f(): a.x()", "a", "3.11"),
    ("prints and exits", "import sys\ntry:\n  import a\nexcept ImportError:\n  print('no a')\n  sys.exit(1)\ndef f(): a.x()", "a", "3.11"),
    ("HAS flag raise", "try:\n  import a\n  HAS_A = True\nexcept ImportError:\n  HAS_A = False\ndef f():\n  if not HAS_A:\n    raise ImportError('a')\n  a.x()", "a", "3.11"),
    ("None raise", "try:\n  import a\nexcept ImportError:\n  a = None\ndef f():\n  if a is None:\n    raise ImportError('a')\n  a.x()", "a", "3.11"),
    ("flag with fallback", "try:\n  import a\n  HAS_A = True\nexcept ImportError:\n  HAS_A = False\ndef f():\n  if HAS_A:\n    return a.x()\n  return 1", "a?", "3.11"),
    ("else", "try:\n  import a\nexcept ImportError:\n  x = None\nelse:\n  x = a.y\ndef f(): return x", "a?", "3.11"),
    ("else with import", "try:\n  import a\nexcept ImportError:\n  x = None\nelse:\n  import b\n  x = b.y\ndef f(): return x", "a? b?", "3.11"),
    ("finally", "try:\n  import a\nexcept ImportError:\n  a = None\nfinally:\n  import b\ndef f(): return a, b.x", "a? b", "3.11"),
    ("import later in handler of other", "def f():\n  try:\n    open('x')\n  except OSError:\n    import a\n    a.x()", "a", "3.11"),
    ("suppress", "import contextlib\nwith contextlib.suppress(ImportError):\n  import a\ndef f(): a.x()", "a", "3.11"),
    ("suppress unused", "import contextlib\nwith contextlib.suppress(ImportError):\n  import a\ndef f(): pass", "", "3.11"),
    ("warn then use", "import warnings\ntry:\n  import a\nexcept ImportError:\n  warnings.warn('no a')\ndef f(): a.x()", "a", "3.11"),
    ("pass then use", "try:\n  import a\nexcept ImportError:\n  pass\ndef f(): return a.x()", "a", "3.11"),
    ("from then use", "try:\n  from a import x\nexcept ImportError:\n  pass\ndef f(): return x()", "a", "3.11"),
    ("from None used", "try:\n  from a import x\nexcept ImportError:\n  x = None\ndef f(): return x()", "a", "3.11"),
    ("from None asked", "try:\n  from a import x\nexcept ImportError:\n  x = None\ndef f(): return x() if x else 1", "a?", "3.11"),
    ("from noop fallback", "try:\n  from tqdm import tqdm\nexcept ImportError:\n  def tqdm(x): return x\ndef f(): return tqdm([])", "tqdm?", "3.11"),
    ("from lambda fallback", "try:\n  from tqdm import tqdm\nexcept ImportError:\n  tqdm = lambda x: x\ndef f(): return tqdm([])", "tqdm?", "3.11"),
    ("find_spec", "import importlib.util\nHAS = importlib.util.find_spec('a') is not None\nif HAS:\n  import a\ndef f():\n  if HAS: a.x()", "a?", "3.11"),
    ("find_spec in function flag", "from importlib.util import find_spec\ndef f():\n  has = find_spec('a') is not None\n  if has:\n    import a\n    a.x()", "a?", "3.11"),
    ("is_torch_available", "from transformers.utils import is_torch_available\nif is_torch_available():\n  import torch\ndef f():\n  if is_torch_available(): torch.x()", "torch? transformers.utils", "3.11"),
    ("own is_available", "from importlib.util import find_spec\ndef has_a(): return find_spec('a') is not None\ndef f():\n  if has_a():\n    import a\n    a.x()", "a?", "3.11"),
    ("in sys.modules", "import sys\ndef f():\n  if 'a' in sys.modules:\n    import a\n    a.x()", "a?", "3.11"),
    ("guarded function body", "try:\n  import a\nexcept ImportError:\n  a = None\ndef g(): return a.x()\ndef f(): return g()", "a", "3.11"),
    ("except in function reraises own", "def f():\n  try:\n    import a\n  except ImportError:\n    raise RuntimeError('x')\n  a.x()", "a", "3.11"),
    ("except logs returns", "def f():\n  try:\n    import a\n  except ImportError:\n    return None\n  return a.x()", "a?", "3.11"),
    ("handler imports and raises", "def f():\n  try:\n    import a\n  except ImportError:\n    import b\n    raise", "a b", "3.11"),
    ("pip install handler", "import subprocess, sys\ntry:\n  import a\nexcept ImportError:\n  subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'a'])\n  import a\ndef f(): a.x()", "a a", "3.11"),
    ("os.system pip", "import os\ntry:\n  import a\nexcept ModuleNotFoundError:\n  os.system('pip install a')\ndef f(): a.x()", "a", "3.11"),
    ("try python2", "try:\n  from urllib2 import urlopen\nexcept ImportError:\n  from urllib.request import urlopen\ndef f(): urlopen()", "", "3.11"),
    ("py2 cPickle", "try:\n  import cPickle as pickle\nexcept:\n  import pickle\ndef f(): pickle.x()", "", "3.11"),
    ("AttributeError", "try:\n  import a\n  a.y\nexcept AttributeError:\n  pass\ndef f(): a.x()", "a", "3.11"),
    ("Exception broad in function", "def f():\n  try:\n    import a\n    return a.load()\n  except Exception as e:\n    print(e)\n    return None", "a", "3.11"),
    ("Exception broad, raising", "def f():\n  try:\n    import a\n    return a.load()\n  except Exception as e:\n    print(e)\n    raise", "a", "3.11"),
    ("version of other", "import a\nif a.__version__ >= '2':\n  import b as x\nelse:\n  import c as x\ndef f(): x.y()", "a b c", "3.11"),
    ("asked for, used by others", "try:\n  import a\nexcept ImportError:\n  a = None\ndef g(): a.x()\ndef f():\n  if a is not None: return a.y()", "a?", "3.11"),
    ("inside, falls through", "def f():\n  try:\n    import a\n  except ImportError:\n    print('no a')\n  return a.x()", "a", "3.11"),
    ("inside, None and asked", "def f():\n  try:\n    import a\n  except ImportError:\n    a = None\n  return a.x() if a else 1", "a?", "3.11"),
    ("inside, None and used", "def f():\n  try:\n    import a\n  except ImportError:\n    a = None\n  return a.x()", "a", "3.11"),
    ("inside, flag", "def f():\n  try:\n    import a\n    has = True\n  except ImportError:\n    has = False\n  if has: a.x()", "a?", "3.11"),
    ("inside, suppressed and used", "from contextlib import suppress\ndef f():\n  with suppress(ImportError):\n    import a\n  a.x()", "a", "3.11"),
    ("asserted", "try:\n  import a\nexcept ImportError:\n  a = None\ndef f():\n  assert a is not None\n  a.x()", "a?", "3.11"),
    ("flag asserted", "try:\n  import a\n  HAS = True\nexcept ImportError:\n  HAS = False\ndef f():\n  assert HAS\n  a.x()", "a", "3.11"),
    ("two beside a flag, used without asking", "try:\n  import a\n  from b import c\n  HAS = True\nexcept Exception:\n  HAS = False\ndef f(): return a.x(c.y())", "a b", "3.11"),
    ("two beside a flag, asked for", "try:\n  import a\n  from b import c\n  HAS = True\nexcept Exception:\n  HAS = False\ndef f(): return a.x(c.y()) if HAS else 1", "a? b?", "3.11"),
    ("the second of two used", "try:\n  import a\n  from b import c\n  HAS = True\nexcept ImportError:\n  HAS = False\ndef f(): return c.y()", "a b", "3.11"),
    ("the first of two used", "try:\n  import a\n  from b import c\n  HAS = True\nexcept ImportError:\n  HAS = False\ndef f(): return a.y()", "a b?", "3.11"),
    ("the second of two used, inside", "def f():\n  try:\n    import a\n    from b import c\n  except ImportError:\n    pass\n  return c.y()", "a b", "3.11"),
    ("two on one line, the second used", "try: import a, b\nexcept ImportError: pass\ndef f(): return b.y()", "a b", "3.11"),
    ("a trial within another one", "try:\n  try: import a\n  except ImportError: a = None\n  import b\nexcept ImportError: pass\ndef f(): return b.y()", "a? b", "3.11"),
    ("on one way only", "import os\ndef f():\n  try:\n    if os.name: import a; return a\n    import b\n  except ImportError: pass\n  return b.y()", "a? b", "3.11"),
    ("stand-in object", "try:\n  import a\nexcept ImportError:\n  a = object()\ndef f(): a.x()", "a?", "3.11"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted", "python"),
    [case[1:] for case in DECIDED + GUARDED],
    ids=[case[0] for case in DECIDED + GUARDED],
)
def test_what_is_needed(facts, source: str, wanted: str, python: str) -> None:
    found = facts(source, python=python)
    assert sorted(one.module + "?" * one.optional for one in found.imports) == wanted.split()


def test_a_fallback_says_what_it_stands_in_for(facts) -> None:
    source = (
        "try:\n  import a as x\nexcept ImportError:\n  try:\n    import b as x\n  except ImportError:\n"
        "    import c as x\ndef f(): x.y()"
    )
    found = {one.module: one.instead for one in facts(source).imports}
    assert found == {"a": (), "b": (("a",),), "c": (("a",), ("b",))}


def test_a_module_of_a_newer_python_is_no_distribution(facts) -> None:
    source = "try:\n  import tomllib as x\nexcept ImportError:\n  import tomli as x\ndef f(): x.y()"
    assert [one.module for one in facts(source, python="3.10").imports] == ["tomli"]
    assert facts(source, python="3.11").imports == ()


@pytest.mark.parametrize("function", ["K.asks", "K.calls", "K.blind", "around.asks"])
def test_a_method_or_a_nested_function_that_cannot_do_without_needs_it(
    facts, function: str
) -> None:
    source = (
        "try:\n  import a\nexcept Exception as fault:\n  a = None\n"
        "class K:\n"
        "  def asks(self):\n    if a is None: raise RuntimeError('no a')\n    a.x()\n"
        "  def calls(self): self.asks()\n"
        "  def blind(self): a.x()\n"
        "def around():\n  def asks():\n    if not a: raise RuntimeError('no a')\n    a.x()\n"
    )
    assert [one.optional for one in facts(source, function).imports] == [False]


def test_a_method_that_does_without_does_not_need_it(facts) -> None:
    source = (
        "try:\n  import a\nexcept ImportError:\n  a = None\n"
        "class K:\n  def m(self): return a.x() if a else None\n"
    )
    assert [one.optional for one in facts(source, "K.m").imports] == [True]
