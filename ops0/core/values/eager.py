"""tensorflow's eager tensors as npy files. Runs in images: Python 3.8; only where tensorflow is loaded."""

from __future__ import annotations

import sys

from ops0.core.values import arrays

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional


def is_eager_tensor(value: Any) -> bool:
    """Whether it is a tensor of tensorflow with a value, not a variable and not a symbol."""
    tensorflow = sys.modules.get("tensorflow")
    return (
        tensorflow is not None
        and type(value).__name__ == "EagerTensor"
        and isinstance(value, getattr(tensorflow, "Tensor", ()))
    )


def save_eager_tensor(value: Any, folder: str, name: str) -> Optional[List[Dict[str, Any]]]:
    """Write ``<name>.npy``; gives the file entries, None where numpy has no such type, as for texts and bfloat16."""
    array = value.numpy()
    if not hasattr(array, "dtype") or not hasattr(array, "reshape"):
        return None  # a scalar of texts is bytes
    array = sys.modules["numpy"].asarray(array)
    return arrays.save_array(array, folder, name) if arrays.is_array(array) else None


def load_eager_tensor(folder: str, entry: Any) -> Any:
    """Give the tensor; its memory is the mapped file where tensorflow takes it. Raises InputFault, ImportError."""
    import tensorflow as tf  # noqa: PLC0415 - only steps that have it get its tensors

    return tf.convert_to_tensor(arrays.load_array(folder, entry))
