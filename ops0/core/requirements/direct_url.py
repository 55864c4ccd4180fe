"""Where a distribution was installed from, if not from an index: what its ``direct_url.json`` says (PEP 610)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ops0.core.requirements.places import local_path

__all__ = ["DirectUrl", "read_direct_url"]


@dataclass(frozen=True, slots=True)
class DirectUrl:
    """What was installed from a file, a folder or an address.

    path:   on this machine; None for any other address, and where none is told
    source: the folder that an editable installation is imported from; None where its files were copied
    """

    path: str | None = None
    source: str | None = None


def read_direct_url(text: str | None) -> DirectUrl | None:
    """What a ``direct_url.json`` says; None without one: it came from an index.

    >>> read_direct_url('{"url": "file:///home/me/acme", "dir_info": {"editable": true}}')
    DirectUrl(path='/home/me/acme', source='/home/me/acme')

    raises: ValueError for what is no JSON
    """
    if text is None:
        return None
    document = json.loads(text)
    url = document.get("url") if isinstance(document, dict) else None
    if not isinstance(url, str):
        return DirectUrl()
    path, details = local_path(url), document.get("dir_info")
    is_editable = isinstance(details, dict) and details.get("editable") is True
    return DirectUrl(path, path if is_editable else None)
