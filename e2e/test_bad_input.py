"""Bad input gets one clear error: place, fact, hint, its own exit code; no traceback, nothing half-made left."""

from __future__ import annotations

import re
import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest
from driver.case import Case, find_cases
from driver.command import Said, ops0
from driver.leftovers import engine_objects, files, half_written, runs
from driver.worlds import WORLDS, Change

CASES = find_cases(Path(__file__).parent / "cases")


def params() -> list[object]:
    """Each command of each case, marked with what it needs."""
    found = []
    for case in CASES:
        marks = [pytest.mark.docker] if case.docker else []
        marks += [pytest.mark.slow] if case.slow else []
        found += [
            pytest.param(case, line, id=f"{case.name}: {' '.join(line)}", marks=marks)
            for line in case.commands
        ]
    return found


@pytest.mark.parametrize(("case", "line"), params())
def test_bad_input(
    case: Case, line: tuple[str, ...], tmp_path: Path, env: dict[str, str], state: Path
) -> None:
    project, scratch = tmp_path / "project", tmp_path / "world"
    shutil.copytree(case.folder, project, ignore=shutil.ignore_patterns("case.toml"))
    scratch.mkdir()
    before = files(project)
    with WORLDS[case.world](scratch) if case.world else nullcontext(Change()) as change:
        said = ops0(line, folder=project, env=env | change.env, prefix=change.prefix)
        assert not half_written(Path((env | change.env)["OPS0_CACHE_DIR"]))
    check_words(case, said)
    after = files(project)
    new = {name.split("/")[0] for name in after if after[name] != before.get(name)}
    assert before.keys() <= after.keys()
    assert new <= set(case.leaves), f"left in the project: {sorted(new)}"
    assert not half_written(project)
    if case.docker:
        assert engine_objects(runs(state)) == ()


def check_words(case: Case, said: Said) -> None:
    """One clear error on stderr, data nowhere."""
    lines = said.err.splitlines()
    assert said.code == case.exit, str(said)
    assert said.out == "", str(said)
    assert ("Traceback (most recent call last)" in said.err) == case.traceback, str(said)
    assert not re.search(r'File "[^"]*/(ops0|ops0_runner|ops0_builder)/', said.err), str(said)
    assert sum(line.startswith("error:") for line in lines) == case.errors, str(said)
    for text in case.says:
        assert text in said.err, str(said)
    hints = [line for line in lines if line.startswith("hint:")]
    assert any(case.hint in line for line in hints), str(said)


def test_the_cases_cover_the_list() -> None:
    """Every kind of bad input that is promised has a case, and every world is used."""
    assert {case.world for case in CASES} - {None} == set(WORLDS)
    assert len(CASES) >= 20
