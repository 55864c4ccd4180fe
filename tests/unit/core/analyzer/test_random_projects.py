"""Random projects: a slice does what the whole does, and a content key changes when, and only when, it must."""

from __future__ import annotations

import random
import warnings

import pytest
from effort import cases
from hypothesis import given
from hypothesis import strategies as st
from slicing.edits import edit, neutral_edit
from slicing.outcome import Outcome, outcome
from slicing.projects import Statements, make_project, texts

from ops0.core.analyzer import function_facts
from ops0.core.locked import Target
from ops0.core.pipeline import Slice
from ops0.core.project_files import MemorySource
from ops0.core.tree_digest import tree_digest

PROJECTS = st.randoms(use_true_random=False).map(make_project)
DICE = st.integers(0, 2**32).map(random.Random)


@pytest.fixture(autouse=True)
def no_warnings_of_the_projects():
    """``1 is not None`` and the like: the projects are not ours to lint."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def slices(project: Statements) -> tuple[Slice, ...]:
    """The slices of ``p.f``."""
    source = MemorySource(texts(project))
    found = function_facts(source, "p.py", "f", roots=(".",), target=Target(python="3.11"))
    return found["f"].slices


def whole(project: Statements) -> Outcome | None:
    """What the whole project does; None where it is no valid one."""
    files = texts(project)
    try:
        for path, text in files.items():
            compile(text, path, "exec")
    except SyntaxError:
        return None
    found = outcome(files)
    return None if found.failed else found


def key(project: Statements) -> list[tuple[str, str]]:
    """What the content key says of the code."""
    return [(one.path, tree_digest(one.text)) for one in slices(project)]


@cases(250, 100_000)
@given(PROJECTS)
def test_a_slice_does_what_the_whole_does(project: Statements) -> None:
    """The same value, or the same error raised from the same lines."""
    wanted = whole(project)
    if wanted is not None:
        assert outcome({one.path: one.text for one in slices(project)}) == wanted


@cases(100, 20_000)
@given(PROJECTS, DICE)
def test_an_edit_that_reaches_nothing_leaves_the_key(
    project: Statements, dice: random.Random
) -> None:
    if whole(project) is not None:
        assert key(neutral_edit(project, dice)) == key(project)


@cases(150, 20_000)
@given(PROJECTS, DICE)
def test_an_edit_that_changes_the_result_changes_the_key(
    project: Statements, dice: random.Random
) -> None:
    before, edited = whole(project), edit(project, dice)
    after = whole(edited) if before is not None else None
    if (
        before is not None
        and after is not None
        and (before.value, before.error)
        != (
            after.value,
            after.error,
        )
    ):
        assert key(edited) != key(project)


@cases(100, 20_000)
@given(PROJECTS, DICE)
def test_what_is_not_needed_is_not_there(project: Statements, dice: random.Random) -> None:
    """No module is kept whole, for nothing in these projects asks for that; and nothing unused is kept."""
    if whole(project) is None:
        return
    for one in slices(neutral_edit(project, dice)):
        assert one.whole is None
        assert "zz" not in one.text
        assert "colorsys" not in one.text
