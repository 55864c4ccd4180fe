"""Values as JSON: what ``--json`` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import PurePath
from typing import Any

from ops0.core.pipeline import Where


def as_json(value: Any) -> Any:
    """A frozen value as plain JSON: dataclasses become objects by field name, a Where its ``path:line``.

    raises: TypeError for what has no JSON form
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Where | PurePath):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def json_text(value: Any) -> str:
    """Two-space indented JSON with a fixed order of keys as given."""
    return json.dumps(as_json(value), indent=2, ensure_ascii=False)
