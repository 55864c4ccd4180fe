"""pandas frames: exactly as they were, mapped, one's own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops0.core.values.store import load_value, save_value

TEXT = ["x", "", "é\n\0"]


def there_and_back(frame: Any, folder: Path, form: str) -> Any:
    saved = save_value(frame, str(folder))
    assert saved["format"] == form
    return load_value(saved, str(folder))


def same(left: Any, right: Any) -> None:
    pd.testing.assert_frame_equal(left, right, check_exact=True, check_freq=True)
    assert type(left) is type(right)
    assert [str(dtype) for dtype in left.dtypes] == [str(dtype) for dtype in right.dtypes]
    assert type(left.index) is type(right.index)
    assert type(left.columns) is type(right.columns)
    assert left.columns.dtype == right.columns.dtype
    assert left.attrs == right.attrs
    for name in ("storage", "na_value"):
        for one, other in zip(left.dtypes, right.dtypes, strict=True):
            assert getattr(one, name, None) is getattr(other, name, None) or getattr(
                one, name, None
            ) == getattr(other, name, None)


COLUMNS: dict[str, Any] = {
    "str": TEXT,
    "str with a gap": ["x", None, "z"],
    "object of str": pd.Series(TEXT, dtype=object),
    "string pyarrow": pd.array(["x", None, "z"], dtype=pd.StringDtype("pyarrow")),
    "int8": np.array([1, -2, 3], "i1"),
    "uint64": np.array([1, 2**64 - 1, 3], "u8"),
    "float16": np.array([1, np.nan, -0.0], "f2"),
    "float32": np.array([1, np.nan, np.inf], "f4"),
    "float64": [1.5, np.nan, -0.0],
    "bool": [True, False, True],
    "Int64": pd.array([1, None, 3], dtype="Int64"),
    "Float32": pd.array([1, None, 3], dtype="Float32"),
    "boolean": pd.array([True, None, False], dtype="boolean"),
    "times": pd.to_datetime(["2024-01-01", None, "1969-12-31"]),
    "times in s": np.array(["2024-01-01", "NaT", "1960-01-01"], "M8[s]"),
    "durations": pd.to_timedelta(["1s", None, "-2D"]),
    "zoned": pd.DatetimeIndex(["2024-03-31 00:30", None, "2024-03-31 01:30"], tz="UTC").tz_convert("Europe/Berlin"),
    "utc": pd.to_datetime(["2024-01-01", "2024-01-02", None]).tz_localize("UTC"),
    "category": pd.Categorical(["b", None, "a"], categories=["b", "a", "c"], ordered=True),
    "category of numbers": pd.Categorical([2, 1, 2]),
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": COLUMNS[name], "s": TEXT})
    frame.attrs["made"] = {"by": "a test", "at": 1.5}
    same(there_and_back(frame, tmp_path / "a", "frame"), frame)
    same(there_and_back(frame.iloc[1:2], tmp_path / "b", "frame"), frame.iloc[1:2])
    same(there_and_back(frame.iloc[:0], tmp_path / "c", "frame"), frame.iloc[:0])
    joined = pd.concat([frame, frame])
    same(there_and_back(joined, tmp_path / "e", "frame"), joined)
    if name == "float16":
        return  # pandas has no such index
    indexed = frame.set_index("a")
    kept = type(indexed.index).__name__ in ("Index", "DatetimeIndex")
    same(there_and_back(indexed, tmp_path / "d", "frame" if kept else "pickle"), indexed)


FRAMES: dict[str, Any] = {
    "no columns": pd.DataFrame(index=range(3)),
    "nothing": pd.DataFrame(),
    "names twice": pd.DataFrame([["x", 1], ["y", 2]], columns=["a", "a"]),
    "names are numbers": pd.DataFrame([["x", 1], ["y", 2]]),
    "names are other numbers": pd.DataFrame([["x", 1], ["y", 2]], columns=[7, 3]),
    "names are both": pd.DataFrame([["x", 1], ["y", 2]], columns=[7, "b"]),
    "names have a name": pd.DataFrame({"a": ["x"]}).rename_axis(columns="n", index="i"),
    "stepped": pd.DataFrame({"a": list("abcdef")})[1::2],
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    same(there_and_back(FRAMES[name], tmp_path, "frame"), FRAMES[name])


OTHERS: dict[str, Any] = {
    "mixed": pd.DataFrame({"a": ["x", 1]}, dtype=object),
    "str and None": pd.DataFrame({"a": ["x", None]}, dtype=object),
    "a kind of str": pd.DataFrame({"a": [np.str_("x")]}, dtype=object),
    "surrogates": pd.DataFrame({"a": ["\ud800"]}, dtype=object),
    "complex": pd.DataFrame({"a": [1j], "s": ["x"]}),
    "levels": pd.DataFrame({"a": ["x"]}, index=pd.MultiIndex.from_tuples([(1, 2)])),
    "a frequency": pd.DataFrame({"a": ["x", "y"]}, index=pd.date_range("2024", periods=2)),
    "periods": pd.DataFrame({"a": pd.period_range("2024", periods=2, freq="M")}),
    "lists": pd.DataFrame({"a": [[1], [2]]}),
    "notes that are no plain data": pd.DataFrame({"a": ["x"]}),
    "wide": pd.DataFrame([["x"] * 1001]),
    "python strings": pd.DataFrame({"a": pd.array(["x"], dtype=pd.StringDtype("python"))}),
    "arrow's own": pd.DataFrame({"a": pd.array([1], dtype=pd.ArrowDtype(pa.int64()))}),
}
OTHERS["notes that are no plain data"].attrs["at"] = dt.date(2024, 1, 1)


@pytest.mark.parametrize("name", OTHERS)
def test_what_arrow_would_change_is_pickled(name: str, tmp_path: Path) -> None:
    same(there_and_back(OTHERS[name], tmp_path, "pickle"), OTHERS[name])


def test_a_subclass_is_pickled(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x"]})
    frame.flags.allows_duplicate_labels = False
    back = there_and_back(frame, tmp_path, "pickle")
    assert back.flags.allows_duplicate_labels is False


def test_large_frames_of_numbers_are_taken_as_they_lie(tmp_path: Path) -> None:
    frame = pd.DataFrame(np.arange(1 << 22, dtype="f8").reshape(-1, 8))
    same(there_and_back(frame, tmp_path, "pickle"), frame)


def test_what_a_reader_changes_is_its_own(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": [1, 2], "b": [True, False], "t": pd.to_datetime(["2024", None]),
                          "z": pd.to_datetime(["2024", None]).tz_localize("UTC"),
                          "c": pd.Categorical(["x", None]), "s": ["x", "y"], "f": [0.5, 1.5]})  # fmt: skip
    saved = save_value(frame, str(tmp_path))
    first = load_value(saved, str(tmp_path))
    for name in ("n", "b", "t", "z", "f"):
        first.loc[0, name] = first.loc[1, name]
    first.loc[0, "s"] = "z"
    first.iloc[0, list(first).index("c")] = None
    first["n"] += 1
    del first["f"]
    assert first.loc[0, "s"] == "z"
    assert pd.isna(first.loc[0, "c"])
    same(load_value(saved, str(tmp_path)), frame)


def test_numbers_are_mapped(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": np.arange(3), "t": pd.date_range("2024", periods=3), "s": TEXT})
    back = there_and_back(frame, tmp_path, "frame")
    for name in ("n", "t"):
        values = back[name].array
        base = getattr(values, "_ndarray", None)
        assert base is not None
        while isinstance(base, np.ndarray) and base.base is not None:
            base = base.base
        assert type(base).__name__ in ("mmap", "memoryview")


def test_other_tools_read_it(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": [1, 2], "s": ["x", "y"]})
    saved = save_value(frame, str(tmp_path))
    assert saved["files"][0]["name"] == "value.arrow"
    pd.testing.assert_frame_equal(pd.read_feather(tmp_path / "value.arrow"), frame)


cells = st.none() | st.text(max_size=5)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.tuples(cells, st.floats(), st.integers(-(2**63), 2**63 - 1)), max_size=5))
def test_any_rows_come_back(rows: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame(rows, columns=["s", "f", "i"])
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    saved = save_value(frame, str(folder))
    same(load_value(saved, str(folder)), frame)
