"""Chooses a value's format, writes it, and reads it back. Runs in images: Python 3.8."""

from __future__ import annotations

import errno
import os

from ops0.core.values import plain
from ops0.core.values.about import about
from ops0.core.values.custom import custom_key, load_custom, save_custom
from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.files import files_of, read_checked, sync_files, sync_folder, write_file
from ops0.core.values.local import Locals
from ops0.core.values.preview import preview, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Iterator, Optional

_MOST_ITEMS = 64
MOST_APART = 10_000
"""Items that are stored apart at most: each is to be a call of its own."""
TOO_MANY = (
    "put several of them into one item: a container takes longer to start than most items take"
)
APART = ("list", "iterator")
"""Formats of what is stored item by item, beside tuples."""


def save_value(
    value: Any,
    folder: str,
    local: Optional[Locals] = None,
    *,
    apart: bool = False,
    synced: bool = True,
) -> Dict[str, Any]:
    """Write a value's files into a folder, which is made if need be.

    local:   which modules are the user's own; None: only ``__main__``
    apart:   each item of a list, tuple or iterator in files of its own, so that one can be read without the others
    synced:  whether they are on the disk (fsync) afterwards; values that only travel from step to step need not be
    returns: the VALUE for the manifest, JSON (see ops0_runner/protocol.py)
    raises:  ValueFault; IterationFault for what an iterator raises while it is stored
    """
    try:
        os.makedirs(folder, exist_ok=True)
        save = _save_apart if apart else _save_top
        saved = save(value, folder, local or Locals())
        if synced:
            _sync(folder)
    except OSError as fault:
        raise _disk_fault(fault) from fault
    return saved


def load_value(value: Any, folder: str, item: Optional[int] = None) -> Any:
    """Check a value's files and give the value, or only the ``item``-th part of it.

    raises: InputFault
    """
    if not isinstance(value, dict):
        raise InputFault(
            "the manifest holds no value", "the producer's manifest is broken: run again"
        )
    if item is None:
        return _load(value, folder)
    if value.get("format") in ("tuple", *APART):
        items = value.get("items")
        if isinstance(items, list) and 0 <= item < len(items):
            return _load(items[item], folder)
        raise _no_item(item, value)
    whole = _load(value, folder)
    if isinstance(whole, (str, bytes, dict)) or not hasattr(whole, "__iter__"):
        raise _no_item(item, value)
    items = list(whole)
    if not 0 <= item < len(items):
        raise _no_item(item, value)
    return items[item]


def _save_top(value: Any, folder: str, local: Locals) -> Dict[str, Any]:
    if type(value) is tuple and len(value) <= _MOST_ITEMS:
        return {**_head(value), **_parts(value, folder, local)}
    return _save(value, folder, "value", local)


def _save_apart(value: Any, folder: str, local: Locals) -> Dict[str, Any]:
    """Write the items one by one: of an iterator only one is ever held."""
    from ops0.core.values.stream import is_stream, steps  # noqa: PLC0415 - few values are mapped over

    kind = "iterator" if is_stream(value) else type(value).__name__
    if kind != "iterator" and type(value) not in (list, tuple):
        raise ValueFault(
            f"result: {type_name(value)} has no items to map over",
            "the pipeline calls .map on it: return a list, a tuple or an iterator",
        )
    head = _head(value)
    return {**head, **_parts(steps(value), folder, local), "format": kind}


def _parts(values: Iterable[Any], folder: str, local: Locals) -> Dict[str, Any]:
    items = []
    for index, part in enumerate(values):
        if index == MOST_APART:
            raise ValueFault(
                f"result: more than {MOST_APART} items cannot be mapped over",
                TOO_MANY,
            )
        items.append(_save_item(part, index, folder, local))
        del part  # the next one may be large as well
    return {"format": "tuple", "size": sum(part["size"] for part in items), "items": items}


def _head(value: Any) -> Dict[str, Any]:
    # The preview comes first: storing an iterator uses it up.
    head = {
        "format": "",
        "type": type_name(value),
        "size": 0,
        "files": [],
        "preview": preview(value),
        "items": None,
    }
    told = about(value)
    if told:
        head["about"] = told
    return head


def _save(value: Any, folder: str, name: str, local: Locals) -> Dict[str, Any]:
    saved = {**_head(value), **_write(value, folder, name, local)}
    saved["size"] = sum(entry["size"] for entry in (*saved["files"], *(saved["items"] or ())))
    return saved


def _sync(folder: str) -> None:
    for where, _, names in os.walk(folder):
        sync_files(os.path.join(where, name) for name in names)
        sync_folder(where)


def _save_item(part: Any, index: int, folder: str, local: Locals) -> Dict[str, Any]:
    try:
        return _save(part, folder, f"value.{index}", local)
    except ValueFault as fault:
        start, rest = f"result[{index}]", fault.part[len("result") :]
        message = start + fault.message[len("result") :]
        raise ValueFault(message, fault.hint, start + rest, fault.type_name) from fault.__cause__


def _write(value: Any, folder: str, name: str, local: Locals) -> Dict[str, Any]:
    """Write one value by the first format that fits. Libraries are looked at only where they are loaded."""
    key = custom_key(value)
    if key is not None:
        return {
            "format": "custom",
            "files": save_custom(value, folder, name, key),
            "serializer": key,
        }
    same = plain.repeats(value)
    if same is not None:
        files = [write_file(folder, f"{name}.json", plain.encode(value))]
        if same:
            files.append(write_file(folder, f"{name}.same.json", plain.encode(same)))
        return {"format": "json", "files": files}
    if type(value) is bytes:
        return {"format": "bytes", "files": [write_file(folder, f"{name}.bytes", value)]}
    return _write_rich(value, folder, name, local)


def _write_rich(value: Any, folder: str, name: str, local: Locals) -> Dict[str, Any]:
    from ops0.core.values import pickled, rich, stream  # noqa: PLC0415 - plain values need none
    from ops0.core.values.plugged import plugged_key  # noqa: PLC0415

    written = rich.write(value, folder, name)
    if written is not None:
        return written
    if stream.is_stream(value):
        return {"format": "stream", **stream.save_stream(value, folder, name, local)}
    key = plugged_key(value, local)
    if key is not None:
        return {
            "format": "custom",
            "files": save_custom(value, folder, name, key),
            "serializer": key,
        }
    return {"format": "pickle", **pickled.save_pickle(value, folder, name, local)}


def _load(value: Any, folder: str) -> Any:
    form = value.get("format") if isinstance(value, dict) else None
    if not isinstance(form, str):
        form = repr(form)
    try:
        if form in _READERS:
            return _READERS[form](value, folder)
        if form in _LATE_READERS:
            return _named(_LATE_READERS[form])(value, folder)
        return _reader(form)(folder, files_of(value)[0])
    except InputFault:
        raise
    except ImportError as fault:
        raise InputFault(
            f"{fault}", f"name the package of {fault.name} with @ops0.requires on this step"
        ) from fault
    except (OSError, ValueError, RecursionError, TypeError, KeyError) as fault:
        raise InputFault(f"cannot be read: {type(fault).__name__}: {fault}", "run again") from fault


def _reader(form: Any) -> Any:
    if form not in _OF_ONE_FILE:
        raise InputFault(
            f"no value of the format {form!r:.40} can be read",
            "was it written by a newer ops0? build again",
        )
    return _named(_OF_ONE_FILE[form])


def _named(reader: str) -> Any:
    from importlib import import_module  # noqa: PLC0415 - plain values need none

    module, function = reader.split(".")
    return getattr(import_module(f"ops0.core.values.{module}"), function)


def _load_json(value: Any, folder: str) -> Any:
    found, *same = (plain.decode(read_checked(folder, entry)) for entry in files_of(value))
    return plain.joined(found, same[0]) if same else found


def _load_bytes(value: Any, folder: str) -> Any:
    return read_checked(folder, files_of(value)[0])


def _load_items(value: Any, folder: str) -> Iterator[Any]:
    items = value.get("items")
    if not isinstance(items, list):
        raise InputFault(
            "the manifest names no items", "the producer's manifest is broken: run again"
        )
    return (_load(part, folder) for part in items)


def _load_tuple(value: Any, folder: str) -> Any:
    return tuple(_load_items(value, folder))


def _load_list(value: Any, folder: str) -> Any:
    return list(_load_items(value, folder))


def _load_custom(value: Any, folder: str) -> Any:
    return load_custom(folder, files_of(value)[0], value.get("serializer"))


_READERS = {
    "json": _load_json,
    "bytes": _load_bytes,
    "tuple": _load_tuple,
    "list": _load_list,
    "iterator": _load_items,
    "custom": _load_custom,
}
_LATE_READERS = {
    "file": "paths.load_path",
    "folder": "paths.load_path",
    "stream": "stream.load_stream",
    "pickle": "pickled.load_pickle",
}
"""Format -> what reads a VALUE; loaded when such a value comes."""
_OF_ONE_FILE = {
    "npy": "arrays.load_array",
    "arrow": "arrays.load_table",
    "frame": "frames.load_frame",
    "polars": "polars_frames.load_polars_frame",
    "safetensors": "tensors.load_tensors",
    "tensorflow": "eager.load_eager_tensor",
    "keras": "models.load_keras_model",
    "skops": "models.load_skops",
}
"""Format -> what reads it from the folder and its one file; loaded when such a value comes."""


def _no_item(item: int, value: Any) -> InputFault:
    return InputFault(
        f"there is no item {item} in what the producer returned: {value.get('type')}",
        "does the pipeline unpack more values than the step returns?",
    )


def _disk_fault(fault: OSError) -> ValueFault:
    return ValueFault(f"result: cannot be written: {fault.strerror or fault}", room_hint(fault))


def room_hint(fault: OSError) -> Optional[str]:
    """Say what to do where a disk is full; None for any other fault."""
    return "free some space: ops0 gc" if fault.errno in (errno.ENOSPC, errno.EDQUOT) else None
