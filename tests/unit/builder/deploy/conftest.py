"""A deployment to write, read and vary."""

from __future__ import annotations

from pathlib import Path

import pytest
from handmade import a_call, a_pipeline, a_step

from ops0.core.pipeline import CallId, FromCall, FromParam, Where
from ops0_builder.deploy.values import Deployed, DeployedImage

AT = Where("flow.py", 3)


PIPELINE = a_pipeline(
    [a_step(name, module="flow", where=AT, roots=("",)) for name in ("load", "train")],
    [
        a_call("load", where=AT, path=FromParam(param="path", required=False, default="x.csv")),
        a_call("train", where=AT, rows=FromCall(call=CallId("load"), rule="its name")),
    ],
    entry="flow.py",
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
