"""scripts/hidden_needs: what a library's own source says that its calls need, without a network or an import of it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import tomli

from ops0.core.requirements.rules import parse_rule
from ops0.host.tables import read_tables

ROOT = Path(__file__).parents[3]
METADATA = """Name: Little-Lib
Requires-Dist: numpy
Requires-Dist: fastparquet <2 ; extra == 'parquet'
Requires-Dist: fastparquet ==1.0 ; extra == 'tests'
Requires-Dist: soundfile ; extra == 'audio'
"""
FLAG = """
try:
    import torch
    HAS_IT = True
except ImportError:
    HAS_IT = False
"""

pytestmark = pytest.mark.skipif(not (ROOT / "scripts").is_dir(), reason="scripts are no part of the wheel")  # fmt: skip


@pytest.fixture(scope="module")
def program() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT / "scripts"))
    yield importlib.import_module("hidden_needs.__main__")
    sys.path.remove(str(ROOT / "scripts"))


def found(program: ModuleType, folder: Path, **files: str) -> set[tuple[str, str, str]]:
    """Shortest name, distribution and what decides, of a library with these modules (``a__b`` is ``a/b``)."""
    wheel = folder / "little"
    (wheel / "little_lib-1.dist-info").mkdir(parents=True)
    (wheel / "little_lib-1.dist-info" / "METADATA").write_text(METADATA)
    for name, text in {"little__dunder": "", **files}.items():
        path = wheel / f"{name.replace('__', '/').replace('dunder', '__init__')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    candidates = program.candidates_of(folder, frozenset())
    return {(one.names[0], one.need, program.decided(one)) for _, one in candidates}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("def f():\n    import torch", ("torch", "always")),
        ("def f():\n    import numpy, json", None),
        ("def f():\n    try:\n        import torch\n    except ImportError as e:\n        raise ImportError from e",
         ("torch", "always")),
        ("def f():\n    try:\n        import torch\n    except ImportError:\n        torch = None",
         ("torch", "always, sometimes")),
        ("def f(x):\n    if x > 1:\n        import torch", ("torch", "always, sometimes")),
        ("def f(x):\n    if not x:\n        return 1\n    import torch", ("torch", "always, sometimes")),
        ("def f(x):\n    if not x:\n        raise ValueError\n    import torch", ("torch", "always")),
        ("def f(engine='a'):\n    if engine == 'a':\n        import torch", ("torch", "engine=a (default)")),
        ("def f(engine='a'):\n    if engine in ('b', 'c'):\n        import torch", ("torch", "engine=b|c")),
        ("def f(engine):\n    _g(engine)\ndef _g(kind):\n    if kind == 'b':\n        import torch",
         ("torch", "engine=b")),
        ("def f():\n    _g('b')\ndef _g(kind):\n    if kind == 'b':\n        import torch", ("torch", "always")),
        ("def f():\n    _g()\ndef _g(kind='c'):\n    if kind == 'b':\n        import torch", None),
        ("def f():\n    import_optional_dependency('soundfile')", ("soundfile", "always")),
        ("def f():\n    require_columns('prior')", None),
        ("try:\n    import torch\nexcept ImportError:\n    torch = None\ndef f():\n    return torch.ones(1)",
         ("torch", "always")),
        (FLAG + "def f():\n    if not HAS_IT:\n        raise ImportError", ("torch", "always")),
        (FLAG + "def f(kind):\n    if kind == 'a' and not HAS_IT:\n        raise ImportError", ("torch", "kind=a")),
        (FLAG + "def f(x):\n    if x.a and not HAS_IT:\n        raise ImportError", ("torch", "always, sometimes")),
        ("def f():\n    if not is_soundfile_available():\n        raise ImportError", ("soundfile", "always")),
        ("with try_import() as _imports:\n    import torch\ndef f():\n    _imports.check()", ("torch", "always")),
        ("torch = lazy_import('torch')\ndef f():\n    return torch.ones(1)", ("torch", "always")),
        ("def f():\n    return _Made().go()\nclass _Made:\n    def go(self):\n        import torch",
         ("torch", "always")),
        ("class f:\n    _tags = {'python_dependencies': ['soundfile>=1']}", ("soundfile", "always")),
        ("class _Base:\n    _tags = {'python_dependencies': 'soundfile'}\nclass f(_Base):\n    pass",
         ("soundfile", "always")),
        ("class _B:\n    _tags = {'python_dependencies': 'jax'}\nclass f(_B):\n    _tags = {'python_dependencies': []}",
         None),
        ("def f():\n    optional_import('torch', 'jax')", ("torch", "always")),
        ("def f(xs):\n    for x in xs:\n        import torch", ("torch", "always, sometimes")),
        ("def f(xs):\n    while xs.more():\n        import torch", ("torch", "always, sometimes")),
        ("def f():\n    for x in ('a', 'b'):\n        import torch", ("torch", "always")),
        ("def _g():\n    import torch\ndef f(xs):\n    return [_g() for x in xs]", ("torch", "always, sometimes")),
        ("def _g():\n    import torch\ndef f(xs):\n    for x in _g():\n        pass", ("torch", "always")),
        ("class _Base:\n    def __init__(self):\n        import torch\nclass f(_Base):\n    pass",
         ("torch", "always")),
    ],
)  # fmt: skip
def test_a_body(
    program: ModuleType, tmp_path: Path, body: str, expected: tuple[str, str] | None
) -> None:
    told = found(program, tmp_path, little__a=body)
    assert told == ({("little.a.f", *expected)} if expected else set())


@pytest.mark.parametrize(
    ("body", "decided"),
    [
        ("def f():\n    check_soft_dependencies('torch', 'soundfile>1', 'to hear it')", "always"),
        ("class f:\n    _tags = {'python_dependencies': ['torch', 'soundfile>1']}", "always"),
        ("class f:\n    _tags = {'python_dependencies': [['torch', 'soundfile']]}", "always, sometimes"),
    ],
)  # fmt: skip
def test_several_at_once(program: ModuleType, tmp_path: Path, body: str, decided: str) -> None:
    told = found(program, tmp_path, little__a=body)
    assert told == {("little.a.f", "torch", decided), ("little.a.f", "soundfile", decided)}


def test_private_modules_are_told_by_their_public_names(
    program: ModuleType, tmp_path: Path
) -> None:
    told = found(
        program,
        tmp_path,
        little__dunder="from little.io import *\nfrom ._p import Writer as Pen",
        little__io="from ._p import write",
        little___p="def write():\n    import torch\nclass Writer:\n    def save(self):\n        import torch",
    )
    assert told == {("little.write", "torch", "always"), ("little.Pen.save", "torch", "always")}


def test_a_module_that_imports_it_at_its_top_is_told_once(
    program: ModuleType, tmp_path: Path
) -> None:
    told = found(
        program,
        tmp_path,
        little__dunder="_LATE = {'little.plots': ['draw']}",
        little__plots="import torch\ndef draw(): pass\ndef erase(): torch.ones(1)",
    )
    assert told == {("little.plots.*", "torch", "always"), ("little.draw", "torch", "always")}


def test_a_library_that_cannot_be_imported_without_it_says_so(
    program: ModuleType, tmp_path: Path
) -> None:
    told = found(
        program, tmp_path, little__dunder="from . import a", little__a="import torch\ndef f(): pass"
    )
    assert told == {("little.*", "torch", "always")}


def test_it_is_held_against_the_rules_that_there_are(
    program: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found(
        program,
        tmp_path,
        little__a="def f():\n    import torch\nclass C:\n    def g(self):\n        import jax",
    )
    assert program.main([str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "little-lib\tjax\tnew\talways",
        "    .little.a.C.g\tlittle/a.py:5",
        "little-lib\ttorch\tnew\talways",
        "    little.a.f\tlittle/a.py:2",
    ]
    assert printed.err == "2 new\n"


RULES = """
[[rule]]
id = "wide"
uses = ["little.a.f"]
needs = "soundfile"

[[rule]]
id = "loose"
uses = ["little.a.g", "little.late.g", "little.late.*", "little.a.gone",
    "little.*.C", "little.*.Gone", "little.a.C.size"]
needs = "fastparquet"

[[rule]]
id = "right"
uses = ["little.a.h"]
cases = [{ argument = "engine", is = "x", needs = "fastparquet<2" }]
needs = []
"""


def test_a_rule_that_says_too_much_is_told(
    program: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = tuple(map(parse_rule, tomli.loads(RULES)["rule"]))
    monkeypatch.setattr(program, "read_tables", lambda: replace(read_tables(), rules=rules))
    asked = "    if engine == 'x':\n        import"
    found(
        program,
        tmp_path,
        little__dunder="from .kinds import *",
        little__kinds="from . import a as late",
        little__a=f"def f(engine):\n{asked} soundfile\ndef g():\n    import fastparquet\n"
        f"def h(engine):\n{asked} fastparquet\nclass C:\n    size = 1",
    )
    assert program.main([str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "little-lib\tfastparquet<2\tloose\talways",
        "    little.a.g\tlittle/a.py:5",
        "little-lib\tsoundfile\twider\tengine=x",
        "    little.a.f\tlittle/a.py:3",
    ]
    assert printed.err == "1 covered, 1 loose, 1 wider\n"
    assert program.main([str(tmp_path), "--names"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "little-lib\tloose\tlittle.a.gone",
        "little-lib\tloose\tlittle.*.Gone",
    ]


def test_a_folder_that_is_not_there(
    program: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        program.main(["nowhere"])
    assert "nowhere: there is no such folder\nhint: unpack wheels" in capsys.readouterr().err
