"""Serializers for types of one's own: ``register_serializer(type, serializer)``. Runs in images: Python 3.8."""

from __future__ import annotations

from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.files import read_checked, write_file
from ops0.core.values.plugged import plugged_serializer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Protocol

    class Serializer(Protocol):
        """Two functions that undo each other."""

        def serialize(self, value: Any, /) -> bytes:
            """Give the bytes of a value."""

        def deserialize(self, data: bytes, /) -> Any:
            """Give the value of such bytes."""


_serializers: Dict[str, Serializer] = {}


def register_serializer(kind: type, serializer: Serializer) -> None:
    """Store values of a type, and of types derived from it, by a serializer. The last registration holds.

    Producer and consumer must both register it: say it in the module that defines the steps.
    raises: TypeError for what is no type or has no ``serialize`` and ``deserialize``
    """
    if not isinstance(kind, type):
        raise TypeError(f"register_serializer: {kind!r} is no type")
    for name in ("serialize", "deserialize"):
        if not callable(getattr(serializer, name, None)):
            raise TypeError(f"register_serializer: the serializer has no {name}()")
    _serializers[_key(kind)] = serializer


def custom_key(value: Any) -> Optional[str]:
    """Give the key of the nearest registered type of a value, None where there is none."""
    if not _serializers:
        return None
    return next((_key(kind) for kind in type(value).__mro__ if _key(kind) in _serializers), None)


def save_custom(value: Any, folder: str, name: str, key: str) -> List[Dict[str, Any]]:
    """Write ``<name>.custom``; gives the file entries. Raises ValueFault."""
    try:
        data = _serializer(key).serialize(value)
    except Exception as fault:
        raise ValueFault(
            f"result: the serializer of {key} failed: {type(fault).__name__}: {fault}",
            None,
            "result",
            key,
        ) from fault
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise ValueFault(
            f"result: the serializer of {key} gave no bytes", "return bytes", "result", key
        )
    return [write_file(folder, f"{name}.custom", bytes(data))]


def load_custom(folder: str, entry: Any, key: object) -> Any:
    """Read by the serializer of that key. Raises InputFault."""
    data = read_checked(folder, entry)
    try:
        serializer = _serializer(key) if isinstance(key, str) else None
        if serializer is not None:
            return serializer.deserialize(data)
    except Exception as fault:
        raise InputFault(
            f"the serializer of {key} failed: {type(fault).__name__}: {fault}"
        ) from fault
    raise InputFault(
        f"no serializer is registered for {key}",
        "call register_serializer in the module of this step, too, or name the package that brings it: @ops0.requires",
    )


def _serializer(key: str) -> Any:
    """Registered by hand, else brought by an installed distribution; None where there is none."""
    return _serializers.get(key) or plugged_serializer(key)


def _key(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
