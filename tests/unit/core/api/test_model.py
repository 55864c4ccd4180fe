"""``ops0.model``: names, versions, aliases, integrity, and the parameter that nobody is asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ops0
from ops0.core.analyzer.errors import BadDecorator
from ops0.core.analyzer.pipelines.declared_steps import declared_steps
from ops0.core.analyzer.pipelines.implicit import implicit_calls
from ops0.core.analyzer.project.modules import Project
from ops0.core.api.marks import StepDefinitionError, options_of
from ops0.core.locked import Target
from ops0.core.models.store import NoModel, find_model, known_models, read_model
from ops0.core.project_files import MemorySource
from ops0.core.values.faults import InputFault, ValueFault

TEXT = """
import ops0

@ops0.step
def load_rows():
    return [1, 2]

{decorators}
def detect(rows, {model}):
    return rows
"""


def read(decorators: str, model: str = "model") -> tuple[Any, list[Any]]:
    text = TEXT.format(decorators=decorators, model=model)
    project = Project(MemorySource({"p.py": text}), (".",), Target(python="3.11"))
    steps, faults = declared_steps(project.module("p.py"))
    return steps, list(faults)


def test_each_save_is_a_version_and_the_newest_is_meant() -> None:
    first = ops0.model.save({"w": 1}, "fraud-detector-v2", alias="production")
    second = ops0.model.save({"w": 2}, "fraud-detector-v2")
    assert (first.version, second.version) == (1, 2)
    assert read_model("fraud-detector-v2") == {"w": 2}
    assert read_model("fraud-detector-v2@1") == {"w": 1}
    assert read_model("fraud-detector-v2@production") == {"w": 1}
    ops0.model.save({"w": 3}, "fraud-detector-v2", alias="production")
    assert read_model("fraud-detector-v2@production") == {"w": 3}
    assert known_models() == ("fraud-detector-v2@3",)
    assert first.lineage["python"].startswith("3.")
    assert first.digest != second.digest


def test_savers_side_by_side_get_versions_of_their_own() -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(ops0.model.save(n, "m").version))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 9))
    assert sorted(read_model(f"m@{n}") for n in found) == list(range(8))


@pytest.mark.parametrize("reference", ["m", "m@2", "m@production", "other"])
def test_what_is_not_kept(reference: str) -> None:
    ops0.model.save(1, "kept")
    if reference != "m":
        ops0.model.save(1, "m")
    with pytest.raises(NoModel) as caught:
        find_model(reference)
    assert caught.value.reference == reference
    assert "kept@1" in (caught.value.hint or "")


def test_a_changed_file_is_refused() -> None:
    version = ops0.model.save({"w": 1}, "m")
    (version.folder / "value.json").write_text('{"w":2}')
    with pytest.raises(InputFault):
        read_model("m")


def test_a_model_that_cannot_be_stored_leaves_nothing() -> None:
    with pytest.raises(ValueFault):
        ops0.model.save(threading.Lock(), "m")
    assert known_models() == ()


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b", "x" * 101, 3, ".hidden", "a@b@c"])
def test_names_that_cannot_be(name: Any) -> None:
    with pytest.raises(StepDefinitionError):
        ops0.model.load(name)
    with pytest.raises(StepDefinitionError):
        ops0.model.save(1, name)
    with pytest.raises(StepDefinitionError):
        ops0.model.save(1, "m", alias=name)


@pytest.mark.parametrize("order", [1, -1])
def test_the_decorator_marks_in_any_order(order: int) -> None:
    def detect(rows: list[int], model: Any) -> list[int]:
        return rows

    decorators: list[Callable[..., Any]] = [ops0.step, ops0.model.load("m@3")][::order]
    marked: Any = detect
    for one in decorators:
        marked = one(marked)
    assert marked is detect
    assert options_of(marked) == {"model.load": "m@3"}
    assert list(marked.input_signature) == ["rows", "model"]
    with pytest.raises(StepDefinitionError, match="said twice"):
        ops0.model.load("m")(marked)


def test_a_function_without_the_parameter() -> None:
    with pytest.raises(StepDefinitionError, match="no parameter 'model'"):
        ops0.model.load("m")(lambda rows: rows)
    _, (fault,) = read('@ops0.step\n@ops0.model.load("m")', "other=1")
    assert isinstance(fault, BadDecorator)
    assert "no parameter 'model'" in str(fault)


@pytest.mark.parametrize(
    "decorators",
    ['@ops0.step\n@ops0.model.load("m@3")', '@ops0.model.load(name="m@3")\n@ops0.step'],
)
def test_the_analysis_asks_nobody_for_it(decorators: str) -> None:
    steps, faults = read(decorators)
    assert faults == []
    assert steps[1].marks.options.model == "m@3"
    calls, results = implicit_calls(steps, ())
    assert [name for name, _ in calls[1].inputs] == ["rows"]
    assert results == ("detect",)


def test_a_name_that_cannot_be_a_models_is_told_with_its_place() -> None:
    _, (fault,) = read('@ops0.step\n@ops0.model.load("a b")')
    assert "p.py:9: @ops0.model.load: 'a b' cannot name a model" in str(fault)


@pytest.mark.parametrize(
    ("argument", "bake"), [("", False), (", bake=True", True), (", bake=False", False)]
)
def test_whether_the_image_holds_it(argument: str, bake: bool) -> None:
    steps, faults = read(f'@ops0.step\n@ops0.model.load("m"{argument})')
    assert faults == []
    assert steps[1].marks.options.bake is bake


def test_bake_is_a_yes_or_a_no() -> None:
    _, (fault,) = read('@ops0.step\n@ops0.model.load("m", bake="yes")')
    assert "bake='yes' is neither True nor False" in str(fault)
    with pytest.raises(StepDefinitionError, match="bake='yes' is neither True nor False"):
        ops0.model.load("m", bake="yes")  # type: ignore[arg-type]
    _, (fault,) = read('@ops0.step\n@ops0.model.load("m", True)')
    assert isinstance(fault, BadDecorator)


def test_a_run_in_this_process_fills_it() -> None:
    ops0.model.save({"limit": 2}, "m")
    with ops0.pipeline():

        @ops0.step
        def load_rows() -> list[int]:
            return [1, 2, 3]

        @ops0.step
        @ops0.model.load("m")
        def detect(rows: list[int], model: Any) -> list[int]:
            return [row for row in rows if row > model["limit"]]

    assert ops0.run() == [3]


def test_versions_are_whole_folders_with_their_manifest(tmp_path: Path) -> None:
    version = ops0.model.save([1, 2], "m")
    manifest = json.loads((version.folder / "manifest.json").read_text())
    assert manifest["version"] == 1
    assert manifest["name"] == "m"
    assert sorted(path.name for path in version.folder.iterdir()) == ["manifest.json", "value.json"]
