"""Content keys: one hash over all that decides an image's bytes. Equal keys: nothing to build.

Code counts by its syntax tree, without positions: an edit of a comment, or of another step's lines above, leaves
the key as it is. A traceback then tells lines of the text that was built, and the host finds them again in
the current one: ops0/runtime/current_lines.py.
"""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from typing import Any

from ops0.core.digest import digest_of, sha256
from ops0.core.pipeline import Step
from ops0.core.plan import BaseImage, Layer

IMAGE_FORMAT = 2
"""Raised when the same plan gives other images: entry point, labels, folders."""


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


@lru_cache(maxsize=4096)
def tree_digest(text: str) -> str:
    """Hex digest of a module's syntax tree without positions; of the text itself where it is no Python we read.

    Fields that are empty do not count, for newer Pythons add such fields to old nodes; and the pieces of an f-string
    are joined, for each Python cuts them elsewhere.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # the user's odd escapes are not this function's subject
            plain = repr(_plain(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return sha256(b"text:" + text.encode("utf-8", "surrogatepass"))
    return sha256(plain.encode("utf-8", "surrogatepass"))


def _plain(node: Any) -> Any:
    if isinstance(node, ast.AST):
        fields = [
            (name, _plain(_joined(value) if isinstance(node, ast.JoinedStr) else value))
            for name, value in ast.iter_fields(node)
            if value is not None and value != [] and not _is_empty_format(value)
        ]
        # None is a value of a constant, not an empty field.
        if isinstance(node, ast.Constant) and node.value is None:
            fields.append(("value", None))
        return (type(node).__name__, fields)
    if isinstance(node, list):
        return [_plain(one) for one in node]
    return (type(node).__name__, node)


def _joined(values: list[ast.expr]) -> list[ast.expr]:
    """The values of an f-string with neighbouring texts as one, and none that is empty."""
    made: list[ast.expr] = []
    for one in values:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            last = made[-1] if made else None
            before = made.pop() and last.value if isinstance(last, ast.Constant) else ""
            if text := str(before) + one.value:
                made.append(ast.Constant(text))
        else:
            made.append(one)
    return made


def _is_empty_format(node: Any) -> bool:
    """``f"{x:}"``."""
    return isinstance(node, ast.JoinedStr) and not _joined(node.values)
