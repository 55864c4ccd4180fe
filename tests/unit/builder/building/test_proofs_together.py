"""Images that differ in their code alone are proved in one container, and each fault is the step's own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from ops0.core.pipeline import Reason, Step, StepName, Where
from ops0.core.plan import ImagePlan, Layer, Plan
from ops0.host.engine_socket import EngineSocket
from ops0_builder.building import proof
from ops0_builder.building.proof import alike
from ops0_builder.building.proofs import Proofs
from ops0_builder.engine.once import Once

NO_ENGINE = cast("EngineSocket", None)


class Containers:
    """Stands for the engine: notes what is imported together, and fails where ``clash`` is."""

    def __init__(self, clash: frozenset[str]) -> None:
        self.clash = clash
        self.ran: list[tuple[str, tuple[str, ...]]] = []

    def run_once(self, _engine: object, image: str, argv: Sequence[str], **_: object) -> Once:
        imports = tuple(json.loads(argv[-1]))
        self.ran.append((image, imports))
        bad = self.clash if self.clash <= set(imports) else frozenset()
        lines = (
            {"import": one, "state": "failed" if one in bad else "done", "error": "no"}
            for one in imports
        )
        return Once(code=int(bool(bad)), out="\n".join(map(json.dumps, lines)), err="")


def image(make: Any, step: Step, layer: str) -> ImagePlan:
    layers = (
        Layer(kind="package", key=layer, title="x"),
        Layer(kind="code", key=step.name, title="c"),
    )
    return ImagePlan(
        step=step.name,
        base=make.base(),
        layers=layers,
        imports=tuple(sorted(name for need in step.needs for name in need.imports)),
        module="m",
        function="f",
        options=step.options,
        key=f"key-{step.name}",
        tag=f"tag-{step.name}",
    )


@pytest.fixture
def plan(make: Any) -> Plan:
    wants: Mapping[str, tuple[tuple[str, ...], str]] = {
        "a": (("pandas",), "1"),
        "b": (("pandas",), "1"),
        "c": (("sklearn",), "1"),
        "d": (("pandas",), "2"),
    }
    steps = {name: make.step(name, imports=imports) for name, (imports, _) in wants.items()}
    images = tuple(image(make, steps[name], layer) for name, (_, layer) in wants.items())
    return Plan(pipeline=make.pipeline(*steps.values()), images=images)


def prove(
    plan: Plan, folder: Path, containers: Containers, monkeypatch: pytest.MonkeyPatch
) -> Mapping[StepName, Any]:
    monkeypatch.setattr(proof, "run_once", containers.run_once)
    digests = {one.step: f"digest-{one.step}" for one in plan.images}
    with Proofs(plan, plan.images, engine=NO_ENGINE, folder=folder) as proofs:
        return proofs.faults(digests)


def test_one_container_imports_for_all_that_are_alike(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [[one.step for one in group] for group in alike(plan.images)] == [["a", "b", "c"], ["d"]]
    containers = Containers(clash=frozenset({"torch"}))
    assert prove(plan, tmp_path, containers, monkeypatch) == {}
    assert sorted(containers.ran) == [
        ("digest-a", ("pandas", "sklearn")),
        ("digest-d", ("pandas",)),
    ]
    containers.ran.clear()
    assert prove(plan, tmp_path, containers, monkeypatch) == {}
    assert containers.ran == []  # each is noted as proved


def test_what_runs_native_code_is_proved_with_walls_of_its_own(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = replace(
        plan.pipeline.step(StepName("b")), native_code=(Reason(Where("p.py", 1), "compiles"),)
    )
    images = tuple(replace(one, native_code=one.step == "b") for one in plan.images)
    assert [[one.step for one in group] for group in alike(images)] == [["a", "c"], ["b"], ["d"]]
    others = tuple(one for one in plan.pipeline.steps if one.name != "b")
    pipeline = replace(plan.pipeline, steps=(*others, step))
    asked: list[bool] = []

    def run_once(engine: object, image: str, argv: Sequence[str], **given: Any) -> Once:
        if image == "digest-b":
            asked.append(given["native_code"])
        else:
            assert given["native_code"] is False
        return Containers(frozenset()).run_once(engine, image, argv)

    monkeypatch.setattr(proof, "run_once", run_once)
    digests = {one.step: f"digest-{one.step}" for one in images}
    native = Plan(pipeline=pipeline, images=images)
    with Proofs(native, images, engine=NO_ENGINE, folder=tmp_path) as proofs:
        assert proofs.faults(digests) == {}
    assert asked == [True]


def test_what_does_not_go_together_but_alone_is_no_fault(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    containers = Containers(clash=frozenset({"pandas", "sklearn"}))
    assert prove(plan, tmp_path, containers, monkeypatch) == {}
    assert ("digest-c", ("sklearn",)) in containers.ran


def test_a_fault_is_told_of_the_steps_that_have_it(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = prove(plan, tmp_path, Containers(clash=frozenset({"sklearn"})), monkeypatch)
    assert {step: fault.module for step, fault in faults.items()} == {"c": "sklearn"}
    again = Containers(clash=frozenset({"sklearn"}))
    prove(plan, tmp_path, again, monkeypatch)
    assert again.ran == [("digest-c", ("sklearn",))]
