"""Where the records come from that a step of ``@ops0.source`` gives, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ops0.core.api.secrets import is_reference


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordSource:
    """What the decorator says. Addresses and credentials may be references, never secrets themselves.

    place:      a topic; files as ``s3://bucket/in/*.csv``; a query; an address
    server:     the brokers, or the database's URL;  user, credential: references
    records:    the most of one batch;  size: the most bytes;  wait: seconds that a batch is collected
    group:      who reads, for the broker;  start: where the first batch begins;  dead_letter: a topic for bad records
    cursor:     the column, or field, that grows from record to record, by which a batch knows what is new
    """

    kind: Literal["kafka", "files", "sql", "http"]
    place: str
    format: str
    server: str | None = None
    user: str | None = None
    credential: str | None = None
    tls: bool = False
    group: str | None = None
    start: Literal["earliest", "latest"] = "earliest"
    dead_letter: str | None = None
    cursor: str | None = None
    records: int = 10_000
    size: int = 64 * 2**20
    wait: float = 5.0

    @property
    def references(self) -> tuple[str, ...]:
        """Whatever of it must be looked up before it can be read."""
        said = (self.place, self.server, self.user, self.credential)
        return tuple(one for one in said if one is not None and is_reference(one))

    def __str__(self) -> str:
        """What people call it, on one line: ``kafka topic 'transactions'``."""
        words = {"kafka": "kafka topic", "files": "files", "sql": "query", "http": "address"}
        return f"{words[self.kind]} {' '.join(self.place.split())!r:.120}"
