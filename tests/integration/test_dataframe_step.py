"""``dataframe_step``, as the contributor guide has it: in this process, in processes and in containers."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pandas as pd
import pytest
from own_images import remove_images

import ops0
from ops0.cli.wiring import read_pipeline
from ops0.cli.work import open_work
from ops0.core.api.marks import options_of
from ops0.integrations.pandas import dataframe_step

PIPELINE = """
import ops0
import pandas as pd
from ops0.integrations.pandas import dataframe_step


@dataframe_step
def load_rows() -> pd.DataFrame:
    return pd.DataFrame({"n": [1, 2, 3]})


@ops0.retry(max_attempts=2)
@dataframe_step
def double(rows: pd.DataFrame) -> pd.DataFrame:
    return rows * 2


@ops0.step
def tell(double: pd.DataFrame) -> list:
    return [int(double["n"].sum()), double.attrs["ops0_step"], double.attrs["ops0_timestamp"]]
"""


def test_it_is_a_step_and_marks_frames_only() -> None:
    @ops0.timeout("1m")
    @dataframe_step
    @ops0.retry(max_attempts=2)
    def work(rows: int = 2) -> pd.DataFrame:
        return pd.DataFrame({"n": range(rows)}) if rows else None  # type: ignore[return-value]

    assert work.is_ops0_step is True
    assert work.input_signature == {"rows": (int, 2)}
    assert work.output_signature is pd.DataFrame
    assert options_of(work) == {
        "retry": {"max_attempts": 2, "backoff": 1.0, "on": ()},
        "timeout": 60.0,
    }
    made = work(3)
    assert made.attrs["ops0_step"] == "work"
    assert 0 <= time.time() - made.attrs["ops0_timestamp"] < 60
    assert work(0) is None


@pytest.mark.parametrize("mode", ["local", pytest.param("containers", marks=pytest.mark.docker)])
def test_it_runs_and_its_notes_cross_edges(tmp_path: Path, mode: str) -> None:
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    name = f"frames-{uuid.uuid4().hex[:8]}"
    (tmp_path / "ops0.toml").write_text(f'name = "{name}"\n')
    began = time.time()
    try:
        total, step, at = ops0.run(tmp_path / "pipeline.py", mode=mode)  # type: ignore[arg-type]
    finally:
        if mode == "containers":
            remove_images(name)
    assert (total, step) == (12, "double")
    assert began - 1 <= at <= time.time() + 1


AS_WRITTEN = """
import io
import time
from functools import wraps

import ops0
import pandas as pd
from ops0.core.decorators import step
from ops0.core.storage import register_serializer


class PandasSerializer:
    def serialize(self, df: pd.DataFrame) -> bytes:
        return df.to_parquet()

    def deserialize(self, data: bytes) -> pd.DataFrame:
        return pd.read_parquet(io.BytesIO(data))


register_serializer(pd.DataFrame, PandasSerializer())


def dataframe_step(func):
    @step
    @wraps(func)
    def wrapper(*args, **kwargs):
        result = func(*args, **kwargs)
        if isinstance(result, pd.DataFrame):
            result.attrs["ops0_step"] = func.__name__
            result.attrs["ops0_timestamp"] = time.time()
        return result

    return wrapper


@dataframe_step
def load_rows(count: int = 3) -> pd.DataFrame:
    return pd.DataFrame({"n": range(count)})


@ops0.step
def tell(rows: pd.DataFrame) -> list:
    return [int(rows["n"].sum()), rows.attrs["ops0_step"]]
"""


def test_the_guides_own_decorator_and_serializer_work_as_written(tmp_path: Path) -> None:
    """Whoever writes an integration like that one need not be a part of ops0."""
    (tmp_path / "pipeline.py").write_text(AS_WRITTEN)
    assert ops0.run(tmp_path / "pipeline.py") == [3, "load_rows"]
    assert ops0.run(tmp_path / "pipeline.py", params={"count": 5}) == [10, "load_rows"]
    planned = read_pipeline(open_work(str(tmp_path / "pipeline.py")))
    assert {step.name: {need.name for need in step.needs} for step in planned.steps} == {
        "load_rows": {"pandas", "pyarrow"},
        "tell": {"pandas", "pyarrow"},
    }
