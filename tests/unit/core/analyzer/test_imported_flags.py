"""Tests that another file of the project makes: ``from .compat import PY314``."""

from __future__ import annotations

import pytest

COMPAT = "import sys\nNEW = sys.version_info >= (3, 14)\nWINDOWS = sys.platform == 'win32'\nDEBUG = False\n"

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
