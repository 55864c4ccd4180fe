"""What a runner tells about a value, as rows and columns, made fit for the host: nothing in it is believed."""

from __future__ import annotations

import json
from typing import Any

from ops0.core.pipeline import JsonValue
from ops0.runtime.outputs.text import fit_text

_MOST = 64 * 1024
_MAX_TEXT = 400


def parse_about(raw: object) -> dict[str, JsonValue] | None:
    """What is told of a value; None where it is none or too much, which fails no step."""
    try:
        if not isinstance(raw, dict) or len(json.dumps(raw)) > _MOST:
            return None
        fit: dict[str, JsonValue] = _fit(raw)
    except (ValueError, RecursionError):
        return None
    return fit


def _fit(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {fit_text(key, _MAX_TEXT): _fit(one) for key, one in raw.items()}
    if isinstance(raw, list):
        return [_fit(one) for one in raw]
    return fit_text(raw, _MAX_TEXT) if isinstance(raw, str) else raw
