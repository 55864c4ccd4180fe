"""Each slice of the corpus imports where exactly what was inferred is installed. See proving/__init__.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from measuring.truth import CASES, read_truths
from proving.environments import by_needs, environment, findings
from proving.jobs import Job, jobs_of, prove

DEEP = os.environ.get("OPS0_TESTS") == "deep"
FILES = sorted({one.file for one in read_truths()})


@pytest.fixture(scope="module")
def every() -> dict[str, Job]:
    """The jobs of the whole corpus."""
    return jobs_of(FILES)


@pytest.mark.skipif(not DEEP, reason="makes hundreds of environments: OPS0_TESTS=deep")
@pytest.mark.slow
def test_slices_import_in_environments_of_exactly_what_was_inferred(
    every: dict[str, Job], tmp_path: Path
) -> None:
    wrong: list[tuple[str, str]] = []
    told: list[str] = []
    proven = stopped = 0
    for needs, some in by_needs(every).items():
        python = environment(needs, tmp_path / "environment")
        if isinstance(python, str):
            told.append(f"not installed: {' '.join(needs)}: {python}")
            continue
        said = prove(some, tmp_path, str(python))
        wrong += findings(said)
        proven += sum(not one for one in said.values())
        for key, lines in said.items():
            stopped += any(one.startswith("stopped") for one in lines)
            told += [f"{key}: {one}" for one in lines]
    print("\n".join((f"{proven} proven, {stopped} stopped by a service or a file", *told)))
    assert wrong == []


@pytest.fixture
def one() -> Job:
    file = CASES / "shop_warehouse" / "postgres.py"
    return jobs_of([file])["shop_warehouse/postgres.py:Postgres.frame"]


def test_the_proof_sees_a_need_that_is_missing(one: Job, tmp_path: Path) -> None:
    allowed, foreign = one["standins"]
    less = one | {"standins": [[name for name in allowed if name != "yaml"], foreign]}
    (said,) = prove({"one": less}, tmp_path)["one"]
    assert said.startswith("import: No module named 'yaml'")


def test_the_proof_sees_a_name_that_is_missing(one: Job, tmp_path: Path) -> None:
    text, original = one["files"]["postgres.py"]
    less = one | {"files": {"postgres.py": [text.replace("import pandas as pd", ""), original]}}
    assert prove({"one": less}, tmp_path)["one"] == ["name: pd (line 26)"]


def test_the_proof_sees_an_import_in_a_body_that_is_missing(tmp_path: Path) -> None:
    key = "mixtures_rdkit/descriptors.py:scaled"
    less = jobs_of([CASES / "mixtures_rdkit" / "descriptors.py"])[key] | {"standins": [[], []]}
    assert prove({key: less}, tmp_path)[key] == [
        "import in a body: No module named 'sklearn' (line 30)"
    ]


def test_the_proof_sees_lines_that_are_not_the_originals(tmp_path: Path) -> None:
    key = "house_trips/extract.py:newest"
    job = jobs_of([CASES / "house_trips" / "extract.py"])[key]
    text, original = job["files"]["extract.py"]
    moved = job | {"files": {"extract.py": ["\n" + text, original]}}
    assert prove({key: moved}, tmp_path)[key] == ["lines: extract.py: newest is not the original's"]
