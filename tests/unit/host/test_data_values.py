"""What containers wrote is loaded on the host only where it is data, and whole."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ops0.core.values.files import write_file
from ops0.core.values.store import save_value
from ops0.host import data_values
from ops0.host.data_values import NotData, load_data

FRAME = pd.DataFrame({"a": [1, 2], "s": ["x", "y"]})


def loaded(value: Any, folder: Path) -> Any:
    return load_data(save_value(value, str(folder)), folder)


def test_data_is_loaded(tmp_path: Path) -> None:
    pd.testing.assert_frame_equal(loaded(FRAME, tmp_path / "a"), FRAME)
    assert loaded(np.arange(3), tmp_path / "b").tolist() == [0, 1, 2]
    table = pa.table({"a": [1]})
    assert loaded(table, tmp_path / "c").equals(table)
    first, second = loaded((FRAME, b"x"), tmp_path / "d")
    pd.testing.assert_frame_equal(first, FRAME)
    assert second == b"x"


@pytest.mark.parametrize("value", [{1}, (1, {2}), iter([1]), lambda: 1])
def test_nothing_is_unpickled(value: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = save_value(value, str(tmp_path))
    monkeypatch.setattr(pickle, "loads", lambda *_, **__: pytest.fail("unpickled"))
    with pytest.raises(NotData, match="runs what its producer wrote"):
        load_data(saved, tmp_path)


def test_an_array_of_objects_in_an_npy_file_is_not_unpickled(tmp_path: Path) -> None:
    saved = save_value(np.arange(3), str(tmp_path))
    np.save(tmp_path / "evil.npy", np.array([{1}], dtype=object), allow_pickle=True)
    saved["files"] = [write_file(str(tmp_path), "x.npy", (tmp_path / "evil.npy").read_bytes())]
    with pytest.raises(NotData, match="cannot be read"):
        load_data(saved, tmp_path)


def test_offsets_that_lead_out_of_the_file_are_found(tmp_path: Path) -> None:
    saved = save_value(pd.DataFrame({"s": ["xyz", "abcdefgh"]}), str(tmp_path))
    good = (tmp_path / "value.arrow").read_bytes()
    offsets = np.array([0, 3, 11], "i8").tobytes()
    assert good.count(offsets) == 1
    bad = good.replace(offsets, np.array([0, 2**40, 11], "i8").tobytes())
    saved["files"] = [write_file(str(tmp_path), "x.arrow", bad)]
    with pytest.raises(NotData, match="not an Arrow file"):
        load_data(saved, tmp_path)


@pytest.mark.parametrize("data", [b"", b"ARROW1", b"x" * 100, pickle.dumps({1})])
def test_a_file_that_is_no_frame_is_none(data: bytes, tmp_path: Path) -> None:
    saved = save_value(FRAME, str(tmp_path))
    saved["files"] = [write_file(str(tmp_path), "x.arrow", data)]
    with pytest.raises(NotData):
        load_data(saved, tmp_path)


def test_without_a_pyarrow_that_is_safe_frames_stay_in_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_values, "version", lambda _: "14.0.0")
    with pytest.raises(NotData, match=r"at least 14\.0\.1"):
        loaded(FRAME, tmp_path)


def test_a_frame_without_pandas_stays_in_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = save_value(FRAME, str(tmp_path))
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(NotData, match="pandas"):
        load_data(saved, tmp_path)
