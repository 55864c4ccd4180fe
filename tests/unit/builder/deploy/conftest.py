"""A deployment to write, read and vary."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0.core.pipeline import Call, CallId, FromCall, FromParam, Pipeline, Step, StepName, Where
from ops0.core.step_options import StepOptions
from ops0_builder.deploy.values import Deployed, DeployedImage

AT = Where("flow.py", 3)


def step(name: str) -> Step:
    return Step(
        name=StepName(name),
        module="flow",
        function=name,
        where=AT,
        parameters=(),
        returns=None,
        output=None,
        options=StepOptions(),
        needs=(),
        system=(),
        slices=(),
        data=(),
        roots=("",),
    )


PIPELINE = Pipeline(
    name="flow",
    entry="flow.py",
    steps=(step("load"), step("train")),
    calls=(
        Call(
            id=CallId("load"),
            step=StepName("load"),
            inputs=(("path", FromParam(param="path", required=False, default="x.csv")),),
            where=AT,
        ),
        Call(
            id=CallId("train"),
            step=StepName("train"),
            inputs=(("rows", FromCall(call=CallId("load"), rule="its name")),),
            where=AT,
        ),
    ),
    results=(CallId("train"),),
    explicit=False,
)


def deployed(mark: str = "a", **more: object) -> Deployed:
    """A deployment whose images are told apart by a hex digit."""
    images = tuple(
        DeployedImage(
            step=one.name,
            reference=f"registry.example:5000/team/flow@sha256:{mark * 64}",
            digest=f"sha256:{mark * 64}",
            key=mark * 64,
        )
        for one in PIPELINE.steps
    )
    values: dict[str, object] = {
        "environment": "test",
        "version": 1,
        "created": "2026-03-01T12:00:00Z",
        "ops0": "0.1.0",
        "revision": "",
        "pipeline": PIPELINE,
        "images": images,
        "params": {"path": "y.csv", "rates": [0.5, None, True]},
    }
    return Deployed(**{**values, **more})  # type: ignore[arg-type]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"
