"""Batches of files of a folder, bucket or server, by fsspec, which is loaded when the first one is read.

What has been read is known by each file's path and its mark (its ETag, else size and time): a file that comes late
is found wherever its name sorts, and one that has changed is read again.
"""

from __future__ import annotations

import json
from typing import Any

from ops0.core.pipeline import JsonValue
from ops0.core.record_source import RecordSource
from ops0.integrations.reading import (
    BadRecord,
    Batch,
    KeepsNothing,
    Position,
    RecordsUnreadable,
    counted,
)

_MARKS = ("ETag", "etag", "sha256", "md5Hash", "LastModified", "last_modified", "mtime")


class FileReader(KeepsNothing):
    """Reader, over the files that a pattern means. ``address``: ``/data/in/*.csv`` or ``s3://bucket/in/*.csv``."""

    def __init__(self, source: RecordSource, address: str) -> None:
        self._source = source
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra
        except ImportError:
            hint = 'install it beside ops0: pip install "ops0[files]"'
            raise RecordsUnreadable(str(source), "fsspec is not installed", hint) from None
        try:
            self._system, self._pattern = url_to_fs(address)
        except (ImportError, ValueError) as fault:
            hint = "install the package that fsspec names for it, as s3fs"
            raise RecordsUnreadable(str(source), str(fault), hint) from None
        except Exception as fault:  # noqa: BLE001 - some connect at once, and each raises its own
            raise self._unreadable(fault) from None

    def read(self, position: Position) -> Batch:
        """See Reader. A record is a file: ``{"path": …, "value": …}``."""
        after: dict[str, JsonValue] = {}
        records: list[Any] = []
        size = 0
        for path, mark, length in self._listed():
            if position.get(path) == mark:
                after[path] = mark
                continue
            full = len(records) >= self._source.records or size + length > self._source.size
            if full and records:
                if path in position:
                    after[path] = position[path]
                continue
            data = self._asked(self._system.cat_file, path)
            size += length
            records.append({"path": path, "value": self._value(path, data)})
            after[path] = mark
        return Batch(
            records=records, after=after, told=f"{counted(len(records), 'file')} of {self._source}"
        )

    def _listed(self) -> list[tuple[str, str, int]]:
        """Path, mark and bytes of each file, by path."""
        self._system.invalidate_cache()
        found = self._asked(self._system.glob, self._pattern, detail=True)
        listed = []
        for path, facts in sorted(found.items()):
            if facts.get("type") == "file":
                length = int(facts.get("size") or 0)
                mark = next((str(facts[one]) for one in _MARKS if facts.get(one)), "")
                listed.append((path, f"{length} {mark}", length))
        return listed

    def _asked(self, ask: Any, *given: Any, **named: Any) -> Any:
        try:
            return ask(*given, **named)
        except Exception as fault:  # noqa: BLE001 - each file system raises its own
            raise self._unreadable(fault) from None

    def _unreadable(self, fault: Exception) -> RecordsUnreadable:
        text = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        return RecordsUnreadable(str(self._source), text, "is it there, and may this user read it?")

    def _value(self, path: str, data: bytes) -> Any:
        kind = self._source.format
        if kind == "bytes":
            return data
        try:
            text = data.decode()
            if kind == "jsonl":
                return [json.loads(line) for line in text.splitlines() if line.strip()]
            return json.loads(text) if kind == "json" else text
        except (ValueError, RecursionError) as fault:
            hint = 'fix or move the file, or read it as it is: format="bytes"'
            raise BadRecord(str(self._source), path, f"not {kind}: {fault}", hint) from None
