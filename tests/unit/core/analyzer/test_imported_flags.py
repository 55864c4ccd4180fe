"""Tests that another file of the project makes: ``from .compat import PY314``."""

from __future__ import annotations

import pytest

COMPAT = "import sys\nNEW = sys.version_info >= (3, 14)\nWINDOWS = sys.platform == 'win32'\nDEBUG = False\n"
SET = "\ndef set_it():\n    global WINDOWS\n    WINDOWS = True\n"

# (what it shows, the file, further files, the modules that are needed)
CASES = [
    ("a name", "from lib.compat import NEW\nif NEW:\n    import annotationlib\nelse:\n    import old", {}, ["old"]),
    ("another name", "from lib.compat import NEW as N\nif not N: import old", {}, ["old"]),
    ("an attribute", "from lib import compat\nif compat.NEW: import annotationlib", {}, []),
    ("a dotted module", "import lib.compat\nif lib.compat.NEW: import annotationlib", {}, []),
    ("one of several", "from lib.compat import NEW\nimport x\nif NEW and x.y: import annotationlib", {}, ["x"]),
    ("handed on", "from lib.more import NEW\nif NEW: import annotationlib", {"lib/more.py": "from lib.compat import NEW"}, []),
    ("made of it", "from lib.compat import NEW\nimport sys\nOLD = not NEW\nif not OLD: import annotationlib", {}, []),
    ("in a function", "from lib.compat import WINDOWS\ndef f():\n    if WINDOWS: import pywin32", {}, []),
    ("a plain value", "from lib.compat import DEBUG\nif DEBUG: import pdbpp", {}, ["pdbpp"]),
    ("bound again", "from lib.compat import NEW\nNEW = ask()\nif NEW: import old", {}, ["old"]),
    ("a parameter", "from lib.compat import NEW\ndef f(NEW):\n    if NEW: import old", {}, ["old"]),
    ("of its own", "import sys\ndef f():\n    windows = sys.platform == 'win32'\n    if windows: import pywin32", {}, []),
    ("of its own and another's", "import sys\nfrom lib.compat import NEW\ndef f():\n    windows = sys.platform == 'win32'\n    if windows or NEW: import pywin32", {}, []),
    ("a circle", "from lib.a import NEW\nif NEW: import old", {"lib/a.py": "from lib.b import NEW", "lib/b.py": "from lib.a import NEW"}, ["old"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "more", "wanted"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])  # fmt: skip
def test_a_test_that_another_file_makes_is_decided(
    facts, code: str, more: dict[str, str], wanted: list[str]
) -> None:
    files = {"lib/__init__.py": "", "lib/compat.py": COMPAT, **more, "p.py": code}
    if "def f" not in code:
        files["p.py"] += "\ndef f(): annotationlib, old, x, pdbpp"
    found = facts(files)
    assert [one.module for one in found.imports] == wanted


# What else a name may be in the file that asks, or become there or where it is made: (the file, what is added to lib/compat.py)
OTHERWISE = [
    ("from lib.compat import WINDOWS\ndef f():\n    from fake import WINDOWS\n    if WINDOWS: import old", ""),
    ("from lib import compat\ndef f():\n    import fake as compat\n    if compat.WINDOWS: import old", ""),
    (f"{COMPAT}def f():\n    from fake import WINDOWS\n    if WINDOWS: import old", ""),
    ("import sys\ndef f():\n    WINDOWS = sys.platform == 'win32'\n    from fake import WINDOWS\n    if WINDOWS: import old", ""),
    ("import sys\ndef f(p=None):\n    if p is None: p = sys.platform\n    if p == 'win32': import old", ""),
    ("from sys import platform\ndef f(platform):\n    windows = platform == 'win32'\n    if windows: import old", ""),
    ("import sys\nfrom lib.compat import WINDOWS\ndef f(WINDOWS):\n    windows = sys.platform == 'win32' or WINDOWS\n    if windows: import old", ""),
    ("from sys import platform\ndef f(platform):\n    def g():\n        windows = platform == 'win32'\n        if windows: import old\n    g()", ""),
    (f"from lib.compat import WINDOWS{SET}def f():\n    if WINDOWS: import old", ""),
    ("from lib.compat import WINDOWS\ndef f():\n    if WINDOWS: import old", SET),
    ("from lib.more import WINDOWS\ndef f():\n    if WINDOWS: import old", SET),
    (f"{COMPAT}{SET}def f():\n    if WINDOWS: import old", ""),
    (f"{COMPAT}try:\n    from fake import WINDOWS\nexcept ImportError: pass\ndef f():\n    if WINDOWS: import old", ""),
    ("from sys import platform\nif ask(): platform = ask()\ndef f():\n    if platform == 'win32': import old", ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "added"), OTHERWISE)
def test_a_name_that_may_be_something_else_decides_nothing(facts, code: str, added: str) -> None:
    more = {"lib/more.py": f"from lib.compat import WINDOWS{SET}", "fake.py": "WINDOWS = True"}
    found = facts({"lib/__init__.py": "", "lib/compat.py": COMPAT + added, **more, "p.py": code})
    assert [one.module for one in found.imports] == ["old"]


@pytest.mark.parametrize(
    "start", ["from lib.compat import WINDOWS\n", COMPAT], ids=["imported", "own"]
)
@pytest.mark.parametrize(
    "code",
    [
        "def f(WINDOWS):\n    run(['a' if WINDOWS else 'b'])",
        "def f(WINDOWS):\n    if WINDOWS: tool = 'a'\n    else: tool = 'b'\n    run([tool])",
        "def f():\n    from fake import WINDOWS\n    run(['a' if WINDOWS else 'b'])",
        "def f(WINDOWS):\n    def g(): run(['a' if WINDOWS else 'b'])\n    g()",
    ],
)  # fmt: skip
def test_a_name_of_the_function_does_not_decide_what_it_starts(
    facts, start: str, code: str
) -> None:
    files = {"lib/__init__.py": "", "lib/compat.py": COMPAT, "fake.py": "WINDOWS = True"}
    found = facts({**files, "p.py": f"from subprocess import run\n{start}{code}"})
    assert sorted(one.words for one in found.commands) == [("a",), ("b",)]


def test_the_name_of_a_test_decides_what_a_function_starts(facts) -> None:
    code = "from subprocess import run\nfrom compat import WINDOWS\ndef f(): run(['a' if WINDOWS else 'b'])"
    found = facts({"compat.py": COMPAT, "p.py": code})
    assert [one.words for one in found.commands] == [("b",)]


@pytest.mark.parametrize(
    ("start", "test"),
    [
        ("from compat import HAS_TORCH", "HAS_TORCH"),
        ("import compat", "compat.HAS_TORCH"),
        ("from compat import HAS_TORCH\nimport sys\nOK = HAS_TORCH and sys.platform != 'win32'", "OK"),
    ],
)  # fmt: skip
def test_what_another_file_finds_there_is_no_leave_to_do_without(
    facts, start: str, test: str
) -> None:
    compat = "from importlib.util import find_spec\nHAS_TORCH = find_spec('torch') is not None\n"
    code = f"{start}\nif {test}:\n    import torch\ndef f(): return torch.ones(3)"
    found = facts({"compat.py": compat, "p.py": code})
    assert [(one.module, one.optional) for one in found.imports] == [("torch", False)]


def test_tests_that_files_make_of_each_other_do_not_multiply(facts) -> None:
    files = {"c0.py": "import sys\nX = sys.platform == 'win32'\n"}
    for at in range(1, 50):
        made = "X = Y or sys.platform == 'q' or Y"
        files[f"c{at}.py"] = f"from c{at - 1} import X as Y\nimport sys\n{made}\n"
    found = facts({**files, "p.py": "from c49 import X\ndef f():\n    if X: import old"})
    assert not found.imports


@pytest.mark.parametrize("made", ["here", "elsewhere", "deep"])
def test_a_test_that_is_nested_deeply_is_left_to_the_run(facts, made: str) -> None:
    deep = "not " * 900
    value = f"{deep if made == 'deep' else ''}(sys.platform == 'win32')"
    start = COMPAT if made == "here" else "from compat import WINDOWS\n"
    code = f"{start}def f():\n    if {'' if made == 'deep' else deep}WINDOWS: import old"
    found = facts({"compat.py": f"import sys\nWINDOWS = {value}\n", "p.py": code})
    assert ([one.module for one in found.imports], found.faults) == (["old"], ())
