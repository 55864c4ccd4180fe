"""Where a distribution came from, as a lock says it: who is to be trusted, and nothing that is a secret. Pure.

That is scheme, host and port. What follows may hold a token (``https://host/TOKEN/org/simple``), which changes where
the index does not, and the same index has several paths. So all indexes of one host count as one.
"""

from __future__ import annotations

from ipaddress import ip_address
from posixpath import normpath
from urllib.parse import SplitResult, unquote, urlsplit

from ops0_builder.lock.pylock_reading import ORIGIN

LOCAL = "local"
"""What comes from a folder of this machine: its path is nobody else's matter."""
USUAL = "https://pypi.org/simple"
"""uv's default index. Source: https://docs.astral.sh/uv/reference/settings/#index-url"""
_PORTS = {"http": 80, "https": 443}


def origin(address: str) -> str:
    """Scheme, host and port of an index or a page of links, in one spelling; LOCAL of a folder; "" of what is neither.

    >>> origin("https://me:secret@X.example:443/TOKEN/simple/"), origin("file:///home/me/wheels")
    ('https://x.example', 'local')
    """
    parts = _parts(address)
    if parts is None:
        return ""
    if parts.scheme not in _PORTS:
        return LOCAL
    port = parts.port if parts.port is not None else _PORTS[parts.scheme]
    shown = "" if port == _PORTS[parts.scheme] else f":{port}"
    found = f"{parts.scheme}://{_host(parts.hostname or '')}{shown}"
    return found if ORIGIN.match(found) else ""


def origin_unless_usual(address: str, usual: str | None) -> str:
    """Its origin; "" where it is the usual index, whose origin a lock does not say.

    usual: None where none is asked, as with ``no-index``: then folders and pages of links are the usual place
    """
    return "" if usual is None or _whole(address) == _whole(usual) else origin(address)


def _whole(address: str) -> str:
    """The whole address in one spelling, but for a login; of folders all are one."""
    start, parts = origin(address), _parts(address)
    if start in ("", LOCAL) or parts is None:
        return start
    return f"{start}{normpath(unquote(parts.path) or '/').rstrip('/')}"


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises ValueError where it is none
    except ValueError:
        return None
    return parts


def _host(name: str) -> str:
    """As uv writes it: small letters, of other alphabets their ASCII form, addresses in their shortest form."""
    if ":" in name:
        try:
            return f"[{ip_address(name).compressed}]"
        except ValueError:
            return ""
    plain = unquote(name).lower()
    try:
        return plain if plain.isascii() else plain.encode("idna").decode()
    except UnicodeError:
        return ""
