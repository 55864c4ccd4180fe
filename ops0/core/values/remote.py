"""Values in a store that fsspec knows: S3, memory and the like. Runs in images: Python 3.8; fsspec only when asked.

Files go up first, each under the name of this save; the manifest goes last, as one object. A store that writes an
object whole, as S3 does, therefore shows a save whole or not at all. Coming down, every file is checked against it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import contextmanager, suppress

from ops0.core.values.bounds import MANIFEST_NAME
from ops0.core.values.faults import InputFault, StorageFault
from ops0.core.values.files import names_in
from ops0.core.values.manifest import write_manifest
from ops0.core.values.shelf import new_version, version_of
from ops0.core.values.store import load_value, save_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, Mapping, Optional

_CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")


class RemoteShelf:
    """``save`` and ``load`` by place, below a URL as ``s3://bucket/folder``. Options go to fsspec's file system."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        self._shown = _CREDENTIALS.sub("", url)
        with self._told():
            from fsspec.core import url_to_fs  # noqa: PLC0415 - only who names a URL needs it

            # What another process has saved since must be seen.
            self._fs, root = url_to_fs(url, use_listings_cache=False, **options)
        self._root = root.rstrip("/")

    def save(self, place: str, data: Any) -> None:
        """Store a value, in place of the one before. Raises ValueFault, StorageFault."""
        home, version = f"{self._root}/{place}", new_version()
        with _scratch() as folder:
            value = save_value(data, folder)
            write_manifest(folder, {"v": 1, "version": version, "value": value})
            names = [*names_in(value)[0], MANIFEST_NAME]
            try:
                with self._told():
                    for name in names:
                        self._fs.put_file(os.path.join(folder, name), f"{home}/{version}/{name}")
                before = self._manifest_bytes(home)
                with self._told(), open(os.path.join(folder, MANIFEST_NAME), "rb") as file:
                    self._fs.pipe_file(f"{home}/{MANIFEST_NAME}", file.read())
            except BaseException:
                self._remove(f"{home}/{version}")
                raise
        self._remove_replaced(home, before, place)

    def load(self, place: str) -> Any:
        """Give the value that was saved last.

        raises: KeyError where there is none, InputFault where it is torn, StorageFault where the store does not answer
        """
        home = f"{self._root}/{place}"
        data, before = self._manifest_bytes(home), None
        # Another save may just take the place of the one that is read: then the newer one counts.
        while data is not None and data != before:
            try:
                return self._load(home, _parsed(data, place), place)
            except InputFault as fault:
                torn = fault
            data, before = self._manifest_bytes(home), data
        if data is None:
            raise KeyError(place)
        raise torn

    def _load(self, home: str, manifest: Mapping[str, Any], place: str) -> Any:
        """Bring the files here and load them. What is mapped or open outlives its folder; a path needs it."""
        version, value = version_of(manifest, place), manifest.get("value")
        files, folders = names_in(value)
        with _scratch() as folder:
            for name in folders:
                os.makedirs(os.path.join(folder, name), exist_ok=True)
            for name in files:
                local = os.path.join(folder, name)
                os.makedirs(os.path.dirname(local), exist_ok=True)
                try:
                    with self._told(missing=True):
                        self._fs.get_file(f"{home}/{version}/{name}", local)
                except FileNotFoundError:
                    raise InputFault(f"{name}: is gone", "save it again", name) from None
            kept = self._kept_folder(folder) if _holds_path(value) else folder
            return load_value(value, kept)

    def _kept_folder(self, folder: str) -> str:
        """Move files to where they stay as long as this object, at most as long as the process."""
        import tempfile  # noqa: PLC0415 - costs a start that needs it not
        import weakref  # noqa: PLC0415

        kept = os.path.join(tempfile.mkdtemp(prefix="ops0-"), "value")
        weakref.finalize(self, shutil.rmtree, os.path.dirname(kept), ignore_errors=True)
        os.rename(folder, kept)
        return kept

    def _manifest_bytes(self, home: str) -> Optional[bytes]:
        try:
            with self._told(missing=True):
                data = self._fs.cat_file(f"{home}/{MANIFEST_NAME}")
        except FileNotFoundError:
            return None
        return bytes(data)

    def _remove_replaced(self, home: str, before: Optional[bytes], place: str) -> None:
        """Remove the version that this save replaced, and no other: others may be saves that are still at work."""
        with suppress(InputFault):
            if before is not None:
                self._remove(f"{home}/{version_of(_parsed(before, place), place)}")

    def _remove(self, path: str) -> None:
        # What is left over costs room and is never read: no reason to call a save that stands a failure.
        with suppress(Exception):
            self._fs.rm(path, recursive=True)

    @contextmanager
    def _told(self, *, missing: bool = False) -> Iterator[None]:
        """Tell faults of the store by the URL. ``missing``: FileNotFoundError passes."""
        try:
            yield
        except ImportError as fault:
            hint = 'install it, and in a step say @ops0.requires("fsspec", ...)'
            raise StorageFault(f"{self._shown}: {fault}", hint) from fault
        except Exception as fault:
            if missing and isinstance(fault, FileNotFoundError):
                raise
            raise StorageFault(f"{self._shown}: {type(fault).__name__}: {fault}") from fault


@contextmanager
def _scratch() -> Iterator[str]:
    import tempfile  # noqa: PLC0415 - costs a start that needs it not

    folder = tempfile.mkdtemp(prefix="ops0-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parsed(data: bytes, place: str) -> Dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("v") != 1:
        raise InputFault(f"{place}: not a manifest of version 1", "save it again")
    return found


def _holds_path(value: Any) -> bool:
    return value.get("format") in ("file", "folder") or any(
        _holds_path(item) for item in value.get("items") or []
    )
