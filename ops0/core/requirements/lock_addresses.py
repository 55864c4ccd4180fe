"""The file at an address that an entry of a project's lock comes from, with the hash that it is locked by. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.file_addresses import BadAddress, FileAddress, read_file_address
from ops0.core.requirements.names import name_of
from ops0.core.requirements.places import shown

__all__ = ["file_at", "with_hash", "with_hashes"]


def file_at(entry: Mapping[str, Any], hashes: Iterable[str]) -> str | None:
    """The address of an entry's file; None of one that comes from elsewhere.

    uv:     ``source = { url = "URL" }``;  poetry: a ``source`` of type url
    pylock: ``archive = { url, hashes }``;  pdm, pipenv: ``url``
    hashes: all that the entry has
    """
    source, archive = entry.get("source"), entry.get("archive")
    told = archive if isinstance(archive, dict) else source if isinstance(source, dict) else entry
    url = told.get("url") if told.get("type") in (None, "url") else None
    if not isinstance(url, str) or "://" not in url:
        return None
    inside = told.get("subdirectory")
    if isinstance(inside, str) and inside and "#" not in url:
        return f"{shown(url)}#subdirectory={inside}"
    return _with_hash(shown(url), frozenset(hashes))


def _with_hash(address: str, hashes: frozenset[str]) -> str:
    """One that has several files says of none of them that it stands at the address."""
    try:
        found = _read(address)
    except BadAddress:
        return address
    if found.sha256 is not None or len(hashes) != 1:
        return address
    return replace(found, sha256=min(hashes)).address


def _read(address: str) -> FileAddress:
    """As ``read_file_address``, also where it is the hash alone that makes an address one that is fetched."""
    try:
        return read_file_address(address)
    except BadAddress:
        if "#" in address:
            raise
        return replace(read_file_address(f"{address}#sha256={'0' * 64}"), sha256=None)


def with_hashes(
    declared: Iterable[Declaration], pins: Iterable[Declaration]
) -> tuple[Declaration, ...]:
    """Declarations in which the file at an address has the hash that the project's own lock has for it.

    pins: those of the lock. One of another address than is declared now says nothing
    """
    known: dict[tuple[str, str], str] = {}
    for pin in pins:
        address = _address(pin.text)
        if address is not None and address.sha256 is not None:
            known[name_of(pin.text), address.url] = address.sha256
    return tuple(_hashed(one, known) for one in declared)


def _hashed(declaration: Declaration, known: Mapping[tuple[str, str], str]) -> Declaration:
    found = _address(declaration.text) if known else None
    if found is None or found.sha256 is not None:
        return declaration
    sha256 = known.get((name_of(declaration.text), found.url))
    if sha256 is None:
        return declaration
    head, at, rest = declaration.text.partition(" @ ")
    _, blank, marker = rest.partition(" ")
    exact = replace(found, sha256=sha256).address
    return replace(declaration, text=f"{head}{at}{exact}{blank}{marker}")


def _address(text: str) -> FileAddress | None:
    address = text.partition(" @ ")[2].partition(" ")[0]
    try:
        return _read(address) if "://" in address else None
    except BadAddress:
        return None


def with_hash(text: str, hashes: Iterable[str]) -> str:
    """A requirement whose line names one hash, with that in its address; any other one as it is."""
    head, at, rest = text.partition(" @ ")
    address, blank, marker = rest.partition(" ")
    if "://" not in address:
        return text
    return f"{head}{at}{_with_hash(address, frozenset(hashes))}{blank}{marker}"
