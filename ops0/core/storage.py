"""Named values in a folder or a store: ``StorageLayer(where).save(key, data)``. Runs in images: Python 3.8.

The formats are those of the values between steps. A save is seen whole or not at all, also after a crash. A value that
was loaded is its reader's own and stays while another saves the key anew; only a path is gone then, with its files.
"""

from __future__ import annotations

import hashlib
import os

from ops0.core.values.custom import register_serializer
from ops0.core.values.faults import InputFault, StorageFault, ValueFault
from ops0.core.values.shelf import LocalShelf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Protocol, Union

    class Backend(Protocol):
        """Where values lie. A place is a relative path of safe names."""

        def save(self, place: str, data: Any) -> None:
            """Store a value, in place of the one before."""

        def load(self, place: str) -> Any:
            """Give the value that was saved last. Raises KeyError where there is none."""


__all__ = ["InputFault", "StorageFault", "StorageLayer", "ValueFault", "register_serializer"]

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_LONGEST = 200


class StorageLayer:
    """Values by key and namespace, in a local folder or below a URL that fsspec knows.

    ``StorageLayer("values")``, ``StorageLayer("s3://bucket/values", endpoint_url="...")``. Load only what people you
    trust have saved: values that are no plain data are pickles.
    """

    def __init__(self, where: Union[str, os.PathLike[str]], **options: Any) -> None:
        """Choose the backend; a folder is made when it is first written to.

        options: of fsspec's file system for that URL, as credentials;  raises: StorageFault
        """
        self.backend = _backend(os.fspath(where), options)

    def save(self, key: str, data: Any, namespace: Optional[str] = None) -> None:
        """Store a value under a key, in place of the one before.

        raises: ValueFault, StorageFault
        """
        self.backend.save(_place(key, namespace), data)

    def load(self, key: str, namespace: Optional[str] = None) -> Any:
        """Give the value that was saved last under a key. Of a path that is the place of the stored files.

        raises: KeyError where there is none; InputFault where its files are not what was written; StorageFault
        """
        try:
            return self.backend.load(_place(key, namespace))
        except KeyError:
            raise KeyError(key if namespace is None else f"{namespace}/{key}") from None


def _backend(where: str, options: Any) -> Backend:
    scheme, is_url, rest = where.partition("://")
    if is_url and scheme != "file":
        from ops0.core.values.remote import RemoteShelf  # noqa: PLC0415 - a folder needs no fsspec

        return RemoteShelf(where, options)
    if options:
        raise TypeError(f"StorageLayer: a local folder takes no options: {', '.join(options)}")
    return LocalShelf(rest if is_url else where)


def _place(key: str, namespace: Optional[str]) -> str:
    return f"n{_name(namespace or '')}/k{_name(key)}"


def _name(text: str) -> str:
    """Give any text as one file name, different texts as different names."""
    safe = "".join(
        chr(byte) if chr(byte) in _SAFE else f"%{byte:02x}"
        for byte in text.encode("utf-8", "surrogatepass")
    )
    return safe if len(safe) <= _LONGEST else f"%{hashlib.sha256(safe.encode()).hexdigest()}"
