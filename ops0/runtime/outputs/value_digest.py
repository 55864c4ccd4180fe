"""What one value is, in one digest: two of equal content have the same, whichever run made them."""

from __future__ import annotations

from typing import Any

from ops0.core.digest import digest_of
from ops0.runtime.outputs.manifest import Value


def value_digest(value: Value) -> str:
    """The digest of one value. What a preview says does not count."""
    return f"sha256:{digest_of(_digested(value))}"


def _digested(value: Value) -> list[Any]:
    files = [[one.name, one.size, one.sha256] for one in value.files]
    items, bare = [_digested(one) for one in value.items or ()], value.bare_folders()
    return [value.format, value.type, files, items, *([list(bare)] if bare else [])]
