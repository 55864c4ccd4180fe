"""Classes and functions of the user's own modules inside pickles. Runs in images: Python 3.8.

Each step's image holds only the part of a module that its step reaches. So an object of a local class is stored
with the class: the consumer takes its own class of that name if it has one (``isinstance`` holds), else the stored
one. What has no importable name at all (lambdas, nested functions) is always stored itself.
"""

from __future__ import annotations

import os
import sys
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Sequence, Tuple

_restored: Dict[Tuple[str, str, bytes], Any] = {}


class Locals:
    """Which modules are the user's: those under ``roots``, and ``__main__``."""

    def __init__(self, roots: Sequence[str] = ()) -> None:
        self._roots = tuple(os.path.join(os.path.abspath(root), "") for root in roots)
        self._known: Dict[str, bool] = {"__main__": True}

    def has(self, module: object) -> bool:
        """Whether a module of that name is the user's."""
        if not isinstance(module, str):
            return False
        if module not in self._known:
            self._known[module] = self._is_under(module)
        return self._known[module]

    def _is_under(self, module: str) -> bool:
        path = getattr(sys.modules.get(module), "__file__", None)
        if not isinstance(path, str) or "site-packages" in path or "dist-packages" in path:
            return False
        return os.path.abspath(path).startswith(self._roots) if self._roots else False

    def modules(self) -> Sequence[Any]:
        """Give the user's loaded modules."""
        return [module for name, module in list(sys.modules.items()) if self.has(name)]


def reduce_local(given: Any, local: Locals) -> Any:
    """Give the pickle recipe of a local class or function, NotImplemented for all else."""
    if not isinstance(given, (type, FunctionType)):
        return NotImplemented
    module, name = getattr(given, "__module__", None), given.__qualname__
    nameless = "<" in name
    if not nameless and not local.has(module):
        return NotImplemented
    return restore, (module, name, by_value(given, local), sys.version_info[:2])


def by_value(given: Any, local: Locals) -> bytes:
    """Pickle a class or function itself. Gives b"" where that fails and its name has to do."""
    import io  # noqa: PLC0415 - loaded already by pickle

    import cloudpickle  # noqa: PLC0415 - few values need it

    registered, file = [], io.BytesIO()
    try:
        for module in local.modules():
            if module.__name__ not in cloudpickle.list_registry_pickle_by_value():
                cloudpickle.register_pickle_by_value(module)
                registered.append(module)
        strict_cloudpickler(file).dump(given)
        return file.getvalue()
    except Exception:
        if "<" in given.__qualname__:
            raise
        return b""
    finally:
        for module in registered:
            cloudpickle.unregister_pickle_by_value(module)


def strict_cloudpickler(file: Any, buffer_callback: Any = None, recipe: Any = None) -> Any:
    """Make a cloudpickle pickler that refuses open files: by itself it would store what is in them instead.

    recipe: asked first for each object; gives NotImplemented for one of which it knows nothing
    """
    import io  # noqa: PLC0415
    from collections import ChainMap  # noqa: PLC0415

    import cloudpickle  # noqa: PLC0415

    table = ChainMap({io.TextIOWrapper: _refuse_file}, cloudpickle.CloudPickler.dispatch_table)

    class Strict(cloudpickle.CloudPickler):  # type: ignore[misc]
        dispatch_table = table

        def reducer_override(self, given: Any) -> Any:
            own = NotImplemented if recipe is None else recipe(given)
            return super().reducer_override(given) if own is NotImplemented else own

    return Strict(file, protocol=5, buffer_callback=buffer_callback)


def _refuse_file(_: Any) -> Any:
    raise TypeError("an open file cannot be pickled")


def restore(module: str, name: str, stored: bytes, version: Tuple[int, int]) -> Any:
    """Undo ``reduce_local``: the consumer's own object of that name, else the stored one.

    version: of the Python that stored it; another one cannot read its bytecode
    raises: ImportError where there is neither
    """
    if "<" not in name and module != "__main__":
        found = _importable(module, name)
        if found is not None:
            return found
    if not stored:
        raise ImportError(f"{module}.{name} is not in this step's image and could not be stored")
    if version != sys.version_info[:2]:
        written = ".".join(str(part) for part in version)
        raise ImportError(
            f"{module}.{name} is not in this step's image and was stored by Python {written}: "
            "give both steps one Python, or name the class in this step"
        )
    key = (module, name, stored)
    if key not in _restored:
        import pickle  # noqa: PLC0415 - loaded already by whoever calls this

        _restored[key] = pickle.loads(stored)  # noqa: S301 - written by another step of the same run
    return _restored[key]


def _importable(module: str, name: str) -> Any:
    try:
        __import__(module)
        found: Any = sys.modules[module]
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, KeyError):
        return None
    return found
