"""Builtins that ``from x import *`` is known to replace."""

from __future__ import annotations

__all__ = ["STAR_BUILTINS"]

_NUMPY = frozenset({"abs", "all", "any", "bool", "max", "min", "pow", "round", "sum"})

STAR_BUILTINS = {
    "math": frozenset({"pow"}),
    "matplotlib.pylab": _NUMPY,
    "numpy": _NUMPY,
    "os": frozenset({"open"}),
    "pylab": _NUMPY,
    "pyspark.sql.functions": frozenset(
        {"abs", "bin", "filter", "hash", "hex", "max", "min", "pow", "round", "slice", "sum"}
    ),
}
"""Module to names, from the documents of each. A read of such a name keeps the star import."""
