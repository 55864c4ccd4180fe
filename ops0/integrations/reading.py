"""One batch of records from somewhere. The readers stand beside: kafka, files_source, sql_source, http_source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from ops0.core.errors import HostError
from ops0.core.pipeline import JsonValue
from ops0.core.record_source import RecordSource

ANSWER_LIMIT = 15.0
"""Seconds that one server may take to answer."""

Position: TypeAlias = Mapping[str, JsonValue]
"""How far a source has been read, in its own words: ``{"0": 1234}`` for a topic of one partition. JSON."""


class RecordsUnreadable(HostError):
    """A source that cannot be reached, refuses, or needs a library that is not there. No address of it is told."""

    exit_code = 75

    def __init__(self, source: str, fact: str, hint: str | None = None) -> None:
        super().__init__(f"{source}: {fact}", hint)
        self.source, self.fact = source, fact


class BadRecord(HostError):
    """A record that is not of the source's format. Nothing of its batch has been handed to a step."""

    exit_code = 76

    def __init__(self, source: str, where: str, fact: str, hint: str) -> None:
        super().__init__(f"{source}, {where}: {fact}", hint)
        self.source, self.where, self.fact = source, where, fact


class PositionLost(HostError):
    """What was to be read next is not there any more, or somebody else has read it meanwhile."""

    exit_code = 79

    def __init__(self, source: str, fact: str, hint: str) -> None:
        super().__init__(f"{source}: {fact}", hint)
        self.source, self.fact = source, fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Bad:
    """A record that is not of the format. ``where``: as ``partition 0, offset 7``;  data, key: as they came."""

    where: str
    fact: str
    data: bytes
    key: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """What was read. ``after``: where the next batch begins;  told: what it is, for people."""

    records: list[Any]
    after: Position
    told: str
    bad: tuple[Bad, ...] = ()


def counted(count: int, what: str) -> str:
    """How many of something.

    >>> counted(1, "file"), counted(2, "file")
    ('1 file', '2 files')
    """
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def within_size(records: Sequence[Any], size_of: Callable[[Any], int], most: int) -> list[Any]:
    """The first records that have at most so many bytes together; one at least."""
    taken: list[Any] = []
    for one in records:
        most -= size_of(one)
        if most < 0 and taken:
            break
        taken.append(one)
    return taken


def next_batch(
    source: RecordSource, ordered: Sequence[Any], cursor_of: Callable[[Any], int | str]
) -> list[Any]:
    """The first of the records beyond the last position, as many as the bounds allow.

    ordered: by the cursor; all there are, or at least one more than a batch may have
    raises:  BadRecord where the batch would end between two records of one cursor: the second would never be read
    """
    taken = within_size(ordered[: source.records], lambda one: len(repr(one)), source.size)
    if taken and len(ordered) > len(taken):
        last = cursor_of(taken[-1])
        if cursor_of(ordered[len(taken)]) == last:
            raise bad_cursor(source, f"two records have {last!r}: a batch could end between them")
    return taken


def bad_cursor(source: RecordSource, fact: str) -> BadRecord:
    """The error for a cursor that cannot tell what is new."""
    hint = 'name one that is unique and grows, as cursor="id": whole numbers or texts'
    return BadRecord(str(source), f"cursor '{source.cursor}'", fact, hint)


class Reader(Protocol):
    """Reads one source, batch by batch. Every method raises RecordsUnreadable."""

    def committed(self) -> Position | None:
        """What the source itself knows of how far it was read; None where sources of this kind know nothing."""

    def read(self, position: Position) -> Batch:
        """The records from there on, at most as many as the bounds allow. Raises BadRecord, PositionLost."""

    def commit(self, position: Position) -> None:
        """Tell the source how far it was read; again and again gives the same."""

    def keep_bad(self, bad: tuple[Bad, ...]) -> None:
        """Put bad records where somebody will look at them."""

    def close(self) -> None:
        """Let the source go."""


class KeepsNothing:
    """The part of a Reader whose source keeps neither positions nor bad records, and has nothing to let go."""

    def committed(self) -> None:
        """See Reader."""
        return

    def commit(self, position: Position) -> None:
        """See Reader."""

    def keep_bad(self, bad: tuple[Bad, ...]) -> None:
        """See Reader."""

    def close(self) -> None:
        """See Reader."""
