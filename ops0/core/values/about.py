"""What is told of a value beside its type: library, rows, columns, shape. Runs in images: Python 3.8.

It goes into the manifest for people and tools. No library is loaded for it.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

_MOST = 100
_LONGEST = 100


def about(value: Any) -> Dict[str, Any]:
    """Describe a value of a library; ``{}`` for all else. A broken property of it is no error.

    keys: ``library`` (``pandas 3.1.1``); of frames ``rows``, ``columns`` (name and type of the first 100) and
          ``more_columns`` where there are more; of arrays and tensors ``shape`` and ``dtype``; of dicts of
          tensors ``tensors`` and ``numbers``, how many; of estimators ``parameters``
    """
    try:
        library = _library(value)
        return {**({"library": library} if library else {}), **_shape(value), **_parts(value)}
    except Exception:  # noqa: BLE001 - the value's own properties may raise anything
        return {}


def _library(value: Any) -> str:
    root = type(value).__module__.partition(".")[0]
    number = getattr(sys.modules.get(root), "__version__", None)
    return f"{root} {number}"[:_LONGEST] if isinstance(number, str) else ""


def _shape(value: Any) -> Dict[str, Any]:
    shape = getattr(value, "shape", None)
    if isinstance(value, type) or not isinstance(shape, tuple):
        return {}
    names = getattr(value, "column_names", None)
    names = getattr(value, "columns", None) if names is None else names
    if names is None or len(shape) != 2:
        dtype = getattr(value, "dtype", None)
        told: Dict[str, Any] = {"shape": [int(size) for size in shape]}
        return told if dtype is None else {**told, "dtype": str(dtype)[:_LONGEST]}
    told = {
        "rows": int(shape[0]),
        "columns": _columns(value, list(names) if hasattr(value, "dtypes") else names),
    }
    return {**told, "more_columns": int(shape[1]) - _MOST} if shape[1] > _MOST else told


def _columns(value: Any, names: Any) -> List[List[str]]:
    dtypes = getattr(value, "dtypes", None)
    if dtypes is None:  # an Arrow table
        dtypes = value.schema.types
    pairs = zip(list(names)[:_MOST], list(dtypes)[:_MOST])
    return [[str(name)[:_LONGEST], str(dtype)[:_LONGEST]] for name, dtype in pairs]


def _parts(value: Any) -> Dict[str, Any]:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, dict) and value:
        if all(isinstance(one, torch.Tensor) for one in value.values()):
            return {
                "tensors": len(value),
                "numbers": sum(int(one.numel()) for one in value.values()),
            }
        return {}
    base = sys.modules.get("sklearn.base")
    if base is not None and isinstance(value, base.BaseEstimator):
        given = sorted(value.get_params(deep=False).items())[:_MOST]
        return {"parameters": {name: repr(one)[:_LONGEST] for name, one in given}}
    return {}
