"""How bad records are handed to a producer that has no room, or does not take one."""

from __future__ import annotations

import signal
import threading
import time
from functools import partial
from typing import Any

import confluent_kafka as kafka
import pytest

from ops0.core.record_source import RecordSource
from ops0.integrations.kafka import KafkaReader
from ops0.integrations.kafka_callbacks import aside
from ops0.integrations.reading import Bad, RecordsUnreadable

SOURCE = RecordSource(kind="kafka", place="tx", format="json", server="a:1", dead_letter="tx.bad")


class Producer:
    """Holds two records until it is polled. ``most``: bytes of one that it takes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: list[Any] = []
        self.sent: list[bytes] = []

    def produce(self, _: str, *, value: bytes, on_delivery: Any, **__: Any) -> None:
        if len(value) > self._most:
            raise kafka.KafkaException(kafka.KafkaError(kafka.KafkaError.MSG_SIZE_TOO_LARGE))
        if len(self._held) == 2:
            raise BufferError("Local: Queue full")
        self._held.append((value, on_delivery))

    def poll(self, _: float) -> None:
        for value, on_delivery in self._held:
            self.sent.append(value)
            on_delivery(None, None)
        self._held.clear()

    def flush(self, _: float) -> int:
        self.poll(0)
        return 0


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> tuple[KafkaReader, Producer, list[dict[str, Any]]]:
    producer, asked = Producer(most=10), []

    def make(settings: dict[str, Any], **_: Any) -> Producer:
        asked.append(settings)
        return producer

    monkeypatch.setattr(kafka, "Producer", make)
    reader = KafkaReader.__new__(KafkaReader)
    reader._kafka, reader._source, reader._shared = kafka, SOURCE, {}
    reader._down = None
    return reader, producer, asked


def bad(*values: bytes) -> tuple[Bad, ...]:
    return tuple(Bad(where="partition 0", fact="not json", data=one) for one in values)


def test_more_bad_records_than_a_producer_holds(made: Any) -> None:
    reader, producer, asked = made
    reader.keep_bad(bad(b"1", b"2", b"3", b"4", b"5"))
    assert producer.sent == [b"1", b"2", b"3", b"4", b"5"]
    kafka.Consumer({"group.id": "g", **asked[0]}).close()  # librdkafka knows these settings


def test_a_record_that_is_not_taken_is_told(made: Any) -> None:
    reader, _, _ = made
    with pytest.raises(RecordsUnreadable, match=r"'tx\.bad'"):
        reader.keep_bad(bad(b"x" * 11))


def test_ctrl_c_waits_for_no_broker_that_is_silent() -> None:
    """librdkafka heeds no signal for fifteen seconds."""
    reader, answered = KafkaReader.__new__(KafkaReader), threading.Event()
    main = threading.get_ident()

    class Consumer:
        def list_topics(self, _: str, *, timeout: float) -> None:
            signal.pthread_kill(main, signal.SIGINT)
            answered.wait(timeout)

    reader._kafka, reader._source, reader._consumer = kafka, SOURCE, Consumer()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        reader._asked(reader._read_partitions)
    assert time.monotonic() - begun < 10
    answered.set()


def test_what_a_broker_says_aside_is_said_where_it_was_asked() -> None:
    assert aside(lambda: 3) == 3
    with pytest.raises(ValueError, match="no"):
        aside(partial(int, "no"))
