"""The project that benchmarks make, and that its steps are analysed as each would be alone."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from ops0.core.analyzer import analyse, function_facts
from ops0.core.digest import digest_of
from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline
from ops0.core.project_files import MemorySource
from ops0.core.requirements.values import Resolved

TARGET = Target(python="3.11")


@pytest.fixture(scope="module")
def project() -> Iterator[ModuleType]:
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from benchmarks import project

    yield project
    sys.path.pop(0)


def small(project: ModuleType) -> Mapping[str, str]:
    return project.files(project.Size(domains=2, modules=3, steps=12, functions=4))


def analysed(made: Mapping[str, str]) -> Pipeline:
    return analyse(
        MemorySource(made),
        "pipeline.py",
        roots=(".",),
        target=TARGET,
        resolve_needs=lambda *_: Resolved(),
    )


def test_the_same_numbers_give_the_same_files(project: ModuleType) -> None:
    first, again = digest_of(small(project)), digest_of(small(project))
    assert first == again
    assert first.startswith("6bfa3f5124f0211f")


def test_it_is_as_large_as_it_says_and_all_of_it_is_python(project: ModuleType) -> None:
    made = project.files()
    assert 98_000 < sum(text.count("\n") for text in made.values()) < 103_000
    assert sum(text.count("@ops0.step") for text in made.values()) == 1_000
    for path in list(made)[::20]:
        ast.parse(made[path])


def test_a_step_is_the_same_whoever_comes_before_it(project: ModuleType) -> None:
    made = small(project)
    steps = {step.name: step for step in analysed(made).steps}
    assert len(steps) == 12
    for name in ("overview_000", "orders_00_03", "billing_01_02"):
        head = made["pipeline.py"].partition("@ops0.pipeline")[0]
        alone = f"{head}@ops0.pipeline\ndef everything(limit: int = 10):\n    return {name}(limit, limit)\n"
        (step,) = analysed({**made, "pipeline.py": alone}).steps
        assert step.slices[:-1] == steps[name].slices[:-1]  # the last is pipeline.py's own
        assert step.warnings == steps[name].warnings


def test_a_function_is_the_same_whoever_comes_before_it(project: ModuleType) -> None:
    made = small(project)
    for entry in ("flows/orders_00.py", "orders_00/features_02.py"):
        source = MemorySource(made)
        together = function_facts(source, entry, None, roots=(".",), target=TARGET)
        for name, facts in together.items():
            one = function_facts(MemorySource(made), entry, name, roots=(".",), target=TARGET)
            assert one[name] == facts
