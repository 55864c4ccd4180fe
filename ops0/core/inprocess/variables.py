"""Environment variables for a block. Host only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

__all__ = ["variables_set"]


@contextmanager
def variables_set(values: Mapping[str, str | None]) -> Iterator[None]:
    """A block in which these are set, or with None are not there; what was there before comes back behind it."""
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
