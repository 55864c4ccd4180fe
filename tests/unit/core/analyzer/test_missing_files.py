"""Warnings of files that reached code reads and images will lack."""

from __future__ import annotations

import pytest

from ops0.core.pipeline import NOT_IN_IMAGE, NOT_WRITABLE

_PD = "import pandas as pd\n"
_WARNED = [
    ("a reader of files", f"{_PD}def f(): pd.read_csv('a.csv')", "a.csv"),
    ("open", "def f(): open('a.csv')", "a.csv"),
    ("a constant", f"{_PD}N = 'a.csv'\ndef f(): pd.read_csv(N); open(N)", "a.csv"),
    ("a Path", "from pathlib import Path\ndef f(): Path('d/a.txt').read_text()", "d/a.txt"),
    ("absolute", f"{_PD}def f(): pd.read_csv('/data/a.csv')", "/data/a.csv"),
    ("outside", f"{_PD}def f(): pd.read_csv('../d/a.csv')", "../d/a.csv"),
]
_QUIET = [
    ("there", f"{_PD}def f(): pd.read_csv('there.csv')"),
    ("written", "def f():\n  open('a.csv', 'w')\n  open('a.csv')"),
    ("made by a frame", f"{_PD}def f(d):\n  d.to_csv('a.csv')\n  pd.read_csv('a.csv')"),
    ("an address", f"{_PD}def f(): pd.read_csv('https://h.test/a.csv')"),
    ("asked for", "import os\nN = 'a.csv'\ndef f():\n  if os.path.exists(N): open(N)"),
    ("fetched", "import x\ndef f():\n  x.fetch('k', 'a.csv')\n  open('a.csv')"),
    ("not all known", "def f(a): open(f'{a}.csv')"),
    ("no file's name", "import spacy\ndef f(): spacy.load('en_core')"),
    ("a document's text", "import json\ndef f(): json.load('a.b')"),
    ("every image's", "def f(): open('/etc/os-release.d')"),
]


@pytest.mark.parametrize(("source", "name"), [c[1:] for c in _WARNED], ids=[c[0] for c in _WARNED])
def test_a_file_that_images_will_lack_is_told(facts, source: str, name: str) -> None:
    (warning,) = {(one.text, one.images) for one in facts(source).warnings}
    fact = "a path of this machine" if name.startswith("/") else "not in the project"
    assert warning == (f"'{name}' is {fact}, so it will not be in the image", True)


@pytest.mark.parametrize("source", [c[1] for c in _QUIET], ids=[c[0] for c in _QUIET])
def test_nothing_is_told_of_a_file_that_may_be_there(facts, source: str) -> None:
    told = facts({"p.py": source, "there.csv": "1"}).warnings
    assert not [one for one in told if one.text.endswith(NOT_IN_IMAGE)]


_WRITTEN = [
    ("a plot", "import matplotlib.pyplot as plt\ndef f(): plt.savefig('a.png')", "a.png"),
    ("open", "def f(): open('a.csv', 'w')", "a.csv"),
    ("a frame", "def f(d): d.to_csv('a.csv')", "a.csv"),
    ("a constant", "from pathlib import Path\nO = Path('o')\ndef f(d): d.to_parquet(O / 'a.pq')", "o/a.pq"),
    ("absolute", "def f(): open('/data/a.csv', 'w')", "/data/a.csv"),
    ("a part of a run", "import matplotlib.pyplot as plt\ndef f(n): plt.savefig(f'plots/{n}.png')", "plots/{…}.png"),
    ("in a folder", "from pathlib import Path\nO = Path('o')\ndef f(d, n): d.to_csv(O / f'{n}.csv')", "o/{…}.csv"),
    ("in a folder of a run", "from pathlib import Path\ndef f(d, n): d.to_csv(Path('o') / n / 'a.csv')", "o/{…}/a.csv"),
    ("joined", "import os\ndef f(d, n): d.to_csv(os.path.join('o', f'a_{n}.csv'))", "o/a_{…}.csv"),
]  # fmt: skip
_ELSEWHERE = [
    ("a temporary folder", "import tempfile, os\ndef f(): open(os.path.join(tempfile.mkdtemp(), 'a.b'), 'w')"),
    ("the same as a Path", "import tempfile\nfrom pathlib import Path\ndef f(d): d.to_csv(Path(tempfile.mkdtemp()) / 'a.b')"),
    ("/tmp", "def f(d): d.to_csv('/tmp/a.csv')"),
    ("a part of a run in it", "def f(d, n): d.to_csv(f'/tmp/{n}.csv')"),
    ("any folder", "def f(d, n): d.to_csv(f'{n}/a.csv')"),
    ("any folder as a Path", "def f(d, n): d.to_csv(n / 'a.csv'); d.to_csv(n / f'{d}.csv')"),
    ("a bucket of a run", "def f(d, n): d.to_csv(f's3://{n}/a.csv')"),
    ("in a new folder", "import tempfile\ndef f(d, n): d.to_csv(f'{tempfile.mkdtemp()}/{n}.csv')"),
    ("an address", "def f(d): d.to_csv('s3://bucket/a.csv')"),
    ("a text", "def f(d): d.replace('a.b', 'c.d'); d.write('it is so.yes'); d.to_dict('a.b')"),
    ("read", "def f(): open('there.csv')"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "name"), [c[1:] for c in _WRITTEN], ids=[c[0] for c in _WRITTEN]
)
def test_a_file_that_is_written_beside_the_code_is_told(facts, source: str, name: str) -> None:
    (warning,) = facts(source).warnings
    assert (warning.text, warning.images) == (f"'{name}' is written {NOT_WRITABLE}", True)


@pytest.mark.parametrize("source", [c[1] for c in _ELSEWHERE], ids=[c[0] for c in _ELSEWHERE])
def test_nothing_is_told_of_a_file_that_a_container_can_write(facts, source: str) -> None:
    assert not facts({"p.py": source, "there.csv": "1"}).warnings


def test_the_way_out_depends_on_where_the_file_lies(facts) -> None:
    told = facts("def f(): open('a.csv'), open('../b.csv'), open('/home/me/c.csv')").warnings
    assert [one.hint for one in sorted(told, key=lambda one: one.text)] == [
        "move it below the project folder, or let the step fetch it",
        "keep it in the project and write its path from the pipeline file's folder, or let the step fetch it",
        "put it in the project, or let the step fetch it",
    ]


_LEFT = """
import pandas as pd
import ops0

@ops0.step
def make():
    pd.DataFrame().to_csv("rows.csv")
    return 1

@ops0.step
def middle(make):
    return make

@ops0.step
def read(middle):
    return pd.read_csv("rows.csv"), open("config.json").read()

@ops0.step
def other():
    return pd.read_csv("rows.csv")

@ops0.pipeline
def flow():
    return read(middle(make())), other()
"""


def test_what_an_earlier_step_writes_is_no_input_of_a_later_one(pipeline) -> None:
    """After a run in processes it lies beside the code, and would be the input of the next."""
    found = pipeline({"p.py": _LEFT, "rows.csv": "1", "config.json": "{}"})
    steps = {step.name: step for step in found.steps}
    data = {name: [one.path for one in step.data] for name, step in steps.items()}
    assert data == {
        "make": [],
        "middle": [],
        "read": ["config.json"],
        "other": ["rows.csv"],  # nothing says that it runs later
    }
    (told,) = steps["read"].warnings
    assert "'rows.csv' is written by the step 'make' when the pipeline runs" in told.text
    assert told.images
    assert told.hint == "return its Path in 'make', and take it here as a parameter"
