"""Keras models with classes of one's own as ``.keras`` files instead of pickles. Runs in images: Python 3.8.

Models of Keras' own layers need nothing of this: they cross edges as ``.keras``. One with a layer, loss or metric of
one's own is pickled, unless somebody says which classes it may be made of::

    register_serializer(keras.Model, ModelSerializer(Attention))

source: https://keras.io/guides/serialization_and_saving/
"""

from __future__ import annotations

import os
import tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

__all__ = ["ModelSerializer"]


class ModelSerializer:
    """A serializer for ``register_serializer``, of built Keras models.

    classes: the user's own that a model may hold, each with ``get_config`` as Keras asks; lambdas are never loaded
    """

    def __init__(self, *classes: type) -> None:
        for one in classes:
            if not isinstance(one, type):
                raise TypeError(f"ModelSerializer: {one!r} is no class")
        self.classes: Dict[str, type] = {one.__name__: one for one in classes}

    def serialize(self, model: Any) -> bytes:
        """Give the bytes of a ``.keras`` file. Raises what Keras raises."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.keras")
            model.save(path)
            with open(path, "rb") as file:
                return file.read()

    def deserialize(self, data: bytes) -> Any:
        """Give the model, compiled as it was. Raises ImportError, and what Keras raises for a class it is not told."""
        import keras  # noqa: PLC0415 - only where a step has it

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.keras")
            with open(path, "wb") as file:
                file.write(data)
            return keras.saving.load_model(path, custom_objects=self.classes, safe_mode=True)
