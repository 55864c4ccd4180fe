"""An analysis that is looked up is the one that would be made."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from effort import cases
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.analyzer import analyse
from ops0.core.errors import AnalysisError, Ops0Error
from ops0.core.kept_analyses import kept_pipeline, question
from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline
from ops0.core.project_files import MemorySource, Source
from ops0.core.requirements.values import Resolved
from ops0.core.traced import TracedSource, still_holds

FILES = {
    "p.py": """\
import ops0
from lib import load
from lib.deep import scale
import tables

@ops0.step
def first(path: str = "rows.csv"):
    return load(path)

@ops0.step
def second(first):
    return scale(first, tables.LIMITS)
""",
    "lib/__init__.py": "from lib.reading import load\n",
    "lib/reading.py": "import csv\n\ndef load(path):\n    return open(path), open('lib/extra.csv')\n",
    "lib/deep.py": "from pandas import DataFrame\n\ndef scale(rows, limits):\n    return DataFrame(rows)\n",
    "tables.py": "LIMITS = (1, 2)\n",
    "rows.csv": "a,b\n",
    "other.py": "import nowhere\n",
}
NEW = (
    "pandas.py",  # shadows a library
    "pandas/__init__.py",
    "csv.py",  # shadows the standard library
    "lib.py",  # a package comes before it
    "tables/__init__.py",  # comes before tables.py
    "lib/extra.csv",  # data that was looked for
    "lib/load.py",
    "lib/deep/__init__.py",
    "notes.txt",
)
TEXTS = (
    "",
    "x = 1\n",
    "def load(path):\n    import yaml\n",
    "LIMITS = 3\n",
    "def scale(a, b): ...\n",
    "(",
)

EDITS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from((*FILES, *NEW)), st.sampled_from(TEXTS)),
        st.tuples(st.sampled_from(tuple(FILES)), st.none()),
        st.tuples(st.sampled_from(tuple(FILES)), st.just("same")),
    ),
    max_size=3,
)


@dataclass
class Memory:
    entries: dict[str, bytes] = field(default_factory=dict)

    def get(self, key: str) -> bytes | None:
        return self.entries.get(key)

    def put(self, key: str, data: bytes) -> None:
        self.entries[key] = data


def make(source: Source) -> Pipeline:
    return analyse(
        source,
        "p.py",
        roots=(".",),
        target=Target(python="3.11"),
        resolve_needs=lambda *_: Resolved(),
    )


def outcome(kept: Memory, files: dict[str, str]) -> str:
    try:
        return repr(kept_pipeline("k", MemorySource(files), kept, make))
    except Ops0Error as fault:
        return f"{type(fault).__name__}: {fault}"


@cases(50, 10_000)
@given(st.lists(EDITS, max_size=3))
def test_after_any_edits_the_answer_is_that_of_an_empty_cache(rounds: list) -> None:
    kept, files = Memory(), dict(FILES)
    outcome(kept, files)
    for edits in rounds:
        for path, text in edits:
            if text is None:
                files.pop(path, None)
            elif text != "same":
                files[path] = text
        assert outcome(kept, files) == outcome(Memory(), files)


def test_nothing_is_analysed_twice() -> None:
    kept, made = Memory(), []

    def count(source: Source) -> Pipeline:
        made.append(1)
        return make(source)

    first = kept_pipeline("k", MemorySource(FILES), kept, count)
    again = kept_pipeline("k", MemorySource({**FILES, "other.py": "edited = 1\n"}), kept, count)
    assert (first, len(made)) == (again, 1)
    kept_pipeline("k", MemorySource({**FILES, "tables.py": "LIMITS = 4\n"}), kept, count)
    assert len(made) == 2


def test_what_fails_is_not_kept() -> None:
    kept = Memory()
    assert "SourceSyntax" in outcome(kept, {**FILES, "p.py": "("})
    assert kept.entries == {}


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b'{"trace": [], "rows": []}', b'{"trace": [], "rows": [["Where", "a", 1]]}',
     b'{"trace": [["run", "x", "y"]], "rows": []}', b'{"trace": 1, "rows": []}', b"\xff", b"[" * 100_000],
)  # fmt: skip
def test_a_broken_entry_is_made_anew_and_written_over(data: bytes) -> None:
    kept = Memory({"k": data})
    assert outcome(kept, FILES) == outcome(Memory(), FILES)
    assert kept.entries["k"] != data


def test_a_question_that_nobody_asks_holds_never() -> None:
    assert still_holds((("read", "a", "None"),), MemorySource({}))
    assert not still_holds((("run", "a", "None"),), MemorySource({}))


def test_a_source_that_changes_under_the_analysis_proves_nothing() -> None:
    files = dict(FILES)
    kept = Memory()

    def edited(source: Source) -> Pipeline:
        source.read("tables.py")
        files["tables.py"] = "LIMITS = 9\n"
        return make(source)

    kept_pipeline("k", MemorySource(files), kept, edited)
    assert kept.entries == {}


def test_a_fault_of_reading_is_an_answer_too() -> None:
    class Closed(MemorySource):
        def read(self, path: str) -> bytes | None:
            raise AnalysisError(f"{path}: closed")

    traced = TracedSource(Closed({}))
    with pytest.raises(AnalysisError):
        traced.read("a")
    assert still_holds(traced.trace, Closed({}))
    assert not still_holds(traced.trace, MemorySource({}))


def test_each_part_of_a_question_counts() -> None:
    keys = {question(), question(a="1"), question(a="2"), question(b="1"), question(a="1", b="1")}
    assert len(keys) == 5
