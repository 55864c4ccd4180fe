"""Paths inside of objects: the files go along with the pickle that names them. Runs in images: Python 3.8.

Each file or folder that a pickle names is stored as a path by itself is (``paths.py``): as an item of the pickle's
VALUE. In the pickle stands its number. A path that leads nowhere is a name, and stays one.
"""

from __future__ import annotations

import os
import pickle
import sys

from ops0.core.values.faults import InputFault, ValueFault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

_MOST = 50_000
_HINT = "to hand on a name, put str(path) into the result"


class Luggage:
    """Takes the files that pickles of one value name. ``items``: their VALUEs, in the order of their numbers."""

    def __init__(self, folder: str, name: str) -> None:
        self._folder, self._name = folder, name
        self._numbers: Dict[str, int] = {}
        self.items: List[Dict[str, Any]] = []

    def recipe(self, given: Any) -> Any:
        """Give the pickle recipe of a path with something there, NotImplemented for all else. Raises ValueFault."""
        pathlib = sys.modules.get("pathlib")  # without it there are no paths
        if pathlib is None or not isinstance(given, pathlib.Path):
            return NotImplemented
        path = os.path.abspath(str(given))
        if os.path.isdir(path):
            _check_folder(path)
        elif not os.path.isfile(path):
            return NotImplemented
        if path not in self._numbers:
            self._take(path)
        return carried, (self._numbers[path], type(given))

    def _take(self, path: str) -> None:
        from ops0.core.values.paths import save_path  # noqa: PLC0415 - few objects hold paths
        from ops0.core.values.preview import preview, type_name  # noqa: PLC0415

        if len(self.items) >= _MOST:
            raise ValueFault(f"result: it names more than {_MOST} files", _HINT)
        named = sys.modules["pathlib"].Path(path)
        try:
            saved = save_path(named, self._folder, f"{self._name}.paths/{len(self.items)}")
        except ValueFault as fault:
            raise ValueFault(
                fault.message, f"{fault.hint}; {_HINT}" if fault.hint else _HINT
            ) from None
        head = {"type": type_name(named), "preview": preview(named), "items": None}
        size = sum(entry["size"] for entry in saved["files"])
        self._numbers[path] = len(self.items)
        self.items.append({**saved, **head, "size": size})


def carried(number: int, kind: Any) -> Any:  # noqa: ARG001 - what a pickle calls it with
    """Stand for a path in a pickle; ``unpickled`` puts the path in its place."""
    raise InputFault(f"the path {number} of a value went astray", "run again")


def unpickled(data: Any, folder: str, items: Any, buffers: Any = None) -> Any:
    """Load a pickle, with the paths that it names in ``folder``. Raises InputFault, whatever unpickling raises."""
    if not items:
        return pickle.loads(data, buffers=buffers)  # noqa: S301 - by a step of the same run, checked
    import io  # noqa: PLC0415 - loaded already by pickle

    return _Unpickler(io.BytesIO(data), folder, items, buffers).load()


class _Unpickler(pickle.Unpickler):
    """An unpickler that knows where the files are."""

    def __init__(self, file: Any, folder: str, items: Any, buffers: Any) -> None:
        super().__init__(file, buffers=buffers)
        self._folder, self._items = folder, items

    def find_class(self, module: str, name: str, /) -> Any:
        """See pickle.Unpickler."""
        if (module, name) == (__name__, carried.__name__):
            return self._path
        return super().find_class(module, name)

    def _path(self, number: int, kind: Any) -> Any:
        from ops0.core.values.paths import load_path  # noqa: PLC0415

        item = self._items[number] if 0 <= number < len(self._items) else None
        if not isinstance(item, dict) or item.get("format") not in ("file", "folder"):
            raise InputFault(
                f"the manifest names no path {number}",
                "the producer's manifest is broken: run again",
            )
        path = load_path(item, self._folder)
        return path if type(path) is kind else kind(path)


def _check_folder(path: str) -> None:
    """Refuse the folder in which the step runs, and those above it: no step means to hand on all that is there."""
    here = _working_folder()
    if here is not None and os.path.join(here, "").startswith(
        os.path.join(os.path.realpath(path), "")
    ):
        raise ValueFault(
            f"result: it names {path!r}, the folder in which the step runs or one above it: "
            "what a path names is handed on with it",
            _HINT,
        )


def _working_folder() -> Optional[str]:
    try:
        return os.path.realpath(os.getcwd())
    except OSError:  # it was removed
        return None
