"""Batches of what an HTTP address gives, by urllib3.

With a cursor the address is asked for what is newer; without one, whether it has changed (ETag, RFC 9110, 13.1).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import urllib3

from ops0.core.digest import sha256
from ops0.core.pipeline import JsonValue
from ops0.core.record_source import RecordSource
from ops0.integrations.reading import (
    ANSWER_LIMIT,
    BadRecord,
    Batch,
    KeepsNothing,
    Position,
    RecordsUnreadable,
    bad_cursor,
    counted,
    next_batch,
)

_HOLE = "{cursor}"
_RETRIES = urllib3.Retry(total=3, status_forcelist=(429, 502, 503, 504), backoff_factor=0.5)


class HttpReader(KeepsNothing):
    """Reader, over one address. ``token``: sent as ``Authorization: Bearer``."""

    def __init__(self, source: RecordSource, address: str, token: str | None) -> None:
        self._source, self._address = source, address
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._pool = urllib3.PoolManager(timeout=ANSWER_LIMIT, retries=_RETRIES)

    def read(self, position: Position) -> Batch:
        """See Reader. A JSON list gives its items, everything else is one record."""
        last = position.get("cursor")
        url = self._address.replace(_HOLE, quote("" if last is None else str(last), safe=""))
        known = position.get("etag") if self._source.cursor is None else None
        status, headers, data = self._get(url, str(known) if known else None)
        if status == 304:
            return Batch(records=[], after=position, told=f"nothing new at {self._source}")
        records = self._records(data)
        if self._source.cursor is None:
            after: dict[str, JsonValue] = {"etag": headers.get("ETag") or sha256(data)}
            fresh = self._all(records) if after != position else []
        else:
            fresh = self._fresh(records, last)
            after = {"cursor": fresh[-1][self._source.cursor] if fresh else last}
        told = f"{counted(len(fresh), 'record')} of {self._source}"
        return Batch(records=fresh, after=after if fresh else position, told=told)

    def close(self) -> None:
        """See Reader."""
        self._pool.clear()

    def _get(self, url: str, known: str | None) -> tuple[int, Any, bytes]:
        headers = {**self._headers, **({} if known is None else {"If-None-Match": known})}
        try:
            answer = self._pool.request("GET", url, headers=headers, preload_content=False)
            data = answer.read(self._source.size + 1)
            answer.release_conn()
        except urllib3.exceptions.HTTPError as fault:
            fact = f"no answer: {type(fault).__name__}"
            raise RecordsUnreadable(str(self._source), fact, "is the address right?") from None
        if answer.status not in (200, 304):
            fact = f"the server says {answer.status}"
            raise RecordsUnreadable(str(self._source), fact, "is the address right, and token=?")
        if len(data) > self._source.size:
            fact = f"the answer has more than {self._source.size} bytes"
            hint = "ask for less at once, or raise max_bytes"
            raise RecordsUnreadable(str(self._source), fact, hint)
        return answer.status, answer.headers, data

    def _records(self, data: bytes) -> list[Any]:
        kind = self._source.format
        if kind == "bytes":
            return [data]
        try:
            text = data.decode()
            found = json.loads(text) if kind == "json" else text
        except (ValueError, RecursionError) as fault:
            hint = 'read it as it is: format="bytes"'
            raise BadRecord(str(self._source), "the answer", f"not {kind}: {fault}", hint) from None
        return found if isinstance(found, list) else [found]

    def _all(self, records: list[Any]) -> list[Any]:
        """Everything. Without a cursor nothing says where a second batch would begin, so there is none."""
        if len(records) > self._source.records:
            fact = (
                f"the answer has {len(records)} records, and a batch {self._source.records} at most"
            )
            hint = 'raise max_records, or name a field that is unique and grows: cursor="id"'
            raise RecordsUnreadable(str(self._source), fact, hint)
        return records

    def _fresh(self, records: list[Any], last: JsonValue) -> list[Any]:
        """Those beyond the last, by the cursor, as many as the bounds allow."""
        name = self._source.cursor or ""
        kinds = {type(one.get(name)) if isinstance(one, dict) else None for one in records}
        if kinds not in (set(), {int}, {str}) or (last is not None and kinds - {type(last)}):
            fact = "not every record has a whole number there, or every one a text"
            raise bad_cursor(self._source, fact)
        ordered = sorted(records, key=lambda one: one[name])
        fresh = [one for one in ordered if last is None or one[name] > last]
        return next_batch(self._source, fresh, lambda one: one[name])
