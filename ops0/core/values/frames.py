"""pandas frames as Arrow files, mapped on load. Runs in images: Python 3.8; only where both libraries are loaded.

An Arrow IPC file without compression, which also ``pandas.read_feather`` and ``polars.read_ipc`` take. Its schema has
one key of ours, ``ops0.frame``: JSON with what Arrow does not say of a frame (see ``columns.py``). Reading one runs no
code of the producer's. A frame that would not come back exactly as it was is refused here, and pickled.
"""

from __future__ import annotations

import json
import sys

from ops0.core.values import columns, plain
from ops0.core.values.digest import PART
from ops0.core.values.faults import InputFault
from ops0.core.values.mapped import map_checked
from ops0.core.values.sink import Sink
from ops0.core.values.writer import FileWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

_KEY = b"ops0.frame"
_MOST_COLUMNS = 1000


def is_frame(value: Any) -> bool:
    """Whether it is a pandas frame, and Arrow is there to write it."""
    pandas = sys.modules.get("pandas")
    return (
        pandas is not None
        and "pyarrow" in sys.modules
        and type(value) is getattr(pandas, "DataFrame", None)
    )


def save_frame(value: Any, folder: str, name: str) -> Optional[List[Dict[str, Any]]]:
    """Write ``<name>.arrow``; gives the file entries, None where a pickle keeps the frame better.

    Large frames of numbers only are such: their columns lie together in blocks, which a pickle takes as they are.
    """
    if not _fits(value):
        return None
    try:
        head, fields = _taken_apart(value)
    except columns.NotExact:
        return None
    import pyarrow as pa  # noqa: PLC0415 - the value shows that it is there
    from pyarrow import ipc  # noqa: PLC0415

    schema = pa.schema(
        [pa.field(label, array.type) for label, array in fields],
        metadata={_KEY: json.dumps(head, separators=(",", ":")).encode()},
    )
    batch = pa.RecordBatch.from_arrays([array for _, array in fields], schema=schema)
    with FileWriter(folder, f"{name}.arrow") as file:  # noqa: SIM117 - 3.8 has no brackets here
        with ipc.new_file(Sink(file), schema) as out:
            out.write_batch(batch)
    return [file.entry]


def load_frame(folder: str, entry: Any) -> Any:
    """Map a frame; its numbers are writable, and what is written stays the reader's own.

    raises: InputFault, ImportError, ValueError, TypeError, KeyError
    """
    import pyarrow as pa  # noqa: PLC0415 - only steps that have it get frames
    from pyarrow import ipc  # noqa: PLC0415

    # Arrow would map it read-only, and a frame of such columns cannot be changed in place.
    mapped = map_checked(folder, entry)
    whole = pa.py_buffer(mapped)
    file = ipc.open_file(pa.BufferReader(whole))
    head = json.loads((file.schema.metadata or {}).get(_KEY, b"null"))
    if not isinstance(head, dict) or file.num_record_batches != 1:
        raise InputFault("not a frame that ops0 wrote", "run again", entry["name"])
    memory = columns.Memory(mapped, whole.address)
    pairs = zip(file.get_batch(0).columns, head["columns"])
    arrays = [columns.given_back(column, how, memory) for column, how in pairs]
    return _put_together(head, arrays)


def _fits(frame: Any) -> bool:
    if len(frame.columns) > _MOST_COLUMNS or not frame.flags.allows_duplicate_labels:
        return False
    numbers = all(getattr(dtype, "kind", "O") in "biufcmM" for dtype in frame.dtypes)
    return not numbers or int(frame.memory_usage(index=False).sum()) <= PART


def _taken_apart(frame: Any) -> Tuple[Dict[str, Any], List[Tuple[str, Any]]]:
    """Give the header, and the columns with their labels. Raises NotExact."""
    head = {
        "v": 1,
        "labels": _labels(frame.columns),
        "label": _plain(frame.columns.name),
        "attrs": _plain(dict(frame.attrs)),
        "index": None,
        "index_name": _plain(frame.index.name),
        "columns": [],
    }
    arrays = [(str(name), frame.iloc[:, at].array) for at, name in enumerate(frame.columns)]
    if type(frame.index).__name__ == "RangeIndex":
        head["index"] = [frame.index.start, frame.index.stop, frame.index.step]
    else:
        kind = type(frame.index).__name__
        if kind not in ("Index", "DatetimeIndex") or getattr(frame.index, "freq", None) is not None:
            raise columns.NotExact  # levels, a frequency: what an index knows beside its values
        arrays.append(("__index__", frame.index.array))
    fields = []
    for label, array in arrays:
        how, column = columns.taken(array)
        head["columns"].append(how)
        fields.append((label, column))
    return head, fields


def _labels(index: Any) -> Dict[str, Any]:
    """Say what the columns are called. Raises NotExact."""
    import pandas as pd  # noqa: PLC0415 - the value shows that it is there

    if type(index).__name__ == "RangeIndex":
        return {"range": [index.start, index.stop, index.step]}
    labels = list(index)
    if all(type(label) in (str, int) for label in labels):
        for dtype in (None, str(index.dtype)):
            again = pd.Index(_plain(labels), dtype=dtype)
            if type(again) is type(index) and again.dtype == index.dtype:
                return {"list": labels, "dtype": dtype}
    raise columns.NotExact


def _put_together(head: Dict[str, Any], arrays: List[Any]) -> Any:
    import pandas as pd  # noqa: PLC0415 - only steps that have it get frames

    labels, name = head["labels"], head["index_name"]
    if "range" in labels:
        names: Any = pd.RangeIndex(*labels["range"])
    else:
        names = pd.Index(labels["list"], dtype=labels["dtype"])
    if head["index"] is not None:
        index: Any = pd.RangeIndex(*head["index"], name=name)
    else:
        index = pd.Index(arrays[-1], name=name, copy=False)
    given = arrays[: len(names)]
    for array in given:
        if isinstance(array, pd.Series):
            array.index = index
    frame = pd.DataFrame(dict(enumerate(given)), index=index, copy=False)
    frame.columns = names.rename(head["label"])
    frame.attrs.update(head["attrs"])
    return frame


def _plain(value: Any) -> Any:
    if not plain.is_plain(value):
        raise columns.NotExact
    return value
