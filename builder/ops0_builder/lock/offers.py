"""The files that indexes offer for each pin, as uv lists them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import tomli

from ops0_builder.lock.errors import ResolverFailed


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One file. ``sha256`` and ``size`` are None where the index does not say them; ``url`` is never stored."""

    filename: str
    url: str = field(repr=False)
    sha256: str | None
    size: int | None

    @property
    def local_path(self) -> str | None:
        """Its path where it lies in a folder of this machine."""
        parts = urlsplit(self.url)
        if parts.scheme == "file":
            return unquote(parts.path)
        return self.url if not parts.scheme else None

    @property
    def bare_url(self) -> str:
        """Its URL without a login: pip has that of the index."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """All files of one distribution at one version."""

    name: str
    version: str
    wheels: tuple[Offer, ...]
    sdist: Offer | None


def read_offers(pylock: str) -> dict[str, Offers]:
    """Read what ``uv pip compile --format pylock.toml`` prints: name -> files.

    raises: ResolverFailed for anything else
    """
    try:
        document = tomli.loads(pylock)
        return {entry["name"]: _offers(entry) for entry in document.get("packages", [])}
    except (tomli.TOMLDecodeError, KeyError, TypeError) as fault:
        raise ResolverFailed("uv's list of files cannot be read", str(fault)) from None


def _offers(entry: Mapping[str, Any]) -> Offers:
    sdist = entry.get("sdist")
    return Offers(
        name=entry["name"],
        version=entry["version"],
        wheels=tuple(_offer(wheel) for wheel in entry.get("wheels", [])),
        sdist=_offer(sdist) if sdist is not None else None,
    )


def _offer(file: Mapping[str, Any]) -> Offer:
    url = file.get("url") or file["path"]
    sha256 = file.get("hashes", {}).get("sha256")
    usable = isinstance(sha256, str) and re.fullmatch(r"[0-9a-f]{64}", sha256)
    size = file.get("size")
    return Offer(
        filename=file.get("name") or unquote(urlsplit(url).path.rsplit("/", 1)[-1]),
        url=url,
        sha256=sha256 if usable else None,
        size=size if isinstance(size, int) and size >= 0 else None,
    )
