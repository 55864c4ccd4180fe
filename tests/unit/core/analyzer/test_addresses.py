"""An address that somebody else's code says is opened by the function that is handed it."""

from __future__ import annotations

import pytest

from ops0.core.analyzer import analyse
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
from ops0.core.requirements.values import Resolved

HEAD = "import os\nimport pandas as pd\n"
OPENS = "def f(path): pd.read_csv(path)\n"

# (what it shows, source of p.py after HEAD, the beginnings of the addresses that f's calls take)
GIVEN = [
    ("a text", OPENS + "def main(): f('s3://b/x.csv')", "s3://b/x.csv"),
    ("said to be a text", "def f(path: str): pd.read_csv(path)\ndef main(): f('s3://b/x')", "s3://b/x"),
    ("with a part that a run decides", OPENS + "def main(d): f(f's3://b/{d}.csv')", "s3://b/…"),
    ("from a constant", "B = 's3://b'\n" + OPENS + "def main(d): f(f'{B}/{d}.csv')", "s3://b…"),
    ("from the environment's default", "B = os.environ.get('B', 'gs://b')\n" + OPENS + "def main(): f(B + '/x')", "gs://b…"),
    ("what a function gives back", "def put() -> str: return 's3://b/x'\n" + OPENS + "def main(): f(put())", "s3://b/x"),
    ("through a variable", "def put(d): return f's3://b/{d}'\n" + OPENS + "def main():\n  a = put(1)\n  f(a)", "s3://b/…"),
    ("one of several", "def put(): return 's3://b/x', 3\n" + OPENS + "def main():\n  a, n = put()\n  f(a)", "s3://b/x"),
    ("an output of a component", "def put(): return 's3://b/x'\n" + OPENS + "def main():\n  a = put()\n  f(path=a.outputs['known'])", "s3://b/x"),
    ("submitted", "def put(): return 's3://b/x'\n" + OPENS + "def main():\n  f.submit(put.submit().result())", "s3://b/x"),
    ("handed on by its caller", OPENS + "def g(p): f(p)\ndef main(): g('s3://b/x')", "s3://b/x"),
    ("asset of its name", "def raw() -> str: return 's3://b/x'\ndef f(raw): pd.read_csv(raw)", "s3://b/x"),
    ("opened by a helper", "def read(p): return pd.read_csv(p)\ndef f(path): return read(path)\ndef main(): f('s3://b/x')", "s3://b/x"),
    ("with an end of its own", "def f(base): pd.read_csv(f'{base}/x.csv')\ndef main(): f('s3://b')", "s3://b…"),
    ("by a name of its own", "def f(base):\n  p = os.path.join(base, 'x')\n  pd.read_csv(p)\ndef main(): f('s3://b')", "s3://b"),
    ("put into a table", "def f(t): pd.read_csv(t['a'])\ndef main(): f({'a': 's3://b/x'})", "s3://b/x"),
    ("not opened", "def f(path): print(path)\ndef main(): f('s3://b/x')", ""),
    ("no address", OPENS + "def main(): f('b/x.csv')", ""),
    ("another parameter's", "def f(path, to): pd.read_csv(path)\ndef main(): f('x.csv', 's3://b/x')", ""),
    ("another function's", OPENS + "def g(p): pd.read_csv(p)\ndef main():\n  g('s3://b/x')\n  f('x')", ""),
    ("what is called in a circle", "def f(path):\n  pd.read_csv(path)\n  f(path)", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in GIVEN], ids=[case[0] for case in GIVEN]
)
def test_what_is_opened(facts, source: str, wanted: str) -> None:
    calls = [one for one in facts(HEAD + source).calls if one.name == "pandas.read_csv"]
    assert {text for one in calls for _, text in one.literals if "://" in text} == set(
        wanted.split()
    )


def test_what_else_the_call_says_stays_with_it(facts) -> None:
    source = "def f(p): pd.read_parquet(p, engine='fastparquet')\ndef main(): f('s3://b/x')"
    calls = [one for one in facts(HEAD + source).calls if one.name == "pandas.read_parquet"]
    assert all(dict(one.literals)["engine"] == "fastparquet" for one in calls)
    assert any(dict(one.literals).get("0") == "s3://b/x" for one in calls)


def test_a_step_opens_what_the_step_before_it_gives_back() -> None:
    source = (
        "import ops0\nimport pandas as pd\n"
        "@ops0.step\ndef put(day: str) -> str: return f's3://b/{day}'\n"
        "@ops0.step\ndef read(path: str) -> int: return len(pd.read_csv(path))\n"
        "@ops0.pipeline\ndef main(day: str): return read(put(day))\n"
    )
    asked: dict[str, Facts] = {}

    def resolve(name: str, facts: Facts, *_: object) -> Resolved:
        asked[name] = facts
        return Resolved()

    analyse(
        MemorySource({"p.py": source}),
        "p.py",
        roots=(".",),
        target=Target(python="3.11"),
        resolve_needs=resolve,
    )
    texts = {
        name: {text for one in asked[name].calls for _, text in one.literals} for name in asked
    }
    assert "s3://b/…" in texts["read"]
    assert not any("://" in text for text in texts["put"])
