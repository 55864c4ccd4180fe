"""The thin door: which engine, and what is missing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import ops0
from ops0.core.errors import SettingsError
from ops0.runtime.executor import PipelineExecutor


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("distributed", "is not there yet"),
        ("remote", "no such way"),
        ("containers", "no image is given for a"),
    ],
)
def test_a_mode_that_cannot_be_had_is_told_before_anything_starts(
    make: SimpleNamespace, mode: Any, says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        PipelineExecutor().execute(make.pipeline(make.call("a")), mode=mode)


def test_what_is_no_analysed_pipeline_is_told_with_the_way_out() -> None:
    with ops0.pipeline("here") as scope:
        pass
    with pytest.raises(SettingsError, match="a PipelineScope is no analysed pipeline") as caught:
        PipelineExecutor().execute(scope)  # type: ignore[arg-type]
    assert "ops0.run()" in str(caught.value.hint)
