"""What the decorators of ``ops0.source`` may say. Runs in images: Python 3.8."""

from __future__ import annotations

import re

from ops0.core.api.marks import MarkFault, flag
from ops0.core.api.secrets import address, is_reference, reference
from ops0.core.quantities import seconds, size_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping

_COUNTS = ("max_records", "max_bytes")
SOURCE_ARGUMENTS = {
    "kafka": ("topic", "format"),
    "files": ("pattern", "format"),
    "sql": ("query", "url"),
    "http": ("url", "format"),
}
"""The arguments of each decorator that need no name, in order."""
SOURCE_KEYWORDS = {
    "kafka": (
        *("servers", "group", *_COUNTS, "max_wait", "start", "dead_letter"),
        *("tls", "user", "password"),
    ),
    "files": ("group", *_COUNTS, "every"),
    "sql": ("cursor", "group", *_COUNTS, "every"),
    "http": ("cursor", "token", "group", *_COUNTS, "every"),
}
"""The others."""
_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
_SERVERS = re.compile(r"[A-Za-z0-9_.-]+:[0-9]{1,5}(,[A-Za-z0-9_.-]+:[0-9]{1,5})*")
_MOST_RECORDS, _MOST_BYTES, _MOST_WAIT = 10**7, 2**30, 86_400.0


def source_fields(kind: str, given: Mapping[str, Any]) -> Dict[str, Any]:
    """Check one decorator's arguments; gives the fields of RecordSource. Raises MarkFault, QuantityError."""
    own = _FIELDS[kind](dict(given))
    return {"kind": kind, **own, **_group(given), **_bounds(given, kind)}


def _kafka(given: Dict[str, Any]) -> Dict[str, Any]:
    start = given.get("start", "earliest")
    if start not in ("earliest", "latest"):
        raise MarkFault(f"start={start!r:.60} is neither", 'write "earliest" or "latest"')
    servers = given.get("servers", "env:KAFKA_BOOTSTRAP_SERVERS")
    if not isinstance(servers, str) or not (_SERVERS.fullmatch(servers) or is_reference(servers)):
        raise MarkFault(
            f"servers={servers!r:.60} is no list of brokers", 'write servers="host:9092"'
        )
    dead_letter = given.get("dead_letter")
    topic = _topic(given.get("topic"), "topic")
    if dead_letter == topic:
        raise MarkFault("dead_letter is the topic itself", 'write dead_letter="NAME.bad"')
    return {
        "place": topic,
        "format": _format(given, "json", "text", "bytes"),
        "server": servers,
        "start": start,
        "dead_letter": None if dead_letter is None else _topic(dead_letter, "dead_letter"),
        "tls": flag(given.get("tls", False), "tls"),
        **_credentials(given),
    }


def _files(given: Dict[str, Any]) -> Dict[str, Any]:
    return {
        "place": _line(given.get("pattern"), "pattern", "s3://bucket/in/*.json"),
        "format": _format(given, "json", "jsonl", "text", "bytes"),
    }


def _sql(given: Dict[str, Any]) -> Dict[str, Any]:
    query, url = given.get("query"), given.get("url", "env:DATABASE_URL")
    if not isinstance(query, str) or not query.strip() or query.strip().endswith(";"):
        raise MarkFault(
            f"query={query!r:.60} is no query",
            'write "select id, amount from payments", without ";"',
        )
    if not is_reference(url) and not (isinstance(url, str) and url.startswith("sqlite:")):
        # What was given may hold a password: it is not shown.
        raise MarkFault(
            "url is no reference to a database's URL", 'write url="env:DATABASE_URL", never itself'
        )
    cursor = _line(given.get("cursor"), "cursor", "id")
    return {"place": query, "format": "rows", "server": url, "cursor": cursor}


def _http(given: Dict[str, Any]) -> Dict[str, Any]:
    url, token, cursor = address(given.get("url"), "url"), given.get("token"), given.get("cursor")
    if cursor is None and "{cursor}" in url:
        raise MarkFault("url has {cursor}, and there is none", 'name it: cursor="id"')
    return {
        "place": url,
        "format": _format(given, "json", "text", "bytes"),
        "credential": None if token is None else reference(token, "token"),
        "cursor": None if cursor is None else _line(cursor, "cursor", "id"),
    }


_FIELDS = {"kafka": _kafka, "files": _files, "sql": _sql, "http": _http}


def _group(given: Mapping[str, Any]) -> Dict[str, Any]:
    group = given.get("group")
    if group is not None and not (isinstance(group, str) and 0 < len(group) < 250):
        raise MarkFault(f"group={group!r:.60} is no name", 'write group="fraud"')
    return {"group": group}


def _line(given: Any, what: str, example: str) -> str:
    if isinstance(given, str) and given.strip() and given.isprintable():
        return given
    raise MarkFault(f"{what}={given!r:.60} is no text", f'write {what}="{example}"')


def _bounds(given: Mapping[str, Any], kind: str) -> Dict[str, Any]:
    records = given.get("max_records", 10_000)
    if type(records) is not int or not 1 <= records <= _MOST_RECORDS:
        raise MarkFault(
            f"max_records={records!r:.40} is no number from 1 to {_MOST_RECORDS}",
            "write max_records=1000",
        )
    size = size_bytes(given.get("max_bytes", "64MiB"))
    if not 1 <= size <= _MOST_BYTES:
        raise MarkFault("max_bytes is not between 1 byte and 1GiB", 'write max_bytes="64MiB"')
    name, usual = ("max_wait", "5s") if kind == "kafka" else ("every", "1m")
    wait = seconds(given.get(name, usual))
    if not 0 < wait <= _MOST_WAIT:
        raise MarkFault(f"{name} is not between 0 and a day", f'write {name}="{usual}"')
    return {"records": records, "size": size, "wait": wait}


def _credentials(given: Mapping[str, Any]) -> Dict[str, Any]:
    user, password = given.get("user"), given.get("password")
    if (user is None) != (password is None):
        raise MarkFault("user and password go together", "give both, or neither")
    if user is None:
        return {"user": None, "credential": None}
    return {"user": reference(user, "user"), "credential": reference(password, "password")}


def _topic(given: Any, what: str) -> str:
    if isinstance(given, str) and _TOPIC.fullmatch(given) and given not in (".", ".."):
        return given
    raise MarkFault(
        f"{what}={given!r:.60} can name no topic",
        "use letters, digits, '.', '_' and '-', at most 249",
    )


def _format(given: Dict[str, Any], *known: str) -> str:
    found = given.get("format", "json")
    if found in known:
        return str(found)
    raise MarkFault(f"format={found!r:.60} is not known", f"there are: {', '.join(known)}")
