"""Whether what the settings name as places is an address at all. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from ops0.core.errors import SettingsError
from ops0_builder.lock.index_settings import IndexSettings
from ops0_builder.lock.program_words import redacted


def check_addresses(settings: Iterable[IndexSettings]) -> None:
    """Raises SettingsError for the first address of an index or a page of links that is none."""
    for one in settings:
        for address in (one.index or "", *one.extra, *one.find_links):
            _check(address)


def _check(address: str) -> None:
    try:
        _ = urlsplit(address).port
    except ValueError as fault:
        shown = redacted(address).split("://", 1)[-1].split("/", 1)[0]  # behind it may be a token
        raise SettingsError(
            f"the address of an index is none, {shown[:100]!r}: {fault}",
            "write it as https://HOST/PATH where pip or uv has it: UV_INDEX, PIP_INDEX_URL, uv.toml, `pip config list`",
        ) from None
