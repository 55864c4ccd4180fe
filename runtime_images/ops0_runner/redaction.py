"""Redacting secrets in text, also as programs commonly encode them. Python 3.8, standard library only."""

from __future__ import annotations

import base64
import json
import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Mapping, Optional, Set

_HIDDEN = "***"
SHORTEST = 4
"""Characters. A shorter secret is not hidden: it would tear holes into every text and be guessed from them."""
_SCANNED = 8
_CHUNK = 1 << 20


class Redactor:
    """Replaces every known form of some secrets by three stars."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        found = {form for value in secrets.values() for form in _forms_of(value)}
        ordered = sorted(found, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        self.longest = len(ordered[0]) if ordered else 0

    def text(self, text: str) -> str:
        """Give the text without them."""
        return text if self._pattern is None else self._pattern.sub(_HIDDEN, text)

    def value(self, value: Dict[str, Any]) -> Dict[str, Any]:
        """Give a VALUE (see protocol.py) with none of them in its previews."""
        items = value.get("items")
        hidden = {
            **value,
            "preview": self.text(value["preview"]),
            "items": None if items is None else [self.value(item) for item in items],
        }
        for told in ("show", "about"):
            if told in value:
                hidden[told] = self.shown(value[told])
        return hidden

    def shown(self, part: Any) -> Any:
        """Give a SHOW, or what is told about a value, with none of them in its texts."""
        if isinstance(part, str):
            return self.text(part)
        if isinstance(part, list):
            return [self.shown(one) for one in part]
        if isinstance(part, dict):
            return {key: self.shown(one) for key, one in part.items()}
        return part


def _forms_of(secret: str) -> Set[str]:
    """List how a secret may stand in a text: plain, each of its lines, in JSON, in repr, in a URL, hex, in base64."""
    from urllib.parse import quote, quote_plus  # noqa: PLC0415 - only where there are secrets

    found: List[str] = []
    for part in {secret, *secret.splitlines()}:
        plain = part.strip()
        if len(plain) < SHORTEST:
            continue
        data = plain.encode("utf-8", "surrogateescape")
        found += [
            plain,
            json.dumps(plain)[1:-1],
            json.dumps(plain, ensure_ascii=False)[1:-1],
            repr(plain)[1:-1],
            quote(data, safe=""),
            quote(data),
            quote_plus(data),
            data.hex(),
            data.hex().upper(),
            *_base64_forms(data),
        ]
    return set(found)


def _base64_forms(data: bytes) -> Iterator[str]:
    """Give what base64 makes of it wherever it begins in the coded bytes, as behind ``user:``."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + data)
        first = (before * 8 + 5) // 6  # characters that depend on what stands before
        last = (before + len(data)) * 8 // 6  # and behind the last whole one, on what follows
        form = coded[first:last].decode()
        if len(form) >= SHORTEST:
            yield form
            yield form.replace("+", "-").replace("/", "_")


def _stored_forms(secret: str) -> Set[bytes]:
    """List how a stored value has a text: as it is, or with its quotes and ends of lines as JSON spells them."""
    plain = secret.strip()
    texts = {plain, json.dumps(plain)[1:-1], json.dumps(plain, ensure_ascii=False)[1:-1]}
    coded = {text.encode("utf-8", "surrogateescape") for text in texts}
    return {data for data in coded if len(data) >= _SCANNED}


def secret_in_files(folder: str, secrets: Mapping[str, str]) -> Optional[str]:
    """Name a secret that stands as it is, or as JSON has it, in a file below the folder.

    Secrets under 8 bytes are not looked for.
    """
    wanted = [(data, name) for name, value in secrets.items() for data in _stored_forms(value)]
    if not wanted:
        return None
    overlap = max(len(data) for data, _ in wanted) - 1
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                rest = b""
                for chunk in iter(lambda: file.read(_CHUNK), b""):
                    rest += chunk
                    for data, variable in wanted:
                        if data in rest:
                            return variable
                    rest = rest[-overlap:]
    return None
