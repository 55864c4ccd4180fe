"""What a registry asks for with ``WWW-Authenticate``. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 9110's word for a word
_PARAMETER = re.compile(rf'\s*({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))\s*', re.ASCII)
_SCHEME = re.compile(rf"\s*({_TOKEN})(?:\s+|\s*$|(?=\s*,))", re.ASCII)
_COMMAS = re.compile(r"[\s,]*")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Challenge:
    """One way to authenticate. ``scheme`` and the names of parameters are in lower case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def parse_challenges(header: str) -> tuple[Challenge, ...]:
    """All challenges of a header, in its order; what cannot be read ends the list.

    source: RFC 9110, section 11.6.1
    """
    found: list[Challenge] = []
    at = 0
    while at < len(header):
        scheme = _SCHEME.match(header, at)
        if scheme is None:
            break
        at, parameters = _parameters(header, scheme.end())
        found.append(Challenge(scheme=scheme[1].lower(), parameters=parameters))
        comma = _COMMAS.match(header, at)
        end = comma.end() if comma else at
        if end == at and at < len(header):
            break
        at = end
    return tuple(found)


def _parameters(header: str, at: int) -> tuple[int, Mapping[str, str]]:
    parameters: dict[str, str] = {}
    while found := _PARAMETER.match(header, at):
        name, quoted, plain = found.groups()
        value = plain if quoted is None else _ESCAPED.sub(r"\1", quoted)
        parameters.setdefault(name.lower(), value)
        at = found.end()
        following = _PARAMETER.match(header, at + 1) if header[at : at + 1] == "," else None
        if following is None:
            break
        at += 1
    return at, parameters
