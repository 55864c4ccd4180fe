"""Content keys: one hash over all that decides an image's bytes. Equal keys: nothing to build.

Code counts by its syntax tree, without positions: an edit of a comment, or of another step's lines above, leaves
the key as it is. A traceback then tells lines of the text that was built, and the host finds them again in
the current one: ops0/runtime/engines/current_lines.py.
"""

from __future__ import annotations

from ops0.core.digest import digest_of
from ops0.core.pipeline import Step
from ops0.core.plan import BaseImage, Layer
from ops0.core.tree_digest import tree_digest

IMAGE_FORMAT = 4
"""Raised when the same plan gives other images: entry point, labels, folders."""
TITLES = "ops0.layers"
"""The label that names an image's layers on its base, from the lowest up: a JSON list."""


def content_key(
    *,
    pipeline: str,
    step: Step,
    base: BaseImage,
    lock: str,
    layers: tuple[Layer, ...],
    data: tuple[tuple[str, str], ...],
    imports: tuple[str, ...],
) -> str:
    """64 hex digits. ``lock`` is the step lock's digest, ``data`` pairs of path and sha256."""
    return digest_of(
        {
            "format": IMAGE_FORMAT,
            "pipeline": pipeline,
            "step": [step.name, step.module, step.function, list(step.roots)],
            "base": base.digest,
            "lock": lock,
            "layers": [layer.key for layer in layers],
            "code": [[slice_.path, tree_digest(slice_.text)] for slice_ in step.slices],
            "data": [list(pair) for pair in data],
            "imports": list(imports),
        }
    )
