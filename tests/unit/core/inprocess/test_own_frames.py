"""What a traceback of ``ops0.run()`` in a notebook, a script or a test shows: the caller's own code."""

from __future__ import annotations

import traceback

import pytest

import ops0
from ops0.core.errors import SettingsError
from ops0.core.inprocess.dynamic import run_declared
from ops0.core.inprocess.own_frames import without_own


def _shown(fault: BaseException) -> list[str]:
    return [frame.name for frame in traceback.extract_tb(fault.__traceback__)]


def test_a_step_that_fails_is_shown_without_the_frames_of_ops0() -> None:
    @ops0.step
    @ops0.retry(max_attempts=2, backoff="0s")
    def load() -> float:
        return 1 / 0

    with pytest.raises(ZeroDivisionError) as caught:
        run_declared()
    own = "test_a_step_that_fails_is_shown_without_the_frames_of_ops0"
    assert _shown(caught.value) == [own, "run_declared", "load"]


def test_a_pipeline_function_stays_between_them() -> None:
    @ops0.step
    def load() -> float:
        return 1 / 0

    @ops0.pipeline
    def flow() -> float:
        return load()

    with pytest.raises(ZeroDivisionError) as caught:
        run_declared()
    assert _shown(caught.value)[1:] == ["run_declared", "flow", "load"]


def test_a_traceback_of_nothing_but_ops0_stays_whole() -> None:
    with pytest.raises(SettingsError) as caught:
        ops0.run(mode="nowhere")  # type: ignore[arg-type]
    trace = caught.value.__traceback__
    assert trace is not None
    assert without_own(trace.tb_next) is trace.tb_next
    assert without_own(None) is None
