"""Models in their libraries' own safe formats. Runs in images: Python 3.8; only where the libraries are loaded.

keras   Sequential and functional models of Keras' own layers as ``.keras``, loaded with ``safe_mode``
skops   estimators of scikit-learn as ``.skops``, where the package skops is among the step's needs and trusts every
        type that is in them
All other models are pickled, which is told: reading a pickle runs what is in it.
"""

from __future__ import annotations

import os
import sys
import tempfile

from ops0.core.values.files import checked_path, read_checked, write_file
from ops0.core.values.writer import FileWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional


def is_keras_model(value: Any) -> bool:
    """Whether it is a model whose class and layers are all Keras' own."""
    keras = sys.modules.get("keras")
    saving = getattr(keras, "saving", None)
    if saving is None or not isinstance(value, getattr(keras, "Model", ())):
        return False
    model: Any = value
    if type(value).__name__ not in ("Sequential", "Functional") or not model.built:
        return False
    parts = model._flatten_layers() if hasattr(model, "_flatten_layers") else [None]  # noqa: SLF001
    return all(type(part).__module__.startswith("keras.") for part in parts) and not any(
        type(part).__name__ == "Lambda" for part in parts
    )


def save_keras_model(value: Any, folder: str, name: str) -> List[Dict[str, Any]]:
    """Write ``<name>.keras``; gives the file entries."""
    with tempfile.TemporaryDirectory() as aside:
        path = os.path.join(aside, "model.keras")
        value.save(path)
        with open(path, "rb") as source, FileWriter(folder, f"{name}.keras") as file:
            file.copy(source)
    return [file.entry]


def load_keras_model(folder: str, entry: Any) -> Any:
    """Give the model. Raises InputFault, ImportError, ValueError, TypeError."""
    import keras  # noqa: PLC0415 - only steps that have it get its models

    return keras.saving.load_model(checked_path(folder, entry), safe_mode=True)


def is_estimator(value: Any) -> bool:
    """Whether it is an estimator of scikit-learn's kind."""
    base = sys.modules.get("sklearn.base")
    return base is not None and isinstance(value, base.BaseEstimator)


def save_skops(value: Any, folder: str, name: str) -> Optional[List[Dict[str, Any]]]:
    """Write ``<name>.skops``; gives the file entries, None where skops is not there or does not trust a type."""
    try:
        from skops import io  # noqa: PLC0415 - only where a step has it

        data: bytes = io.dumps(value)
        if io.get_untrusted_types(data=data):
            return None
    except Exception:  # noqa: BLE001 - whatever it does not take is pickled
        return None
    return [write_file(folder, f"{name}.skops", data)]


def load_skops(folder: str, entry: Any) -> Any:
    """Give the estimator. Raises InputFault, ImportError, ValueError, TypeError."""
    from skops import io  # noqa: PLC0415 - only steps that have it get such files

    return io.loads(read_checked(folder, entry), trusted=[])
