"""Several distributions of one import name: the declared or installed one, else the one fit for a container."""

from __future__ import annotations

import pytest

from ops0.core.facts import Facts, ImportFact
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Declaration, StepDeclared
from ops0.core.requirements.installed import Installed, InstalledDistribution
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.values import Context, Resolved
from ops0.host.tables import read_tables

TABLES = read_tables()
PAIRS = [(group, other) for group in TABLES.rivals for other in group[1:]]


def needs(module: str, *, installed: str = "", declared: str = "") -> Resolved:
    here = InstalledDistribution(name=installed, version="1", provides=(module,))
    context = Context(
        target=Target(python="3.11"),
        tables=TABLES,
        installed=Installed((here,) if installed else ()),
        project=(Declaration(declared, Where("requirements.txt", 1)),) if declared else (),
    )
    fact = ImportFact(module=module, names=(), where=Where("p.py", 1), text=f"import {module}")
    return resolve_needs("f", Facts(imports=(fact,)), StepDeclared(), context)


def names(found: Resolved) -> list[str]:
    return [need.name for need in found.needs if need.imports]


@pytest.mark.parametrize(("group", "other"), PAIRS, ids=str)
def test_the_one_that_is_there_counts(group: tuple[str, ...], other: str) -> None:
    module = TABLES.provided_by(group[0])[0]
    assert names(needs(module)) == [group[0]]
    assert names(needs(module, installed=other)) == [other]
    assert names(needs(module, declared=other)) == [other]
    assert names(needs(module, declared=f"{group[0]}>=1", installed=other)) == [group[0]]


@pytest.mark.parametrize("group", TABLES.rivals, ids=lambda one: one[0])
def test_a_choice_is_told_where_it_may_matter(group: tuple[str, ...]) -> None:
    module = TABLES.provided_by(group[0])[0]
    told = [warn.text for warn in needs(module).warnings]
    assert bool(told) is (group[0] in TABLES.noted)
    assert all(other in told[0] for other in group[1:] if told)
    assert needs(module, declared=group[0]).warnings == ()


def test_the_groups_that_everybody_meets_are_there() -> None:
    known = {
        "cv2": "opencv-python-headless",
        "psycopg2": "psycopg2-binary",
        "tensorflow": "tensorflow",
        "onnxruntime": "onnxruntime",
        "faiss": "faiss-cpu",
        "Crypto": "pycryptodome",
        "Levenshtein": "levenshtein",
        "PIL": "pillow",
        "jwt": "pyjwt",
        "docx": "python-docx",
        "fitz": "pymupdf",
        "whisper": "openai-whisper",
        "magic": "python-magic",
        "serial": "pyserial",
        "kafka": "kafka-python",
        "slugify": "python-slugify",
        "websocket": "websocket-client",
    }
    firsts = {group[0] for group in TABLES.rivals}
    assert {module: names(needs(module)) for module in known} == {
        module: [name] for module, name in known.items()
    }
    assert set(known.values()) <= firsts
