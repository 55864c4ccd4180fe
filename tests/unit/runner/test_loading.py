"""Where a step imports from, and the programs that it starts."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops0_runner.job import StepFile
from ops0_runner.loading import load_function, set_path


@pytest.mark.parametrize(
    ("given", "wanted"), [(None, "/code:/code/src"), ("/own", "/code:/code/src:/own")]
)
def test_a_python_that_the_step_starts_imports_from_the_same_roots(
    given: str | None, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", ["/lib"])
    monkeypatch.delenv("PYTHONPATH", raising=False)
    if given is not None:
        monkeypatch.setenv("PYTHONPATH", given)
    set_path(["/code", "/code/src"])
    assert sys.path[:3] == ["/code", "/code/src", "/lib"]
    assert os.environ["PYTHONPATH"] == wanted.replace(":", os.pathsep)


@pytest.fixture
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    gc.unfreeze()  # commands that tests call in this process freeze what is there
    gc.collect()  # and leave any number of objects counted that the next look would be for
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def load(folder: Path, name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    (folder / f"{name}.py").write_text(f"import gc\n{text}\ndef step(): ...\n")
    monkeypatch.syspath_prepend(str(folder))
    fields = {"step": "s", "module": name, "function": "step", "roots": [str(folder)]}
    load_function(StepFile(fields))
    module = sys.modules[name]
    monkeypatch.delitem(sys.modules, name)
    return module


MAKES_MANY = """
def looked():
    return sum(generation["collections"] for generation in gc.get_stats())
BEFORE = looked()
MADE = [[at] for at in range(50_000)]
TIMES = looked() - BEFORE
"""


@pytest.mark.usefixtures("as_before")
def test_imports_are_not_looked_through_for_garbage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sixth of the time that importing pandas takes was looking for garbage that is not there."""
    before = gc.get_threshold()
    module = load(tmp_path, "makes_many", MAKES_MANY, monkeypatch)
    assert module.TIMES == 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
    young = gc.get_objects(generation=0)
    assert not any(one is module.MADE for one in young), "the step's first objects would pay for it"


@pytest.mark.usefixtures("as_before")
def test_a_module_that_has_wishes_of_its_own_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(tmp_path, "has_thresholds", "gc.set_threshold(5000, 7, 7)", monkeypatch)
    assert gc.get_threshold() == (5000, 7, 7)
    load(tmp_path, "has_frozen", "gc.freeze()", monkeypatch)
    assert gc.get_freeze_count() > 0


@pytest.mark.parametrize(("name", "there"), [("flow_ipynb", True), ("flow", False)])
def test_only_a_notebooks_step_can_display(
    name: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """It was a NameError, although nearly every notebook displays something."""
    monkeypatch.setattr("builtins.display", None, raising=False)
    monkeypatch.delattr("builtins.display")
    load(
        tmp_path,
        name,
        "try:\n    display('a', [1], metadata={})\nexcept NameError:\n    pass",
        monkeypatch,
    )
    assert capsys.readouterr().out == ("a [1]\n" if there else "")
