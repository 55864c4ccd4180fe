"""What a registry answers, read with care: it may be a proxy's page, or lie. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from ops0_builder.registry.errors import RegistryRefused
from ops0_builder.registry.reference import is_loopback

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_PAGE_HINT = (
    "see that this is the registry's address; a proxy or a login page may stand in its place"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A whole answer. ``headers`` in lower case;  ``url``: where it came from, for relative ``Location`` headers."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def json(self) -> Any:
        """Its body. Raises ValueError, also where it is nested deeper than anything that a registry says."""
        return read_json(self.body)

    @property
    def is_page(self) -> bool:
        """Whether it is meant to be looked at, as that of a proxy or a login."""
        html = "html" in self.headers.get("content-type", "")
        return html and self.body.lstrip()[:1] == b"<"


def read_json(data: bytes) -> Any:
    """What a registry has of a document. Raises ValueError, also where it is nested too deep."""
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def refusal(host: str, request: str, answer: Answer) -> RegistryRefused:
    """An answer that is none, with the registry's own words."""
    hint = _PAGE_HINT if answer.is_page else None
    return RegistryRefused(host, request, answer.status, said(answer), hint)


def said(answer: Answer) -> str:
    """The registry's own words. source: https://github.com/opencontainers/distribution-spec, "Error Codes"."""
    try:
        errors = answer.json()["errors"]
        words = "; ".join(
            f"{one.get('code', '')} {one.get('message', '')}".strip() for one in errors
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        words = answer.body.decode("utf-8", "replace")
        if answer.is_page:
            title = _TITLE.search(words)
            words = "a web page" + (f", {title[1].strip()!r}" if title else "")
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:300]


def place_of(host: str, request: str, answer: Answer) -> str:
    """Where ``Location`` sends us, as a whole URL.

    Plain HTTP is spoken from this machine to itself alone: a registry elsewhere names nothing here either.

    raises: RegistryRefused
    """
    told = answer.headers.get("location", "")
    try:
        url = urljoin(answer.url, told)
        parts = urlsplit(url)
        _ = parts.port  # what is no number is found out by asking
    except ValueError:
        url, parts = "", urlsplit("")
    here = is_loopback(host) and is_loopback(parts.netloc)
    if told and parts.netloc and (parts.scheme == "https" or (parts.scheme == "http" and here)):
        return url
    if not told:
        fact = "it names no place to go on (no Location)"
    elif parts.scheme == "http":
        fact = f"it redirects to plain HTTP: {_short(told)}"
    else:
        fact = f"it names a place that cannot be used: {_short(told)}"
    raise RegistryRefused(host, request, answer.status, fact)


def _short(text: str) -> str:
    """Where to, without what may be a key to it."""
    return repr(text.partition("?")[0][:100])
