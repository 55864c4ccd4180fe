"""numpy arrays and Arrow tables, mapped on load. Runs in images: Python 3.8; saving loads neither library."""

from __future__ import annotations

import sys

from ops0.core.values.files import checked_path
from ops0.core.values.sink import Sink
from ops0.core.values.writer import FileWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List


def is_array(value: Any) -> bool:
    """Whether it is a numpy array whose bytes are all there is to it."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) not in (numpy.ndarray, numpy.memmap):
        return False
    if value.dtype.hasobject or value.dtype.names is not None:
        return False  # fields may have names and gaps that the header of a .npy file does not take
    form = numpy.lib.format
    try:
        # Types that other libraries add to numpy come back as raw bytes; metadata of a type not at all.
        same = form.descr_to_dtype(form.dtype_to_descr(value.dtype)) == value.dtype
    except Exception:  # noqa: BLE001 - any trouble with a type means that this is not its format
        return False
    return bool(same and value.dtype.metadata is None)


def save_array(value: Any, folder: str, name: str) -> List[Dict[str, Any]]:
    """Write ``<name>.npy``; gives the file entries."""
    numpy = sys.modules["numpy"]
    form = numpy.lib.format
    array = numpy.asarray(value)
    with FileWriter(folder, f"{name}.npy") as file:
        if array.nbytes and (array.flags.c_contiguous or array.flags.f_contiguous):
            # As it lies in memory, at once: numpy itself would copy it piece by piece for such a file.
            form.write_array_header_1_0(file, form.header_data_from_array_1_0(array))
            file.write(array.ravel(order="K").view("u1"))
        else:
            form.write_array(file, array, allow_pickle=False)
    return [file.entry]


def load_array(folder: str, entry: Any) -> Any:
    """Map an array, copy on write. Raises InputFault, ImportError, ValueError."""
    import numpy as np  # noqa: PLC0415 - only steps that have it get arrays

    path = checked_path(folder, entry)
    try:
        return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))
    except ValueError:
        # An array without items has nothing to map.
        return np.load(path, allow_pickle=False)


def is_table(value: Any) -> bool:
    """Whether it is an Arrow table."""
    pyarrow = sys.modules.get("pyarrow")
    return pyarrow is not None and type(value) is getattr(pyarrow, "Table", None)


def save_table(value: Any, folder: str, name: str) -> List[Dict[str, Any]]:
    """Write ``<name>.arrow``, an IPC stream; gives the file entries."""
    from pyarrow import ipc  # noqa: PLC0415 - the value shows that it is there

    with FileWriter(folder, f"{name}.arrow") as file:  # noqa: SIM117 - 3.8 has no brackets here
        with ipc.new_stream(Sink(file), value.schema) as out:
            out.write_table(value)
    return [file.entry]


def load_table(folder: str, entry: Any) -> Any:
    """Map a table. Raises InputFault, ImportError, ValueError."""
    import pyarrow as pa  # noqa: PLC0415 - only steps that have it get tables
    from pyarrow import ipc  # noqa: PLC0415

    path = checked_path(folder, entry)
    with pa.memory_map(path) as source:
        return ipc.open_stream(source).read_all()
