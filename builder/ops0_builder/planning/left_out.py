"""What is left out of a layer: folders of a wheel that no step reads when it runs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ops0.core.locked import LockedDistribution

__all__ = ["left_out"]

_HEADERS = ("tensorflow/include",)

_FOLDERS: Mapping[str, tuple[str, ...]] = {
    # For who compiles operations of their own: 13,000 of 15,600 files, and a fifth of the bytes.
    "tensorflow": _HEADERS,
    "tensorflow-cpu": _HEADERS,
    # Programs that test its own C++: an eighth of the CPU build's bytes.
    "torch": ("torch/test",),
}
"""Distribution -> folders below site-packages. Only what is large, and what somebody has looked at: else a wheel is
installed as it is. Tests in Python stay: libraries import from theirs (astropy does when it is imported)."""


def left_out(distributions: Iterable[LockedDistribution]) -> tuple[str, ...]:
    """The folders, below site-packages and in order, that a layer of these distributions goes without."""
    return tuple(sorted({folder for one in distributions for folder in _FOLDERS.get(one.name, ())}))
