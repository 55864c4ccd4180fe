"""Which of pip's indexes is asked first. pip has no order of its own, and the highest version anywhere wins.

A name that a private index has must not be taken over by a stranger's package of the same name. So the index that
is evidently private comes first, the public default last, and uv exhausts the first that has a name. Pure but for
reading the names of hosts in netrc.
"""

from __future__ import annotations

import netrc
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import urlsplit

_DEFAULT = re.compile(r"\(default\s+(https?://[^\s)]+)\)")


def private_first(
    index: str | None, extra: tuple[str, ...], *, public: str = "", signed: Collection[str] = ()
) -> tuple[str, ...]:
    """The indexes in the order in which they are asked, each once; equal evidence leaves extra ones first.

    public: the host of pip's own default index, "" where unknown;  signed: hosts that netrc has a login for
    """
    places = tuple(dict.fromkeys([*extra, *([index] if index else [])]))
    return tuple(sorted(places, key=lambda place: _publicity(place, public, signed)))


def is_guess(
    index: str | None, extra: tuple[str, ...], *, public: str = "", signed: Collection[str] = ()
) -> bool:
    """Whether nothing tells the main index from an extra one, so that their order is not sure to be safe."""
    if index is None:
        return False
    main = _publicity(index, public, signed)
    return any(one != index and _publicity(one, public, signed) == main for one in extra)


def default_host(pip_help: str) -> str:
    """The host of pip's own default index, from the text of ``pip download --help``; "" where it does not say."""
    found = _DEFAULT.search(pip_help)
    return urlsplit(found[1]).hostname or "" if found else ""


def signed_hosts(environment: Mapping[str, str], home: Path) -> frozenset[str]:
    """The hosts that the user's netrc has a login for; () where there is none, or none that can be read."""
    named = environment.get("NETRC")
    try:
        return frozenset(netrc.netrc(named or str(home / ".netrc")).hosts) - {"default"}
    except (OSError, ValueError, netrc.NetrcParseError):
        return frozenset()


def _publicity(place: str, public: str, signed: Collection[str]) -> int:
    """0: this machine's, or with a login;  1: nobody knows;  2: the public default."""
    parts = urlsplit(place)
    if "://" not in place or parts.scheme == "file" or "@" in parts.netloc:
        return 0
    if parts.hostname in signed:
        return 0
    return 2 if parts.hostname == public else 1
