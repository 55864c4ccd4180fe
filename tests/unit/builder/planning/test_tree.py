from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.errors import ErrorGroup
from ops0.core.locked import LockedFile
from ops0.core.plan import Plan
from ops0.core.project_files import MemorySource
from ops0_builder.build_errors import DataFileGone, NameUnfit
from ops0_builder.planning.plan import make_plan
from ops0_builder.planning.runner_files import RunnerFiles
from ops0_builder.planning.tree import BuildTree, build_tree

RUNNER = RunnerFiles({"ops0_runner/__init__.py": b"", "vendor/cloudpickle/__init__.py": b"1"})
UV = LockedFile(filename="uv", sha256="f" * 64, size=60_000_000)
SOURCE = MemorySource({"data/rows.csv": "1,2\n"})


def two_steps(make: Any, **changes: Any) -> Plan:
    pandas = make.distribution("pandas", changes.get("pandas", "2.2.1"), 12_000_000)
    numpy = make.distribution("numpy", "1.26", 18_000_000)
    six, pytz = make.distribution("six"), make.distribution("pytz", "2024.1")
    load = make.step(
        "load",
        code=changes.get("load", "def run():\n    return 1\n"),
        imports=("pandas",),
        system=("libgomp1", "libgl1"),
        data=("data/rows.csv",),
        roots=(".", "src"),
    )
    train = make.step(
        "train", code=changes.get("train", "def run(load):\n    return 2\n"), imports=("numpy",)
    )
    base = make.base(packages=("libgomp1",))
    return make_plan(
        make.pipeline(load, train),
        make.lock(load=(numpy, pandas, pytz, six), train=(numpy,)),
        {load.name: base, train.name: base},
        source=changes.get("source", SOURCE),
        runner=changes.get("runner", RUNNER),
    )


def tree_of(plan: Plan) -> BuildTree:
    return build_tree(plan, source=SOURCE, runner=RUNNER, uv=UV)


def dockerfile(tree: BuildTree, step: str) -> str:
    return tree.contexts[tree.targets[step].recipe].files["Dockerfile"].decode()


def test_layers_go_from_seldom_to_often_changed(make: Any) -> None:
    plan = two_steps(make)
    load, train = plan.images
    assert [layer.kind for layer in load.layers] == [
        "base",
        "system",
        "package",
        "package",
        "group",
        "runner",
        "code",
    ]
    assert [layer.title for layer in load.layers[1:5]] == [
        "libgl1",
        "numpy 1.26",
        "pandas 2.2.1",
        "pytz 2024.1, six 1.0",
    ]
    assert [layer.kind for layer in train.layers] == ["base", "package", "runner", "code"]
    assert train.layers[1] == load.layers[2]


def test_the_dockerfiles_as_they_are(make: Any, snapshot: Callable[[str, str], None]) -> None:
    tree = tree_of(two_steps(make))
    snapshot("load.Dockerfile", dockerfile(tree, "load"))
    snapshot("train.Dockerfile", dockerfile(tree, "train"))


def test_the_bake_document_as_it_is(make: Any, snapshot: Callable[[str, str], None]) -> None:
    text = tree_of(two_steps(make)).bake_json.decode()
    # Folders and keys follow the template and the scripts: the shape is the subject here.
    snapshot("bake.json", re.sub(r"\b(?:[0-9a-f]{64}|[0-9a-f]{16}|[0-9a-f]{12})\b", "HASH", text))


def test_same_plan_same_bytes(make: Any) -> None:
    one, two = tree_of(two_steps(make)), tree_of(two_steps(make))
    assert one.bake_json == two.bake_json
    assert one.contexts == two.contexts


def test_every_folder_that_bake_names_is_in_the_tree(make: Any) -> None:
    tree = tree_of(two_steps(make))
    for target in json.loads(tree.bake_json)["target"].values():
        recipe = target["dockerfile"].split("/")[1]
        named = [target["context"], recipe, *target["contexts"].values()]
        for folder in named:
            assert (
                folder in tree.contexts
                or folder in tree.systems
                or folder == "docker-image://ops0-base:3.11"
            )


def test_the_code_context_is_the_step_and_nothing_else(make: Any) -> None:
    tree = tree_of(two_steps(make))
    load, train = (
        next(
            tree.contexts[name].files
            for name in tree.targets[step].named
            if name.startswith(f"code-{step}-")
        )
        for step in ("load", "train")
    )
    assert sorted(load) == ["ops0/code/data/rows.csv", "ops0/code/pipeline.py", "ops0/step.json"]
    assert json.loads(load["ops0/step.json"]) == {
        "v": 1,
        "step": "load",
        "module": "pipeline",
        "function": "run",
        "roots": ["/ops0/code", "/ops0/code/src"],
    }
    assert sorted(train) == ["ops0/code/pipeline.py", "ops0/step.json"]


def test_wheels_are_pinned_by_hash(make: Any) -> None:
    tree = tree_of(two_steps(make))
    lines = [
        line
        for context in tree.contexts.values()
        for line in context.files.get("requirements.txt", b"").decode().splitlines()
    ]
    assert len(lines) == 4
    assert all(re.fullmatch(r"[a-z]+==[\d.]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({}, []),
        ({"load": "def run():  # why\n\n    return 1\n"}, []),
        ({"load": "def run():\n    return 3\n"}, ["load"]),
        ({"pandas": "2.2.2"}, ["load"]),
        ({"source": MemorySource({"data/rows.csv": "3,4\n"})}, ["load"]),
        ({"runner": RunnerFiles({"ops0_runner/__init__.py": b"new"})}, ["load", "train"]),
    ],
)
def test_a_content_key_changes_with_what_is_in_its_image(
    make: Any, change: dict[str, Any], changed: list[str]
) -> None:
    before, after = two_steps(make), two_steps(make, **change)
    assert [one.step for one in after.images if one.key != before.image(one.step).key] == changed
    assert [one.step for one in after.images if one.tag != before.image(one.step).tag] == changed


def test_no_secret_can_stand_in_a_dockerfile_and_nothing_is_fetched(make: Any) -> None:
    text = dockerfile(tree_of(two_steps(make)), "load")
    words = {
        line.split()[0] for line in text.splitlines() if line and not line.startswith((" ", "#"))
    }
    assert words == {"FROM", "USER", "RUN", "COPY", "ENTRYPOINT", "CMD"}
    assert not text.startswith("# syntax")
    assert text.count("RUN --network=none") == text.count("RUN")


def test_faults_are_told_together(make: Any) -> None:
    bad = make.step("a\nRUN evil", data=("gone.csv",))
    with pytest.raises(ErrorGroup) as caught:
        make_plan(
            make.pipeline(bad, name="x y"),
            make.lock(**{bad.name: ()}),
            {bad.name: make.base()},
            source=MemorySource(),
            runner=RUNNER,
        )
    assert [type(one) for one in caught.value.errors] == [NameUnfit, NameUnfit, DataFileGone]
    assert all("\n" not in str(one) for one in caught.value.errors[:2])


@given(name=st.text(min_size=1, max_size=40))
def test_a_hostile_name_is_refused_or_changes_no_instruction(make: Any, name: str) -> None:
    step = make.step(name)
    arguments = (make.pipeline(step), make.lock(**{name: ()}), {step.name: make.base()})
    try:
        plan = make_plan(*arguments, source=MemorySource(), runner=RUNNER)
    except NameUnfit:
        return
    text = dockerfile(tree_of(plan), name)
    plain = dockerfile(
        tree_of(
            make_plan(
                make.pipeline(make.step("plain")),
                make.lock(plain=()),
                {"plain": make.base()},
                source=MemorySource(),
                runner=RUNNER,
            )
        ),
        "plain",
    )
    assert _instructions(text) == _instructions(plain)


@given(title=st.text(min_size=1, max_size=40))
def test_a_hostile_title_never_reaches_a_dockerfile(make: Any, title: str) -> None:
    plan = two_steps(make)
    image = plan.images[1]
    layers = tuple(
        dataclasses.replace(one, title=title) if one.kind == "package" else one
        for one in image.layers
    )
    changed = dataclasses.replace(plan, images=(dataclasses.replace(image, layers=layers),))
    try:
        text = dockerfile(tree_of(changed), "train")
    except ValueError:
        return
    assert _instructions(text) == _instructions(dockerfile(tree_of(plan), "train"))


def _instructions(text: str) -> list[str]:
    plain = re.sub(r"--from=code-[a-z0-9-]+ ", "--from=CODE ", text)
    return [line for line in plain.splitlines() if not line.startswith("#")]
