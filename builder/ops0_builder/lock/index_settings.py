"""The user's own index settings, shared between the two programs: uv resolves, pip fetches.

Each program uses its own settings as they are. Where only one of them has been told of an index, the other is
told the same, through environment variables: a credential then stands neither in an argument, where every user
of the machine could read it, nor in anything that ops0 writes. All functions here are pure.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

_SYSTEM_AUTHORITIES = ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS")
"""What uv is told by to trust what the system trusts, by its version: it has a list of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexSettings:
    """What one program knows of indexes. URLs may hold credentials: ``repr`` leaves them out.

    index: the default one; None: the program's own default
    extra: further ones, first come first;   find_links: folders or pages that list files
    keyring: how the program asks the user's keyring, ``subprocess`` as the one way that both know
    system_authorities: it trusts the certificates that the system trusts, beside its own
    """

    index: str | None = field(default=None, repr=False)
    extra: tuple[str, ...] = field(default=(), repr=False)
    find_links: tuple[str, ...] = field(default=(), repr=False)
    no_index: bool = False
    certificate: str | None = None
    client_certificate: str | None = None
    system_authorities: bool = False
    trusted_hosts: tuple[str, ...] = ()
    proxy: str | None = field(default=None, repr=False)
    timeout: str | None = None
    keyring: str | None = None

    @property
    def says_where(self) -> bool:
        """Whether it names any place to look in."""
        return bool(self.index or self.extra or self.find_links or self.no_index)


def pip_settings(
    listing: str, environment: Mapping[str, str], *, version: tuple[int, ...] = ()
) -> IndexSettings:
    """Read what ``pip config list`` prints. What concerns one command beats ``global``, the environment beats both.

    environment: of requests, which pip is built on, the variables that name certificates beat pip's own setting
    version:     of pip; since 24.2 it trusts what the system trusts
    """
    found: dict[str, tuple[int, str]] = {}
    ranks = {"global": 0, "install": 1, "download": 2, ":env:": 3}
    for line in listing.splitlines():
        match = re.match(r"(:env:|[a-z]+)\.([a-z-]+)=(.*)\Z", line.strip())
        if match is None or match[1] not in ranks:
            continue
        rank, value = ranks[match[1]], _unquoted(match[3])
        if rank >= found.get(match[2], (-1, ""))[0]:
            found[match[2]] = (rank, value)
    values = {key: value for key, (_, value) in found.items()}
    bundle = environment.get("REQUESTS_CA_BUNDLE") or environment.get("CURL_CA_BUNDLE")
    legacy = "legacy-certs" in values.get("use-deprecated", "")
    return IndexSettings(
        index=values.get("index-url") or None,
        extra=tuple(values.get("extra-index-url", "").split()),
        find_links=tuple(values.get("find-links", "").split()),
        no_index=values.get("no-index", "").lower() in {"1", "true", "yes", "on"},
        certificate=bundle or values.get("cert") or None,
        client_certificate=values.get("client-cert") or None,
        system_authorities=(version >= (24, 2) and not legacy)
        or "truststore" in values.get("use-feature", ""),
        trusted_hosts=tuple(values.get("trusted-host", "").split()),
        proxy=values.get("proxy") or None,
        timeout=values.get("default-timeout") or values.get("timeout") or None,
        keyring=values.get("keyring-provider") or None,
    )


def uv_settings(
    environment: Mapping[str, str], documents: Iterable[Mapping[str, Any]]
) -> IndexSettings:
    """Read uv's environment variables and its configuration tables, nearest first."""
    tables = list(documents)
    pip_tables = [table["pip"] for table in tables if isinstance(table.get("pip"), dict)]
    tables = [*pip_tables, *tables]
    named = [entry for table in tables for entry in _indexes(table)]
    default = next((entry for entry in named if entry.get("default")), None)
    index = environment.get("UV_DEFAULT_INDEX") or environment.get("UV_INDEX_URL")
    if index is None and default is not None:
        index = with_credentials(default, environment)
    extra = (
        environment.get("UV_INDEX", "") + " " + environment.get("UV_EXTRA_INDEX_URL", "")
    ).split()
    extra = [entry.split("=", 1)[1] if re.match(r"[\w.-]+=", entry) else entry for entry in extra]
    extra += [with_credentials(entry, environment) for entry in named if not entry.get("default")]
    links = [link for link in environment.get("UV_FIND_LINKS", "").split(",") if link]
    return IndexSettings(
        index=index or _first(tables, "index-url"),
        extra=tuple(dict.fromkeys([*extra, *_all(tables, "extra-index-url")])),
        find_links=tuple(dict.fromkeys([*links, *_all(tables, "find-links")])),
        no_index=any(table.get("no-index") is True for table in tables),
        certificate=environment.get("SSL_CERT_FILE"),
        client_certificate=environment.get("SSL_CLIENT_CERT"),
        trusted_hosts=(
            *environment.get("UV_INSECURE_HOST", "").split(),
            *_all(tables, "allow-insecure-host"),
        ),
        keyring=environment.get("UV_KEYRING_PROVIDER") or _first(tables, "keyring-provider"),
    )


def uv_variables(
    uv: IndexSettings,
    pip: IndexSettings,
    environment: Mapping[str, str],
    *,
    order: tuple[str, ...] | None = None,
) -> dict[str, str]:
    """What to add to uv's environment so that it looks where pip would.

    order: pip's indexes, the first asked first; None: extra ones first. uv asks the default one last, and
           by its own strategy, ``first-index``, only the first that has a name. Folders of this machine hold a part
           of an index as often as names of their own: where all others are such folders, the next one is asked for a
           version that they lack, which is still not pip's way, the highest version anywhere.
    """
    told: dict[str, str] = {}
    if not uv.says_where:
        places = order if order is not None else (*pip.extra, *([pip.index] if pip.index else []))
        named, last = (places[:-1], places[-1:]) if pip.index else (places, ())
        told.update(
            _filled(
                {
                    "UV_DEFAULT_INDEX": "".join(last),
                    "UV_INDEX": " ".join(named),
                    "UV_FIND_LINKS": ",".join(pip.find_links),
                    "UV_INDEX_STRATEGY": _strategy(named, environment),
                }
            )
        )
    others = _connection(pip)
    if pip.system_authorities and not environment.keys() & set(_SYSTEM_AUTHORITIES):
        others |= dict.fromkeys(_SYSTEM_AUTHORITIES, "1")
    told.update({key: value for key, value in others.items() if key not in environment})
    return told


def _connection(pip: IndexSettings) -> dict[str, str]:
    """How pip's indexes are reached."""
    return _filled(
        {
            "SSL_CERT_FILE": pip.certificate or "",
            "SSL_CLIENT_CERT": pip.client_certificate or "",
            "UV_INSECURE_HOST": " ".join(pip.trusted_hosts),
            "UV_HTTP_TIMEOUT": pip.timeout or "",
            "ALL_PROXY": pip.proxy or "",
            "UV_KEYRING_PROVIDER": _subprocess(pip.keyring),
        }
    )


def _strategy(named: tuple[str, ...], environment: Mapping[str, str]) -> str:
    """What to tell uv of it; "" to leave it to uv or to the user."""
    local = named and all(place.startswith("file:") or "://" not in place for place in named)
    return "unsafe-first-match" if local and "UV_INDEX_STRATEGY" not in environment else ""


def _subprocess(keyring: str | None) -> str:
    """The one way to ask a keyring that both know; "" for any other."""
    return "subprocess" if keyring == "subprocess" else ""


def pip_variables(uv: IndexSettings, pip: IndexSettings) -> dict[str, str]:
    """What to add to pip's environment so that it finds what uv resolved. Hashes decide which file is right."""
    if not uv.says_where:
        return {}
    if pip.index is None and uv.index is not None:
        index, extra = uv.index, [*pip.extra, *uv.extra]
    else:
        index, extra = "", [*pip.extra, *([uv.index] if uv.index else []), *uv.extra]
    told = _filled(
        {
            "PIP_INDEX_URL": index,
            "PIP_EXTRA_INDEX_URL": " ".join(dict.fromkeys(extra)),
            "PIP_FIND_LINKS": " ".join(dict.fromkeys([*pip.find_links, *uv.find_links])),
            "PIP_CERT": (uv.certificate or "") if pip.certificate is None else "",
            "PIP_CLIENT_CERT": "" if pip.client_certificate else uv.client_certificate or "",
            "PIP_KEYRING_PROVIDER": "" if pip.keyring else _subprocess(uv.keyring),
            "PIP_TRUSTED_HOST": " ".join(dict.fromkeys([*pip.trusted_hosts, *uv.trusted_hosts])),
        }
    )
    return {**told, "PIP_NO_INDEX": "1"} if uv.no_index and pip.index is None else told


def all_indexes(
    uv: IndexSettings, pip: IndexSettings, order: tuple[str, ...] | None
) -> tuple[str, ...]:
    """Every index that one of the two has been told of, in the order in which uv asks them. ``order``: of pip's."""
    of_pip = order if order is not None else (*pip.extra, pip.index)
    places = (*uv.extra, uv.index, *of_pip)
    return tuple(dict.fromkeys(place for place in places if place))


def pages_with_login(uv: IndexSettings, pip: IndexSettings) -> frozenset[str]:
    """Hosts, with their ports, of pages of links that have a login in their address."""
    hosts = (urlsplit(link).netloc for link in (*uv.find_links, *pip.find_links))
    return frozenset(host.rpartition("@")[2] for host in hosts if "@" in host)


def with_local_places(
    settings: IndexSettings, locate: Callable[[str], str | None]
) -> IndexSettings:
    """The same with whole paths, and without folders that are not there: pip passes over them, uv would end on one.

    locate: path -> the whole path if something is there, else None
    """

    def located(place: str) -> tuple[str, ...]:
        if place.startswith("file:"):
            return (place,) if locate(unquote(urlsplit(place).path)) else ()
        if "://" in place:
            return (place,)
        path = locate(place)
        return (path,) if path is not None else ()

    def kept(places: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(found for place in places for found in located(place))

    return replace(settings, extra=kept(settings.extra), find_links=kept(settings.find_links))


def _unquoted(text: str) -> str:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value if isinstance(value, str) else text


def _indexes(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those that any name is looked for in: an ``explicit`` one is for the names that are tied to it alone."""
    entries = table.get("index", [])
    if not isinstance(entries, list):
        return []
    return [
        entry
        for entry in entries
        if isinstance(entry, dict)
        and isinstance(entry.get("url"), str)
        and entry.get("explicit") is not True
    ]


def with_credentials(entry: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """The URL of a named index with the credentials that uv would take from the environment."""
    url = str(entry["url"])
    name = re.sub(r"[^A-Z0-9]", "_", str(entry.get("name", "")).upper())
    user = environment.get(f"UV_INDEX_{name}_USERNAME", "")
    password = environment.get(f"UV_INDEX_{name}_PASSWORD", "")
    return with_login(url, user if name else "", password if name else "")


def with_login(url: str, user: str, password: str) -> str:
    """An address with a login, unless there is none or it has one. Raises ValueError for what is no address."""
    parts = urlsplit(url)
    if not (user or password) or "@" in parts.netloc:
        return url
    own = f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}"
    return urlunsplit(parts._replace(netloc=own))


def _first(tables: Iterable[Mapping[str, Any]], key: str) -> str | None:
    return next((table[key] for table in tables if isinstance(table.get(key), str)), None)


def _all(tables: Iterable[Mapping[str, Any]], key: str) -> list[str]:
    lists = (table[key] for table in tables if isinstance(table.get(key), list))
    return [entry for entries in lists for entry in entries if isinstance(entry, str)]


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}
