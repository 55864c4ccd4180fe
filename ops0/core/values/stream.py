"""Iterators: stored item by item, given back as an iterator. Runs in images: Python 3.8.

One file: for each item its pickle's length (64 bit, little-endian) and the pickle; last the length
2**64 - 1 and the number of items. Neither side ever holds more than one item.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from ops0.core.values.carried import Luggage, unpickled
from ops0.core.values.culprit import unstorable
from ops0.core.values.faults import InputFault, IterationFault, ValueFault
from ops0.core.values.files import files_of, open_checked
from ops0.core.values.pickled import dump
from ops0.core.values.preview import LIMIT, preview
from ops0.core.values.writer import FileWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

    from ops0.core.values.local import Locals

_LENGTH = struct.Struct("<Q")
_END = 2**64 - 1
_SHOWN = 5


def is_stream(value: Any) -> bool:
    """Whether it is an iterator; open files are not, although they iterate."""
    return isinstance(value, Iterator) and not isinstance(value, io.IOBase)


def steps(value: Any) -> Iterator[Any]:
    """Go through the items. Raises IterationFault for what an iterator raises; stops are its own."""
    items = iter(value)
    while True:
        try:
            item = next(items)
        except StopIteration:
            return
        except BaseException as fault:
            raise IterationFault(fault) from fault
        yield item
        del item  # the next one may be large as well


def save_stream(value: Any, folder: str, name: str, local: Locals) -> Dict[str, Any]:
    """Run an iterator to its end and write ``<name>.stream``; gives the file entries, and the first items as preview.

    raises: IterationFault for what the iterator itself raises, ValueFault for an item that cannot be stored
    """
    count = 0
    first: List[str] = []
    luggage = Luggage(folder, name)
    with FileWriter(folder, f"{name}.stream") as file:
        for item in steps(value):
            data = _dump(item, count, local, luggage)
            file.write(_LENGTH.pack(len(data)))
            file.write(data)
            count += 1
            if count <= _SHOWN:
                first.append(preview(item))
            del item, data  # the next item may be large as well
        file.write(_LENGTH.pack(_END) + _LENGTH.pack(count))
    more = ", …" if count > _SHOWN else ""
    beginning = f": {', '.join(first)}{more}" if first else ""
    shown = f"{count} item{'' if count == 1 else 's'}{beginning}"
    return {"files": [file.entry], "items": luggage.items or None, "preview": shown[:LIMIT]}


def load_stream(value: Any, folder: str) -> Any:
    """Give an iterator over the items. The whole file is checked before the first. Raises InputFault."""
    entry = files_of(value)[0]
    return Items(
        open(open_checked(folder, entry), "rb"),
        entry["name"],
        lambda data: unpickled(data, folder, value.get("items")),
    )


class Items:
    """The items of a stored stream, one by one. Closes its file at the end, or when nobody wants more."""

    def __init__(self, file: Any, name: str, load: Callable[[bytes], Any]) -> None:
        self._file, self._name, self._load, self._count = file, name, load, 0

    def __iter__(self) -> Items:
        return self

    def __next__(self) -> Any:
        if self._file.closed:
            raise StopIteration
        length = _LENGTH.unpack(self._file.read(_LENGTH.size))[0]
        if length == _END:
            self._file.close()
            raise StopIteration
        data = self._file.read(length)
        try:
            item = self._load(data)
        except InputFault:
            raise
        except Exception as fault:
            raise InputFault(
                f"{self._name}: item {self._count} cannot be loaded: {type(fault).__name__}: {fault}",
                'annotate the parameter with its type, or name the package: @ops0.requires("…")',
                self._name,
            ) from fault
        self._count += 1
        return item

    def __del__(self) -> None:
        self._file.close()


def _dump(item: Any, index: int, local: Locals, luggage: Luggage) -> bytes:
    try:
        return dump(item, local, luggage)
    except ValueFault:
        raise
    except Exception as fault:
        found = unstorable(item, fault, lambda part: dump(part, local))
        part = f"result, item {index}" + found.part[len("result") :]
        text = found.message[len(found.part) :]
        raise ValueFault(part + text, found.hint, part, found.type_name) from fault
