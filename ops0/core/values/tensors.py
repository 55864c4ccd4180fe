"""torch tensors as safetensors files, mapped on load. Runs in images: Python 3.8; only where torch is loaded.

A tensor, or a dict of tensors such as ``model.state_dict()``. The file is what ``safetensors.torch.load_file`` reads;
what it does not say of a value, its kind and the order of its names, stands in its metadata under ``ops0``. Reading one
runs no code of the producer's. The library itself would copy every tensor once more, so the format is read here.
source: https://huggingface.co/docs/safetensors/index#format
"""

from __future__ import annotations

import ctypes
import json
import struct
import sys
from collections import OrderedDict

from ops0.core.values import plain
from ops0.core.values.faults import InputFault
from ops0.core.values.mapped import map_checked
from ops0.core.values.writer import FileWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Union

_LENGTH = struct.Struct("<Q")
_ALIGNMENT = 64
_ONE = "tensor"
_NOTES = "_metadata"
_DTYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
}


def is_tensors(value: Any) -> bool:
    """Whether it is a tensor, or a dict of tensors that share no memory, which the format gives back exactly."""
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "Tensor"):
        return False
    if type(value) is torch.Tensor:
        return _fits(value, torch)
    if type(value) not in (dict, OrderedDict) or not value or "__metadata__" in value:
        return False
    if not all(type(name) is str and type(one) is torch.Tensor for name, one in value.items()):
        return False
    if not plain.is_plain(list(value)) or not _has_plain_notes(value):
        return False
    shared = [one.data_ptr() for one in value.values() if one.numel()]
    return len(set(shared)) == len(shared) and all(_fits(one, torch) for one in value.values())


def save_tensors(value: Any, folder: str, name: str) -> List[Dict[str, Any]]:
    """Write ``<name>.safetensors``; gives the file entries."""
    with FileWriter(folder, f"{name}.safetensors") as file:
        for part in parts_of(value):
            file.write(part)
    return [file.entry]


def parts_of(value: Any) -> Iterator[Union[bytes, memoryview]]:
    """Give the file's bytes, part by part; the views are of the tensors' own memory."""
    single = not isinstance(value, dict)
    tensors = {_ONE: value} if single else value
    # Large numbers first, as the library has it: then each lies at a multiple of its size.
    order = sorted(tensors, key=lambda one: (-tensors[one].element_size(), one))
    codes = {kind: code for code, kind in _DTYPES.items()}
    about: Dict[str, Any] = {
        "kind": _ONE if single else type(value).__name__,
        "order": list(tensors),
    }
    if not single and hasattr(value, _NOTES):
        about["notes"] = getattr(value, _NOTES)
    header: Dict[str, Any] = {"__metadata__": {"format": "pt", "ops0": json.dumps(about)}}
    start = 0
    for one in order:
        size = tensors[one].numel() * tensors[one].element_size()
        header[one] = {
            "dtype": codes[str(tensors[one].dtype)[len("torch.") :]],
            "shape": list(tensors[one].shape),
            "data_offsets": [start, start + size],
        }
        start += size
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-(len(head) + _LENGTH.size) % _ALIGNMENT)
    yield _LENGTH.pack(len(head)) + head
    for one in order:
        yield _bytes_of(tensors[one])


def load_tensors(folder: str, entry: Any) -> Any:
    """Map a tensor or a dict of them; writable, and what is written stays the reader's own.

    raises: InputFault, ImportError, ValueError, TypeError, KeyError
    """
    return tensors_in(map_checked(folder, entry), str(entry["name"]))


def tensors_in(data: Any, name: str = "value") -> Any:
    """Give the tensors of a file that is in memory, which can be written to and which they go on using.

    name:   what an error calls it
    raises: as ``load_tensors``
    """
    import torch  # noqa: PLC0415 - only steps that have it get tensors

    start = _LENGTH.size + (_LENGTH.unpack_from(data)[0] if len(data) >= _LENGTH.size else 0)
    if start > len(data):
        raise InputFault("not a safetensors file", "run again", name)
    header = json.loads(bytes(data[_LENGTH.size : start]))
    about = json.loads(header["__metadata__"]["ops0"])
    tensors = {one: _tensor(data, start, header[one], torch) for one in about["order"]}
    if about["kind"] == _ONE:
        return tensors[_ONE]
    if about["kind"] == "dict":
        return tensors
    ordered = OrderedDict(tensors)
    if "notes" in about:
        setattr(ordered, _NOTES, OrderedDict(about["notes"]))
    return ordered


def _has_plain_notes(value: Any) -> bool:
    """Whether a state dict has nothing beside its tensors but the versions of its modules, as plain data."""
    if type(value) is dict:
        return True
    notes = getattr(value, _NOTES, OrderedDict())
    known = type(notes) is OrderedDict and not vars(notes) and set(vars(value)) <= {_NOTES}
    return known and plain.is_plain(dict(notes))


def _fits(tensor: Any, torch: Any) -> bool:
    return bool(
        str(tensor.dtype)[len("torch.") :] in _DTYPES.values()
        and tensor.layout is torch.strided
        and tensor.device.type == "cpu"
        and tensor.is_contiguous()
        and not (tensor.requires_grad or tensor.is_conj() or tensor.is_neg() or vars(tensor))
    )


def _bytes_of(tensor: Any) -> memoryview:
    """The tensor's memory; it must outlive the view. torch itself gives it only through numpy, which may be missing."""
    size = tensor.numel() * tensor.element_size()
    if not size:
        return memoryview(b"")
    return memoryview((ctypes.c_char * size).from_address(tensor.data_ptr())).cast("B")


def _tensor(mapped: Any, start: int, how: Any, torch: Any) -> Any:
    dtype = getattr(torch, _DTYPES[how["dtype"]])
    count = 1
    for size in how["shape"]:
        count *= size
    if not count:
        return torch.empty(how["shape"], dtype=dtype)
    first, last = how["data_offsets"]
    if last - first != count * dtype.itemsize or first < 0:
        raise ValueError("a tensor has not the bytes that its shape asks for")
    flat = torch.frombuffer(mapped, dtype=dtype, count=count, offset=start + first)
    return flat.reshape(how["shape"])
