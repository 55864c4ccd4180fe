"""What containers wrote is loaded on the host only where it is data, and whole."""

from __future__ import annotations

import json
import pickle
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import ipc

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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
KINDS = st.sampled_from(
    ["numbers", "flags", "text", "strings", "extension", "zoned", "category", "other"]
)
DTYPES = st.sampled_from(
    ["int64", "<i8", "O", "M8[ns]", "Int64", "category", "datetime64[ns, UTC]", "V0", "period[D]"]
)
COLUMN = st.fixed_dictionaries(
    {"as": KINDS | JSON},
    optional={
        "dtype": DTYPES | JSON,
        "storage": st.sampled_from(["pyarrow", "python"]) | JSON,
        "nan": st.booleans(),
        "ordered": JSON,
        "categories": st.fixed_dictionaries({"as": KINDS, "dtype": DTYPES}) | JSON,
    },
)
HEAD = st.fixed_dictionaries(
    {
        "columns": st.lists(COLUMN, min_size=2, max_size=2) | JSON,
        "labels": st.just({"list": ["a", "s"], "dtype": None}) | JSON,
        "index": st.sampled_from([None, [0, 2, 1], [0, 10**18, 1], [0, 1, 0]]) | JSON,
        "index_name": st.none() | JSON,
        "label": st.none() | JSON,
        "attrs": st.just({}) | JSON,
    }
)


def framed(head: Any, folder: Path) -> dict[str, Any]:
    """A frame's file with another header."""
    table = pa.table({"a": [1, 2], "s": ["x", "y"]})
    schema = table.schema.with_metadata({b"ops0.frame": json.dumps(head).encode()})
    sink = pa.BufferOutputStream()
    with ipc.new_file(sink, schema) as out:
        out.write_batch(table.cast(schema).to_batches()[0])
    entry = write_file(str(folder), "x.arrow", sink.getvalue().to_pybytes())
    return {"format": "frame", "files": [entry]}


def head_of(how: dict[str, Any]) -> dict[str, Any]:
    labels = {"list": ["a", "s"], "dtype": None}
    rest = {"index": [0, 2, 1], "index_name": None, "label": None, "attrs": {}}
    return {"columns": [how, {"as": "text"}], "labels": labels, **rest}


def test_a_header_of_ones_own_is_read(tmp_path: Path) -> None:
    """What is made below is refused for what its header says, not for how it is made."""
    value = framed(head_of({"as": "numbers", "dtype": "<i8"}), tmp_path)
    assert load_data(value, tmp_path)["a"].tolist() == [1, 2]


@pytest.mark.parametrize("kind", ["zoned", "extension"])
def test_a_column_of_a_type_that_its_kind_cannot_have(kind: str, tmp_path: Path) -> None:
    with pytest.raises(NotData, match="cannot be read"):
        load_data(framed(head_of({"as": kind, "dtype": "int64"}), tmp_path), tmp_path)


@given(HEAD)
def test_no_header_is_too_strange(head: Any) -> None:
    with TemporaryDirectory() as folder, suppress(NotData):
        load_data(framed(head, Path(folder)), Path(folder))


FORMATS = st.sampled_from([*sorted(data_values._DATA), "tuple", "list", "pickle"])
ITEMS = st.recursive(
    JSON, lambda inner: st.fixed_dictionaries({"format": FORMATS | JSON, "items": JSON | inner})
)


@given(FORMATS, ITEMS, st.binary(max_size=40))
@example("safetensors", None, b"1234567")
@example("safetensors", None, (2**63).to_bytes(8, "little"))
def test_no_value_is_too_strange(form: str, items: Any, data: bytes) -> None:
    torch = {} if "torch" in sys.modules else {"torch": ModuleType("torch")}
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        for name, module in torch.items():
            patch.setitem(sys.modules, name, module)
        entry = write_file(folder, "value", data)
        value = {"format": form, "files": [entry], "items": items, "folders": items}
        with suppress(NotData):
            load_data(value, Path(folder))
        with suppress(NotData):
            load_data(items, Path(folder))
