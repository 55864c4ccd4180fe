"""Pickles, protocol 5, with their large buffers mapped instead of copied. Runs in images: Python 3.8.

One file: the pickle, then each buffer at a multiple of 64 bytes, then the table: for each buffer its offset and
length, last the pickle's length, the number of buffers and the magic, all little-endian 64 bit. A consumer maps
the file privately, so arrays and frames are writable, and what it writes stays its own.
"""

from __future__ import annotations

import pickle
import struct

from ops0.core.values.carried import Luggage, unpickled
from ops0.core.values.culprit import unstorable
from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.files import files_of
from ops0.core.values.local import Locals, reduce_local, strict_cloudpickler
from ops0.core.values.mapped import map_checked
from ops0.core.values.writer import FileWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

_MAGIC = b"ops0pkl1"
_TAIL = struct.Struct("<QQ8s")
_BUFFER = struct.Struct("<QQ")
_ALIGNMENT = 64
_WORTH_MAPPING = 4096


class LocalPickler(pickle.Pickler):
    """A pickler that takes classes and functions of the user's modules along."""

    def __init__(
        self,
        file: Any,
        local: Locals,
        buffer_callback: Any = None,
        luggage: Optional[Luggage] = None,
    ) -> None:
        super().__init__(file, protocol=5, buffer_callback=buffer_callback)
        self._local, self._luggage = local, luggage

    def reducer_override(self, given: Any) -> Any:
        """See pickle.Pickler."""
        recipe = reduce_local(given, self._local)
        if recipe is NotImplemented and self._luggage is not None:
            return self._luggage.recipe(given)
        return recipe


def save_pickle(value: Any, folder: str, name: str, local: Locals) -> Dict[str, Any]:
    """Write a value to ``<name>.pickle``; gives the file entries, and as items the paths in it.

    raises: ValueFault, with the part of the value that no pickler takes
    """
    luggage = Luggage(folder, name)

    def written(make: Any) -> Dict[str, Any]:
        files = [_write(value, folder, f"{name}.pickle", make)]
        return {"files": files, "items": luggage.items or None}

    try:
        return written(lambda file, keep: LocalPickler(file, local, keep, luggage))
    except (OSError, ValueFault):
        raise
    except Exception as fault:  # noqa: BLE001 - picklers raise what the user's __reduce__ raises
        first = fault
    try:
        return written(lambda file, keep: strict_cloudpickler(file, keep, luggage.recipe))
    except (OSError, ValueFault):
        raise
    except Exception:  # noqa: BLE001 - as above; the plain pickler's reason is the clearer one
        raise unstorable(value, first, lambda part: dump(part, local)) from first


def dump(value: Any, local: Locals, luggage: Optional[Luggage] = None) -> bytes:
    """Pickle a value into bytes, buffers and all."""
    import io  # noqa: PLC0415 - loaded already by whoever calls this

    file = io.BytesIO()
    LocalPickler(file, local, luggage=luggage).dump(value)
    return file.getvalue()


def load_pickle(value: Any, folder: str) -> Any:
    """Read what ``save_pickle`` wrote. Raises InputFault; whatever unpickling raises becomes one too."""
    entry = files_of(value)[0]
    try:
        view = memoryview(map_checked(folder, entry))
    except (OSError, ValueError) as fault:
        raise InputFault(f"{entry['name']}: {fault}", "run again", entry["name"]) from None
    try:
        length, buffers = _table(view)
        return unpickled(view[:length], folder, value.get("items"), buffers)
    except InputFault:
        raise
    except Exception as fault:
        raise InputFault(
            f"{entry['name']}: cannot be loaded: {type(fault).__name__}: {fault}",
            'annotate the parameter with its type, or name the package: @ops0.requires("…")',
            entry["name"],
        ) from fault


def _write(value: Any, folder: str, name: str, make: Any) -> Dict[str, Any]:
    buffers: List[memoryview] = []

    def keep(buffer: pickle.PickleBuffer) -> bool:
        """Keep a buffer for the end of the file; small and scattered ones go into the pickle."""
        try:
            raw = buffer.raw()
        except BufferError:
            return True
        if raw.nbytes < _WORTH_MAPPING:
            return True
        buffers.append(raw)
        return False

    with FileWriter(folder, name) as file:
        make(file, keep).dump(value)
        length, table = file.size, b""
        for raw in buffers:
            file.pad(_ALIGNMENT)
            table += _BUFFER.pack(file.size, raw.nbytes)
            file.write(raw)
        file.write(table + _TAIL.pack(length, len(buffers), _MAGIC))
    return file.entry


def _table(view: memoryview) -> Any:
    if len(view) < _TAIL.size:
        raise InputFault("the pickle is too short", "run again")
    length, count, magic = _TAIL.unpack(view[-_TAIL.size :])
    start = len(view) - _TAIL.size - count * _BUFFER.size
    if magic != _MAGIC or start < length:
        raise InputFault("not a pickle that ops0 wrote", "run again")
    spans = _BUFFER.iter_unpack(view[start : start + count * _BUFFER.size])
    return length, [view[offset : offset + size] for offset, size in spans]
