"""Batches of records of a Kafka topic, by confluent-kafka, which is loaded when the first one is read.

One reader has all partitions (``assign``, not ``subscribe``): there is no rebalance that could take one away while a
batch is worked on, and a group with other members refuses the commit.

source: librdkafka, CONFIGURATION.md and INTRODUCTION.md ("Consumer groups", "Message reliability"); KIP-394
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from ops0.core.errors import HostError
from ops0.core.record_source import RecordSource
from ops0.integrations.kafka_callbacks import QUIET, aside, interruptible
from ops0.integrations.kafka_dead_letters import DeadLetters
from ops0.integrations.kafka_login import kafka_login
from ops0.integrations.kafka_records import bad_of, value_of
from ops0.integrations.reading import (
    ANSWER_LIMIT,
    Bad,
    BadRecord,
    Batch,
    Position,
    PositionLost,
    RecordsUnreadable,
    counted,
)

if TYPE_CHECKING:
    from confluent_kafka import Message

_MISSING = 'install it beside ops0: pip install "ops0[kafka]"'
_AT_ONCE, _TICK = 1000, 0.25
_LONGEST_POLL = 100
"""Milliseconds that a broker may hold an answer back: an empty partition must not keep the others waiting."""


class KafkaReader:
    """Reader, over one topic. ``address``, ``user``, ``password``: what the source's references lead to."""

    def __init__(
        self, source: RecordSource, group: str, address: str, user: str | None, password: str | None
    ) -> None:
        try:
            import confluent_kafka  # noqa: PLC0415 - an extra, and only for whoever uses it
        except ImportError:
            raise RecordsUnreadable(
                str(source), "confluent-kafka is not installed", _MISSING
            ) from None
        self._kafka, self._source, self._group = confluent_kafka, source, group
        self._down: str | None = None
        self._answers: list[list[Any]] = []
        self._shared = {
            "bootstrap.servers": address,
            "error_cb": self._failed,
            **kafka_login(source, user, password),
        }
        own = {
            "group.id": group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": _LONGEST_POLL,
            "isolation.level": "read_committed",
            "on_commit": self._committed,
        }
        self._consumer = confluent_kafka.Consumer({**self._shared, **own}, logger=QUIET)
        self._partitions = self._asked(self._read_partitions)

    def committed(self) -> Position:
        """See Reader. Partitions of which nothing is committed are left out."""
        wanted = [self._at(one) for one in self._partitions]
        found = self._asked(
            lambda: aside(partial(self._consumer.committed, wanted, timeout=ANSWER_LIMIT))
        )
        for one in found:
            if one.error is not None:
                raise self._refused(one.error)
        return {str(one.partition): one.offset for one in found if one.offset >= 0}

    def read(self, position: Position) -> Batch:
        """See Reader."""
        begin = self._begin(position)
        self._consumer.assign([self._at(one, begin[one]) for one in self._partitions])
        after = {str(one): at for one, at in begin.items() if at >= 0}
        records: list[Any] = []
        bad: list[Bad] = []
        first: dict[str, int] = {}
        for message in self._messages():
            key, offset = str(message.partition()), _offset(message.offset())
            first.setdefault(key, offset)
            after[key] = offset + 1
            try:
                records.append(value_of(message.value(), self._source.format))
            except ValueError as fault:
                bad.append(bad_of(message, str(fault)))
        self._consumer.unassign()
        if bad and self._source.dead_letter is None:
            raise self._bad_records(bad)
        spans = ", ".join(f"{one}: {at}-{int(after[one]) - 1}" for one, at in sorted(first.items()))
        told = f"{counted(len(records), 'record')} of {self._source}" + (
            f", offsets {spans}" if spans else ""
        )
        told += (
            f", and {counted(len(bad), 'bad one')} for {self._source.dead_letter!r}" if bad else ""
        )
        return Batch(records=records, after=after, told=told, bad=tuple(bad))

    def commit(self, position: Position) -> None:
        """See Reader."""
        offsets = [self._at(int(one), _offset(at)) for one, at in position.items()]
        if not offsets:
            return
        self._answers.clear()
        self._asked(lambda: self._consumer.commit(offsets=offsets, asynchronous=True))
        until = time.monotonic() + ANSWER_LIMIT
        while not self._answers:  # librdkafka itself waits without end for a broker that has died
            if time.monotonic() >= until:
                raise self._unreachable(self._down or "offsets were sent, nothing came back")
            self._asked(partial(self._consumer.poll, _TICK))
        error = next((one for one in self._answers[0] if one is not None), None)
        if error is not None:
            raise self._refused(error)

    def keep_bad(self, bad: tuple[Bad, ...]) -> None:
        """See Reader. Each goes to the topic of bad records."""
        if bad and self._source.dead_letter is not None:
            DeadLetters(self._kafka, self._shared, self._source, lambda: self._down).send(bad)

    def close(self) -> None:
        """See Reader. Offsets on their way to a broker that has died would hold it up without end."""
        work = threading.Thread(target=self._consumer.close, name="ops0 kafka close", daemon=True)
        work.start()
        work.join(ANSWER_LIMIT)

    # -- reading

    def _begin(self, position: Position) -> dict[int, int]:
        """Where each partition is read from."""
        begin: dict[int, int] = {}
        for one in self._partitions:
            given = position.get(str(one))
            if given is not None:
                begin[one] = _offset(given)
            elif self._source.start == "earliest":
                begin[one] = self._kafka.OFFSET_BEGINNING
            else:
                bounds = self._consumer.get_watermark_offsets
                ask = partial(bounds, self._at(one), timeout=ANSWER_LIMIT)
                _, begin[one] = self._asked(partial(aside, ask))
        return begin

    def _messages(self) -> Iterator[Message]:
        """Messages, until a bound of the batch is reached. Those beyond it are read again.

        Time alone ends no batch of nothing: first each partition must have said that it has nothing more.
        """
        until = time.monotonic() + self._source.wait
        silent = set(self._partitions)
        count = size = 0
        while count < self._source.records:
            left = until - time.monotonic()
            if left <= 0 and (count or not silent):
                return
            if left <= -ANSWER_LIMIT:
                raise self._unreachable(self._down or f"partition {min(silent)} is silent")
            most = min(_AT_ONCE, self._source.records - count)
            wait = min(left, _TICK) if left > 0 else _TICK
            for message in self._asked(partial(self._consumer.consume, most, wait)):
                error: Any = message.error()
                silent.discard(message.partition())
                if error is not None and error.name() == "_PARTITION_EOF":
                    continue
                if error is not None:
                    raise self._message_fault(message)
                size += len(message.value() or b"") + len(message.key() or b"")
                if count and size > self._source.size:
                    return
                count += 1
                yield message

    def _read_partitions(self) -> tuple[int, ...]:
        topic = self._source.place
        ask = partial(self._consumer.list_topics, topic, timeout=ANSWER_LIMIT)
        told = aside(ask).topics[topic]
        if told.error is not None:
            hint = "create the topic, or name another"
            raise RecordsUnreadable(str(self._source), told.error.str(), hint)
        return tuple(sorted(told.partitions))

    def _at(self, partition: int, offset: int | None = None) -> Any:
        given = () if offset is None else (offset,)
        return self._kafka.TopicPartition(self._source.place, partition, *given)

    # -- faults

    def _failed(self, error: Any) -> None:
        if self._down is None or error.name() != "_ALL_BROKERS_DOWN":  # which says nothing of why
            self._down = error.str()

    def _committed(self, error: Any, partitions: list[Any]) -> None:
        """What became of the offsets: called while the consumer is polled."""
        self._answers.append([error, *(one.error for one in partitions)])

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """What the broker answers. Raises RecordsUnreadable."""
        try:
            with interruptible():
                return ask()
        except self._kafka.KafkaException as fault:
            raise self._refused(fault.args[0]) from None

    def _message_fault(self, message: Message) -> HostError:
        error: Any = message.error()
        lost = error.name() in ("_AUTO_OFFSET_RESET", "OFFSET_OUT_OF_RANGE")
        return self._lost(message) if lost else self._refused(error)

    def _refused(self, error: Any) -> RecordsUnreadable:
        if error.name() in ("_TRANSPORT", "_TIMED_OUT", "_ALL_BROKERS_DOWN"):
            with interruptible():
                self._consumer.poll(0)  # hands over what went wrong behind it
            return self._unreachable(self._down or error.str())
        hints = {
            "_AUTHENTICATION": "are user and password right?",
            "TOPIC_AUTHORIZATION_FAILED": "let this user read the topic",
            "GROUP_AUTHORIZATION_FAILED": f"let this user read as group {self._group!r}",
            "UNKNOWN_MEMBER_ID": f"group {self._group!r} has other members: name another group",
        }
        return RecordsUnreadable(str(self._source), error.str(), hints.get(error.name()))

    def _unreachable(self, fact: str) -> RecordsUnreadable:
        hint = "does it run, and is its address right? see servers= of @ops0.source.kafka"
        if "certificate verify failed" in fact:
            hint = (
                "name a file with the certificate of its authority: SSL_CERT_FILE=/path/to/ca.pem"
            )
        return RecordsUnreadable(str(self._source), f"no broker answers: {fact}", hint)

    def _lost(self, message: Message) -> PositionLost:
        topic = self._source.place
        error = message.error()
        return PositionLost(
            str(self._source),
            f"partition {message.partition()}: {'' if error is None else error.str()}: what is to be read next is gone",
            f"say where to go on: kafka-consumer-groups.sh --group {self._group} --topic {topic} "
            "--reset-offsets --to-earliest --execute",
        )

    def _bad_records(self, bad: list[Bad]) -> BadRecord:
        more = f", and {len(bad) - 1} more in this batch" if len(bad) > 1 else ""
        return BadRecord(
            str(self._source),
            bad[0].where,
            f"{bad[0].fact}{more}",
            f'name a topic that gets such records: dead_letter="{self._source.place}.bad"',
        )


def _offset(given: Any) -> int:
    return int(given)
