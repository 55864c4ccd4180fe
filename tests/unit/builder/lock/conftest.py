"""Small pipelines and locks made of literals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import handmade
import pytest

from ops0.core.digest import sha256
from ops0.core.locked import Lock, LockedDistribution, LockedFile, StepLock, Target
from ops0.core.pipeline import Pipeline, Step, StepName, Where
from ops0_builder.lock.inputs import inputs_digest, pipeline_inputs
from ops0_builder.lock.pylock_reading import lock_digest

TARGET = Target(python="3.11", platform="linux/amd64", glibc=(2, 36))


def a_step(name: str, *requirements: str, group: str | None = None, line: int = 1) -> Step:
    where = Where("flow.py", line)
    needs = tuple(handmade.a_need(text, where) for text in requirements)
    return handmade.a_step(name, module="flow", where=where, group=group, needs=needs, roots=())


def a_pipeline(*steps: Step, entry: str = "flow.py", name: str = "flow") -> Pipeline:
    return handmade.a_pipeline(steps, entry=entry, name=name)


def a_file(filename: str, built_from: str | None = None) -> LockedFile:
    return LockedFile(
        filename=filename,
        sha256=hashlib.sha256(filename.encode()).hexdigest(),
        size=len(filename),
        built_from=built_from,
    )


def a_distribution(name: str, version: str = "1.0") -> LockedDistribution:
    wheel = a_file(f"{name.replace('-', '_')}-{version}-py3-none-any.whl")
    return LockedDistribution(name=name, version=version, wheel=wheel)


def a_built_distribution(name: str, version: str = "1.0") -> LockedDistribution:
    sdist = a_file(f"{name}-{version}.tar.gz")
    wheel = a_file(f"{name}-{version}-py3-none-any.whl", built_from=sdist.sha256)
    return LockedDistribution(
        name=name, version=version, wheel=wheel, sdist=sdist, build=("flit-core==3.9", "x==1")
    )


def a_step_lock(step: str, *distributions: LockedDistribution, target: Target = TARGET) -> StepLock:
    return StepLock(
        step=StepName(step),
        target=target,
        distributions=distributions,
        digest=lock_digest(distributions),
    )


def a_lock(pipeline: Pipeline, *steps: StepLock) -> Lock:
    targets = {step.step: step.target for step in steps}
    return Lock(inputs=inputs_digest(pipeline_inputs(pipeline, targets)), steps=steps)


class Made:
    """The makers, as one fixture: test files cannot import each other."""

    target = TARGET
    sha256 = staticmethod(sha256)
    step = staticmethod(a_step)
    pipeline = staticmethod(a_pipeline)
    file = staticmethod(a_file)
    distribution = staticmethod(a_distribution)
    built_distribution = staticmethod(a_built_distribution)
    step_lock = staticmethod(a_step_lock)
    lock = staticmethod(a_lock)


@pytest.fixture(scope="session")
def made() -> type[Made]:
    return Made


@pytest.fixture
def tree() -> Callable[[Path], dict[str, bytes]]:
    """Every file below a folder with its bytes."""
    return lambda folder: {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
