from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from handmade import a_need, a_pipeline, a_slice, a_step

from ops0.core.digest import digest_of, sha256
from ops0.core.locked import Lock, LockedDistribution, LockedFile, StepLock, Target
from ops0.core.pipeline import (
    DataFile,
    Pipeline,
    Reason,
    Step,
    StepName,
    SystemNeed,
    Where,
)
from ops0.core.plan import BaseImage

TARGET = Target(python="3.11")


def distribution(name: str, version: str = "1.0", size: int = 1000) -> LockedDistribution:
    filename = f"{name}-{version}-py3-none-any.whl"
    file = LockedFile(filename=filename, sha256=sha256(filename.encode()), size=size)
    return LockedDistribution(name=name, version=version, wheel=file)


def step_lock(step: str, members: tuple[LockedDistribution, ...]) -> StepLock:
    digest = digest_of([[one.name, one.version, one.wheel.sha256] for one in members])
    return StepLock(step=StepName(step), target=TARGET, distributions=members, digest=digest)


def base_image(digest: str = "sha256:" + "b" * 64, packages: tuple[str, ...] = ()) -> BaseImage:
    return BaseImage(
        reference="ops0-base:3.11",
        digest=digest,
        target=TARGET,
        suite="debian bookworm",
        packages=packages,
    )


def one_step(
    name: str,
    *,
    code: str = "def run():\n    return 1\n",
    imports: tuple[str, ...] = (),
    system: tuple[str, ...] = (),
    data: tuple[str, ...] = (),
    roots: tuple[str, ...] = (".",),
) -> Step:
    where = Where("pipeline.py", 3)
    reason = Reason(where, "here")
    return a_step(
        name,
        function="run",
        where=where,
        needs=tuple(a_need(one, reasons=(reason,)) for one in imports),
        system=tuple(SystemNeed(name=one, reasons=(reason,)) for one in system),
        slices=a_slice(code),
        data=tuple(DataFile(path=one, reason=reason) for one in data),
        roots=roots,
    )


def pipeline_of(*steps: Step, name: str = "flow") -> Pipeline:
    return a_pipeline(steps, name=name)


def lock_of(**members: tuple[LockedDistribution, ...]) -> Lock:
    return Lock(inputs="x", steps=tuple(step_lock(name, found) for name, found in members.items()))


class Make:
    """The builders above, for tests of other files (nothing is imported from a conftest)."""

    distribution = staticmethod(distribution)
    step_lock = staticmethod(step_lock)
    base = staticmethod(base_image)
    step = staticmethod(one_step)
    pipeline = staticmethod(pipeline_of)
    lock = staticmethod(lock_of)


@pytest.fixture(scope="session")
def make() -> type[Make]:
    return Make


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a whole text with tests/unit/builder/snapshots; a missing one is written and fails once."""
    folder = Path(__file__).parent / "snapshots"

    def compare(name: str, text: str) -> None:
        path = folder / name
        if not path.exists():
            path.write_text(text)
            pytest.fail(f"{path} was missing and has been written: read it, then run again")
        assert text == path.read_text()

    return compare
