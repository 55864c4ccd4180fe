"""Columns of a pandas frame as Arrow arrays, and back exactly as they were. Runs in images: Python 3.8.

How a column comes back is said by ``{"as": …}``: ``numbers`` (a numpy array of ``dtype``, a view of the mapped bytes),
``flags`` (numpy booleans), ``text`` (Python strings, dtype object), ``strings`` (``storage``, ``na``),
``extension`` (``dtype``, by pandas' ``__from_arrow__``), ``zoned`` (``dtype``, times with a time zone) and ``category``
(``ordered``, and how its ``categories`` come back).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

_EXTENSIONS = frozenset(
    ["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64", "boolean"]
)  # fmt: skip
# An array of numpy's, by its name before pandas 2.1 as well.
_OF_NUMPY = ("NumpyEADtype", "PandasDtype")
_WIDEST = 8
_TIMES = ("M8[s]", "M8[ms]", "M8[us]", "M8[ns]", "m8[s]", "m8[ms]", "m8[us]", "m8[ns]")


class NotExact(Exception):
    """Arrow would not give it back as it was."""


class Memory:
    """A mapped file, and where in the process' memory it begins."""

    def __init__(self, mapped: Any, address: int) -> None:
        self.mapped, self.address = mapped, address

    def view(self, buffer: Any, dtype: Any, offset: int, count: int) -> Any:
        """Give ``count`` numbers from the ``offset``-th on, as a writable view of the mapping."""
        import numpy as np  # noqa: PLC0415 - pandas brings it

        if count == 0:
            return np.empty(0, dtype)
        if (offset + count) * dtype.itemsize > buffer.size:
            raise ValueError("a column is shorter than it says")
        start = buffer.address - self.address + offset * dtype.itemsize
        return np.frombuffer(self.mapped, dtype, count, start)


def taken(array: Any) -> Tuple[Dict[str, Any], Any]:
    """Give how a column comes back, and its Arrow array. Raises NotExact."""
    how, column = _taken(array)
    return how, column if not hasattr(column, "chunks") else _joined(column)


def _joined(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _taken(array: Any) -> Tuple[Dict[str, Any], Any]:
    import pandas as pd  # noqa: PLC0415 - the value shows that they are there
    import pyarrow as pa  # noqa: PLC0415

    dtype, name = array.dtype, str(array.dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        return _taken_category(array)
    if isinstance(dtype, pd.StringDtype):
        if not dtype.storage.startswith("pyarrow"):
            raise NotExact
        how = {"as": "strings", "storage": dtype.storage, "nan": name == "str"}
        return how, pa.array(array, type=pa.large_string())
    if isinstance(dtype, pd.DatetimeTZDtype):
        if pd.api.types.pandas_dtype(name) != dtype:
            raise NotExact
        return {"as": "zoned", "dtype": name}, pa.array(array)
    if name in _EXTENSIONS:
        return {"as": "extension", "dtype": name}, pa.array(array)
    if type(dtype).__name__ not in _OF_NUMPY and not hasattr(dtype, "isnative"):
        raise NotExact
    return _taken_numpy(array.to_numpy())


def _taken_numpy(array: Any) -> Tuple[Dict[str, Any], Any]:
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    dtype = array.dtype
    if dtype.kind == "O":
        # "string" says so of numpy.str_, too, which would come back as str.
        if pd.api.types.infer_dtype(array, skipna=False) not in ("string", "empty") or not all(
            type(text) is str for text in array
        ):
            raise NotExact
        return {"as": "text"}, _encoded(array)
    if not dtype.isnative or dtype.metadata:
        raise NotExact
    if dtype.kind == "b":
        return {"as": "flags"}, pa.array(array)
    if (dtype.kind in "iuf" and dtype.itemsize <= _WIDEST) or dtype.str[1:] in _TIMES:
        return {"as": "numbers", "dtype": dtype.str}, pa.array(array, from_pandas=False)
    raise NotExact


def _taken_category(array: Any) -> Tuple[Dict[str, Any], Any]:
    import pyarrow as pa  # noqa: PLC0415

    categories = array.categories
    if type(categories).__name__ != "Index" or categories.name is not None:
        raise NotExact
    how, values = taken(categories.array)
    codes = pa.array(array.codes, mask=array.codes < 0)
    dictionary = pa.DictionaryArray.from_arrays(codes, values, ordered=array.ordered)
    return {"as": "category", "ordered": array.ordered, "categories": how}, dictionary


def _encoded(texts: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    try:
        return pa.array(texts, type=pa.large_string())
    except (pa.ArrowException, UnicodeError):  # lone surrogates
        raise NotExact from None


def given_back(array: Any, how: Any, memory: Memory) -> Any:
    """Undo ``taken``. Raises KeyError, TypeError, ValueError."""
    import numpy as np  # noqa: PLC0415 - pandas brings it
    import pandas as pd  # noqa: PLC0415

    kind = how["as"]
    if kind in ("strings", "extension"):
        own = _string_dtype(how) if kind == "strings" else _extension_dtype(how)
        return own.__from_arrow__(array)
    if kind == "text":
        # pandas would take a bare array of strings for its own kind of strings.
        return pd.Series(array.to_numpy(zero_copy_only=False), dtype=object, copy=False)
    if kind == "flags":
        return array.to_numpy(zero_copy_only=False)
    if kind == "numbers":
        return _numbers(array, np.dtype(how["dtype"]), memory)
    if kind == "zoned":
        dtype = pd.api.types.pandas_dtype(how["dtype"])
        if not isinstance(dtype, pd.DatetimeTZDtype):
            raise ValueError("times without a time zone")
        times = _numbers(array, np.dtype(f"M8[{dtype.unit}]"), memory)
        return pd.DatetimeIndex(times, copy=False).tz_localize("UTC").tz_convert(dtype.tz).array
    if kind != "category":
        raise KeyError(kind)
    return _category(array, how, memory)


def _category(array: Any, how: Any, memory: Memory) -> Any:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    codes = _numbers(array.indices, np.dtype(array.type.index_type.to_pandas_dtype()), memory)
    values = given_back(array.dictionary, how["categories"], memory)
    dtype = pd.CategoricalDtype(pd.Index(values, copy=False), how["ordered"])
    return pd.Categorical.from_codes(codes, dtype=dtype)


def _numbers(array: Any, dtype: Any, memory: Memory) -> Any:
    """Give the numbers as they were; what is missing has its own number: no time, or the code -1."""
    numbers = memory.view(array.buffers()[1], dtype, array.offset, len(array))
    if array.null_count:
        missing = array.is_null().to_numpy(zero_copy_only=False)
        numbers[missing] = "NaT" if dtype.kind in "mM" else -1
    return numbers


def _extension_dtype(how: Any) -> Any:
    import pandas as pd  # noqa: PLC0415

    if how["dtype"] not in _EXTENSIONS:
        raise ValueError("a column of a type that pandas does not have")
    return pd.api.types.pandas_dtype(how["dtype"])


def _string_dtype(how: Any) -> Any:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if how["nan"] and how["storage"] == "pyarrow":
        return pd.StringDtype(how["storage"], na_value=np.nan)
    return pd.StringDtype(how["storage"])
