"""Values of libraries and paths, each in the format that fits it. Runs in images: Python 3.8; no library is loaded."""

from __future__ import annotations

from ops0.core.values import arrays, eager, frames, models, paths, polars_frames, tensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional


def write(value: Any, folder: str, name: str) -> Optional[Dict[str, Any]]:
    """Write a value; gives format and files, None where no format but a pickle takes it. Raises ValueFault."""
    if paths.is_path(value):
        return paths.save_path(value, folder, name)
    for form, fits, save in _FORMATS:
        if fits(value):
            files = save(value, folder, name)
            if files is not None:
                return {"format": form, "files": files}
    return None


_FORMATS: Any = (
    ("npy", arrays.is_array, arrays.save_array),
    ("arrow", arrays.is_table, arrays.save_table),
    ("frame", frames.is_frame, frames.save_frame),
    ("polars", polars_frames.is_polars_frame, polars_frames.save_polars_frame),
    ("safetensors", tensors.is_tensors, tensors.save_tensors),
    ("tensorflow", eager.is_eager_tensor, eager.save_eager_tensor),
    ("keras", models.is_keras_model, models.save_keras_model),
    ("skops", models.is_estimator, models.save_skops),
)
"""Format, whether it may take a value, and what writes it: gives None where it does not take it after all."""
