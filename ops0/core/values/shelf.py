"""Values in one local folder, each in a place of its own. Runs in images: Python 3.8, standard library."""

from __future__ import annotations

import os
import shutil

from ops0.core.values.bounds import MANIFEST_NAME
from ops0.core.values.faults import InputFault
from ops0.core.values.manifest import read_manifest, write_manifest
from ops0.core.values.store import load_value, save_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional


class LocalShelf:
    """``save`` and ``load`` by place, a relative path of safe names. The folder is made when it is first written to."""

    def __init__(self, folder: str) -> None:
        self._folder = os.path.abspath(folder)

    def save(self, place: str, data: Any) -> None:
        """Store a value, in place of the one before. Raises ValueFault."""
        home = os.path.join(self._folder, place)
        version = new_version()
        inside = os.path.join(home, version)
        try:
            value = save_value(data, inside)
            before = self._manifest(home)
            write_manifest(home, {"v": 1, "version": version, "value": value})
        except BaseException:
            shutil.rmtree(inside, ignore_errors=True)
            raise
        if before is not None:
            replaced = os.path.join(home, version_of(before, place))
            shutil.rmtree(replaced, ignore_errors=True)

    def load(self, place: str) -> Any:
        """Give the value that was saved last. Raises KeyError where there is none, InputFault where it is torn."""
        home = os.path.join(self._folder, place)
        if not os.path.exists(os.path.join(home, MANIFEST_NAME)):
            raise KeyError(place)
        while True:
            manifest = read_manifest(home)
            try:
                inside = os.path.join(home, version_of(manifest, place))
                return load_value(manifest.get("value"), inside)
            except InputFault:
                # Another save may just have taken the place of the one that was read.
                if read_manifest(home) == manifest:
                    raise

    @staticmethod
    def _manifest(home: str) -> Optional[Dict[str, Any]]:
        """Give what a save will replace. Only that version is removed: others may be saves that are still at work."""
        try:
            found = read_manifest(home)
            version_of(found, home)
        except InputFault:
            return None
        return found


def new_version() -> str:
    """Name the files of one save."""
    return f"v{os.urandom(8).hex()}"


def version_of(manifest: Any, place: str) -> str:
    """Give the folder that a manifest names. Raises InputFault."""
    version = manifest.get("version")
    if not isinstance(version, str) or not version.isalnum():
        raise InputFault(f"{place}: the manifest is broken", "save it again")
    return version
