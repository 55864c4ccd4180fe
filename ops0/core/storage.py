"""Named values in a folder: ``StorageLayer(folder).save(key, data)``. Runs in images: Python 3.8.

The formats are those of the values between steps. A save is seen whole or not at all, also after a crash, and a
reader that has a value mapped keeps it while another saves the key anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil

from ops0.core.values.custom import register_serializer
from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.manifest import read_manifest, write_manifest
from ops0.core.values.store import load_value, save_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Union

__all__ = ["InputFault", "StorageLayer", "ValueFault", "register_serializer"]

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_LONGEST = 200


class StorageLayer:
    """Values by key and namespace, in one local folder, which is made when it is first written to."""

    def __init__(self, folder: Union[str, os.PathLike[str]]) -> None:
        self._folder = os.path.abspath(os.fspath(folder))

    def save(self, key: str, data: Any, namespace: Optional[str] = None) -> None:
        """Store a value under a key, in place of the one before.

        raises: ValueFault
        """
        place = self._place(key, namespace)
        version = f"v{os.urandom(8).hex()}"
        inside = os.path.join(place, version)
        try:
            value = save_value(data, inside)
            write_manifest(place, {"v": 1, "version": version, "value": value})
        except BaseException:
            shutil.rmtree(inside, ignore_errors=True)
            raise
        for other in os.listdir(place):
            if other.startswith("v") and other != version:
                shutil.rmtree(os.path.join(place, other), ignore_errors=True)

    def load(self, key: str, namespace: Optional[str] = None) -> Any:
        """Give the value that was saved last under a key.

        raises: KeyError where there is none; InputFault where its files are not what was written
        """
        place = self._place(key, namespace)
        if not os.path.exists(os.path.join(place, "manifest.json")):
            raise KeyError(key if namespace is None else f"{namespace}/{key}")
        while True:
            manifest = read_manifest(place)
            try:
                return load_value(manifest.get("value"), self._version(place, manifest, key))
            except InputFault:
                # Another save may just have taken the place of the one that was read.
                if read_manifest(place) == manifest:
                    raise

    @staticmethod
    def _version(place: str, manifest: Any, key: str) -> str:
        version = manifest.get("version")
        if not isinstance(version, str) or not version.isalnum():
            raise InputFault(f"{key}: the manifest is broken", "save it again")
        return os.path.join(place, version)

    def _place(self, key: str, namespace: Optional[str]) -> str:
        return os.path.join(self._folder, f"n{_name(namespace or '')}", f"k{_name(key)}")


def _name(text: str) -> str:
    """Give any text as one file name, different texts as different names."""
    safe = "".join(
        chr(byte) if chr(byte) in _SAFE else f"%{byte:02x}"
        for byte in text.encode("utf-8", "surrogatepass")
    )
    return safe if len(safe) <= _LONGEST else f"%{hashlib.sha256(safe.encode()).hexdigest()}"
