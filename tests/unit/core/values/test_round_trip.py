"""What is stored comes back as it was, in the format that fits it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import math
import os
import uuid
from collections import OrderedDict, namedtuple
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from effort import cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.local import Locals
from ops0.core.values.store import load_value, save_value


def there_and_back(value: Any, folder: Path, local: Locals | None = None) -> Any:
    return load_value(save_value(value, str(folder), local), str(folder))


def form(value: Any, folder: Path) -> str:
    text: str = save_value(value, str(folder))["format"]
    return text


class Colour(enum.Enum):
    RED = 1


class Count(int):
    pass


@dataclasses.dataclass
class Row:
    a: int
    b: str


Point = namedtuple("Point", "x y")  # noqa: PYI024 - the untyped one is what users have

PLAIN = [None, True, 0, -(2**70), 1.5, -0.0, "", "é\n\0", [], {}, {"a": [1, {"b": None}]}, [[[]]]]
OTHER = [
    (), (1, "a"), {1, 2}, frozenset({3}), {1: 2}, {("a",): 1}, b"", b"\0\xff", bytearray(b"x"), 1j, Count(3), "\ud800",
    "\ud83d\ude00", float("inf"), [float("-inf")], 2**5000, Colour.RED, Row(1, "x"), Point(1, 2), OrderedDict(b=1, a=2),
    dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc), decimal.Decimal("1.10"), uuid.UUID(int=7), range(3),
    slice(1, 2), int, len, (1, (2, [3])),
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_data_is_json(value: Any, tmp_path: Path) -> None:
    saved = save_value(value, str(tmp_path))
    back = load_value(saved, str(tmp_path))
    assert saved["format"] == "json"
    assert (back, type(back), repr(back)) == (value, type(value), repr(value))


@pytest.mark.parametrize("value", OTHER, ids=lambda value: f"{value!r:.40}")
def test_all_else_comes_back_too(value: Any, tmp_path: Path) -> None:
    saved = save_value(value, str(tmp_path))
    back = load_value(saved, str(tmp_path))
    assert saved["format"] != "json"
    assert (back, type(back)) == (value, type(value))


def test_nan_comes_back(tmp_path: Path) -> None:
    assert math.isnan(there_and_back(float("nan"), tmp_path))


def test_what_json_would_change_is_no_json(tmp_path: Path) -> None:
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    back = there_and_back(cyclic, tmp_path)
    assert back[0] is back


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.binary() | st.dates()
    | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=values)
def test_any_value_comes_back(value: Any, tmp_path: Path) -> None:
    back = there_and_back(value, tmp_path / str(uuid.uuid4()))
    assert (back, type(back), repr(back)) == (value, type(value), repr(value))


dtypes = hnp.scalar_dtypes().filter(lambda dtype: dtype.itemsize > 0)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(array=hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, max_side=5) | st.just((0, 3))))
def test_any_array_comes_back(array: Any, tmp_path: Path) -> None:
    folder = tmp_path / str(uuid.uuid4())
    saved = save_value(array, str(folder))
    back = load_value(saved, str(folder))
    assert saved["format"] == "npy"
    assert (type(back), back.dtype, back.shape) == (np.ndarray, array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


def test_an_array_is_mapped_writable_and_ones_own(tmp_path: Path) -> None:
    saved = save_value(np.asfortranarray(np.arange(12.0).reshape(3, 4)), str(tmp_path))
    first, second = load_value(saved, str(tmp_path)), load_value(saved, str(tmp_path))
    assert isinstance(first.base, np.memmap)
    assert first.flags.f_contiguous
    first[0, 0] = 99
    assert second[0, 0] == 0
    assert load_value(saved, str(tmp_path))[0, 0] == 0


def test_arrays_that_npy_would_change_are_pickled(tmp_path: Path) -> None:
    objects = np.array([1, "a", None], dtype=object)
    masked = np.ma.masked_array([1, 2], mask=[True, False])
    fields = np.zeros(2, dtype=[("a", "i4"), ("\u0100", "f8")])
    noted = np.zeros(2, np.dtype("i4", metadata={"unit": "m"}))
    assert [
        form(array, tmp_path / name)
        for array, name in zip((objects, masked, noted, fields), "abcd", strict=True)
    ] == ["pickle"] * 4
    assert there_and_back(objects, tmp_path / "d").tolist() == [1, "a", None]
    assert there_and_back(masked, tmp_path / "e").mask.tolist() == [True, False]


def test_a_table_is_mapped(tmp_path: Path) -> None:
    table = pa.table({"a": [1, None, 3], "b": ["x", "y", None]}).replace_schema_metadata({"k": "v"})
    parts = [
        pa.chunked_array(
            [pa.array(["a", "b"]).dictionary_encode(), pa.array(["c"]).dictionary_encode()]
        )
    ]
    mixed = pa.Table.from_arrays(parts, names=["c"])
    saved = save_value(table, str(tmp_path / "a"))
    back = load_value(saved, str(tmp_path / "a"))
    assert saved["format"] == "arrow"
    assert back.equals(table, check_metadata=True)
    assert there_and_back(mixed, tmp_path / "b").to_pydict() == mixed.to_pydict()
    assert there_and_back(pa.table({}), tmp_path / "c").equals(pa.table({}))


def test_a_frame_keeps_all_that_it_has(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "n": np.arange(5000),
            "f": np.linspace(0, 1, 5000),
            "s": [f"row {at}" for at in range(5000)],
            "m": [1, "a"] * 2500,
            "c": pd.Categorical(["x", "y"] * 2500),
            "t": pd.date_range("2024-01-01", periods=5000, tz="UTC"),
        },
        index=pd.Index(range(5000, 10000), name="id"),
    )
    frame.attrs["made_by"] = "test"
    saved = save_value(frame, str(tmp_path))
    back = load_value(saved, str(tmp_path))
    pd.testing.assert_frame_equal(back, frame)
    assert back.attrs == frame.attrs
    assert saved["preview"] == "DataFrame, 5000 rows x 6 columns: n, f, s, m, c, t"
    back.loc[5000, "n"] = 7
    assert load_value(saved, str(tmp_path)).loc[5000, "n"] == 0


def test_large_buffers_are_mapped_at_64_bytes(tmp_path: Path) -> None:
    arrays = {"a": np.arange(1000), "b": np.arange(2000.0), "small": np.arange(3)}
    back = there_and_back(arrays, tmp_path)
    addresses = [back[name].__array_interface__["data"][0] % 64 for name in ("a", "b")]
    assert addresses == [0, 0]
    assert all((back[name] == arrays[name]).all() for name in arrays)
    back["a"][0] = 5


def test_one_item_of_a_tuple_is_loaded_alone(tmp_path: Path) -> None:
    saved = save_value(([1, 2], {"a": 1}, np.arange(3)), str(tmp_path))
    (tmp_path / "value.0.json").unlink()
    assert load_value(saved, str(tmp_path), item=1) == {"a": 1}
    assert load_value(saved, str(tmp_path), item=2).tolist() == [0, 1, 2]
    with pytest.raises(InputFault):
        load_value(saved, str(tmp_path), item=0)


@pytest.mark.parametrize(
    "value", [[5, 6], Point(5, 6), (at for at in (5, 6)), np.array([5, 6]), tuple([5, 6] * 100)]
)
def test_items_of_other_sequences(value: Any, tmp_path: Path) -> None:
    saved = save_value(value, str(tmp_path))
    assert load_value(saved, str(tmp_path), item=1) == 6


@pytest.mark.parametrize(
    ("value", "item"), [((1, 2), 2), ([1], 1), ("ab", 0), ({"a": 1}, 0), (3, 0), (None, 0)]
)
def test_an_item_that_is_not_there(value: Any, item: int, tmp_path: Path) -> None:
    saved = save_value(value, str(tmp_path))
    with pytest.raises(InputFault, match=f"there is no item {item}"):
        load_value(saved, str(tmp_path), item=item)


def test_an_iterator_comes_back_as_an_iterator(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, int]]:
        for at in range(1000):
            yield {"at": at}

    saved = save_value(rows(), str(tmp_path))
    back = load_value(saved, str(tmp_path))
    assert saved["format"] == "stream"
    assert iter(back) is back
    assert next(back) == {"at": 0}
    assert [row["at"] for row in back] == list(range(1, 1000))
    assert list(there_and_back(iter(()), tmp_path / "empty")) == []


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 items"),
        (1, "1 item: 0"),
        (5, "5 items: 0, 1, 2, 3, 4"),
        (9, "9 items: 0, 1, 2, 3, 4, …"),
    ],
)
def test_a_stream_is_shown_by_its_items(count: int, shown: str, tmp_path: Path) -> None:
    assert save_value(iter(range(count)), str(tmp_path))["preview"] == shown


def test_a_stream_never_holds_the_whole(tmp_path: Path) -> None:
    alive: set[int] = set()
    most = 0

    class Item:
        def __init__(self, at: int) -> None:
            self.at = at
            alive.add(at)

        def __del__(self) -> None:
            alive.discard(self.at)

        def __reduce__(self) -> tuple[type[int], tuple[int]]:
            return int, (self.at,)

    def items() -> Iterator[Item]:
        nonlocal most
        for at in range(50):
            yield Item(at)
            most = max(most, len(alive))

    saved = save_value(items(), str(tmp_path))
    assert list(load_value(saved, str(tmp_path))) == list(range(50))
    assert most <= 2


def test_a_file_is_handed_on(tmp_path: Path) -> None:
    made = tmp_path / "model file.bin"
    made.write_bytes(b"\0" * 3_000_000)
    saved = save_value(made, str(tmp_path / "out"))
    made.unlink()
    back = load_value(saved, str(tmp_path / "out"))
    assert saved["format"] == "file"
    assert (back.name, back.stat().st_size) == ("model file.bin", 3_000_000)


def test_a_folder_is_handed_on(tmp_path: Path) -> None:
    made = tmp_path / "model"
    (made / "deep" / "er").mkdir(parents=True)
    (made / "empty").mkdir()
    (made / "a.txt").write_text("a")
    (made / "deep" / "er" / "b.txt").write_text("b")
    (made / "link").symlink_to("a.txt")
    saved = save_value(made, str(tmp_path / "out"))
    back = load_value(saved, str(tmp_path / "out"))
    shown = {
        path.relative_to(back).as_posix(): path.read_text()
        for path in back.rglob("*")
        if path.is_file()
    }
    assert shown == {"a.txt": "a", "deep/er/b.txt": "b", "link": "a"}
    assert (back / "empty").is_dir()
    assert back.name == "model"


def test_a_folder_that_cannot_be_listed_is_not_handed_on_without_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may list any folder, so one is made up that nobody may."""
    (tmp_path / "made" / "closed").mkdir(parents=True)
    (tmp_path / "made" / "closed" / "a.txt").write_text("a")
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(ValueFault, match=r"closed: Permission denied"):
        save_value(tmp_path / "made", str(tmp_path / "out"))


def test_a_path_that_is_only_a_name_is_refused(tmp_path: Path) -> None:
    from ops0.core.values.faults import ValueFault

    with pytest.raises(ValueFault, match="has no file"):
        save_value(PurePosixPath("/no/such/file"), str(tmp_path))


def test_types_and_sizes_are_told(tmp_path: Path) -> None:
    saved = save_value((Row(1, "x"), [1]), str(tmp_path))
    assert saved["type"] == "builtins.tuple"
    assert saved["size"] == sum(path.stat().st_size for path in tmp_path.iterdir())
    assert [item["type"].rpartition(".")[2] for item in saved["items"]] == ["Row", "list"]


@pytest.mark.parametrize("synced", [True, False])
def test_what_is_to_outlive_a_loss_of_power_is_synced_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synced: bool
) -> None:
    reached: set[str] = set()
    monkeypatch.setattr(
        "os.fsync", lambda fd: reached.add(str(Path(f"/proc/self/fd/{fd}").readlink()))
    )
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "inner").write_text("x")
    value = (1, b"x", tmp_path / "made")
    out = tmp_path / "out"
    save_value(value, str(out), synced=synced)
    written = {str(path) for path in (out, *out.rglob("*"))}
    assert reached == (written if synced else set())


def test_what_is_there_twice_stays_one(tmp_path: Path) -> None:
    """A change to the one is a change to the other, as in a local run."""
    row: dict[str, Any] = {"n": [1]}
    value = {"first": row, "again": [row, row["n"], []], "other": {"n": [1]}}
    saved = save_value(value, str(tmp_path))
    back = load_value(saved, str(tmp_path))
    assert (saved["format"], back) == ("json", value)
    assert back["first"] is back["again"][0]
    assert back["first"]["n"] is back["again"][1]
    assert back["other"] is not back["first"]


def test_what_is_there_too_often_is_no_json(tmp_path: Path) -> None:
    row: list[int] = []
    saved = save_value([row] * 20_000, str(tmp_path))
    back = load_value(saved, str(tmp_path))
    assert saved["format"] == "pickle"
    assert back[0] is back[-1]


def shape(value: Any, known: dict[int, int]) -> Any:
    """Types, values, and which lists and dicts are the same object."""
    if type(value) not in (list, dict, tuple):
        return type(value), repr(value)
    if type(value) is not tuple and known.setdefault(id(value), len(known)) != len(known) - 1:
        return known[id(value)]
    inner = value.items() if type(value) is dict else enumerate(value)
    return type(value), [(repr(key), shape(one, known)) for key, one in list(inner)]


@cases(60, 10_000)
@given(data=st.data())
def test_sharing_comes_back(data: st.DataObject, tmp_path: Path) -> None:
    pool: list[Any] = [1, "a", -0.0, None]
    for _ in range(data.draw(st.integers(1, 6))):
        picked = data.draw(st.lists(st.sampled_from(range(len(pool))), max_size=4))
        made = [pool[at] for at in picked]
        pool.append(
            made if data.draw(st.booleans()) else {str(n): one for n, one in enumerate(made)}
        )
    folder = tmp_path / str(uuid.uuid4())
    assert shape(there_and_back(pool, folder), {}) == shape(pool, {})


@pytest.mark.parametrize("same", [[[1, 1]], [[0, 1]], [[9, 0]], [["a", 0]], [[1]], 3, [[1, True]]])
def test_a_list_of_what_is_the_same_that_fits_nothing_is_refused(same: Any, tmp_path: Path) -> None:
    saved = save_value([[], []], str(tmp_path))
    other = save_value(same, str(tmp_path / "same"))["files"][0]
    (tmp_path / "same.json").write_bytes((tmp_path / "same" / other["name"]).read_bytes())
    with pytest.raises(InputFault):
        load_value(
            {**saved, "files": [*saved["files"], {**other, "name": "same.json"}]}, str(tmp_path)
        )
