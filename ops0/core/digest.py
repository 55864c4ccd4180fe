"""Digests of values: same value, same digest, on every machine."""

from __future__ import annotations

import hashlib
import json
from typing import IO, Any

_BLOCK = 1 << 20


def sha256(data: bytes) -> str:
    """Hex sha256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def stream_sha256(stream: IO[bytes]) -> str:
    """Hex sha256 of what a stream still gives, in constant memory."""
    state = hashlib.sha256()
    while block := stream.read(_BLOCK):
        state.update(block)
    return state.hexdigest()


def digest_of(value: Any) -> str:
    """Hex sha256 over the canonical JSON of a value (dicts, lists, tuples, strings, numbers, None).

    raises: TypeError for anything else, so that no ``repr`` with an address ever becomes part of a key
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return sha256(text.encode())
