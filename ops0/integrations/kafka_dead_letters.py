"""Bad records of a Kafka topic, on their way into another, where somebody will look at them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ops0.core.record_source import RecordSource
from ops0.integrations.kafka_callbacks import QUIET, interruptible
from ops0.integrations.reading import ANSWER_LIMIT, Bad, RecordsUnreadable

_LARGEST = 1_000_000_000
"""Bytes of a bad record, librdkafka's most: what the brokers have let into one topic goes into the other."""
_TICK = 0.25


class DeadLetters:
    """One source's topic of bad records.

    kafka:    the module confluent_kafka
    settings: how the brokers are reached
    why:      what the brokers' last fault was, None: there was none
    """

    def __init__(
        self,
        kafka: Any,
        settings: dict[str, Any],
        source: RecordSource,
        why: Callable[[], str | None],
    ) -> None:
        own = {"enable.idempotence": True, "acks": "all", "message.max.bytes": _LARGEST}
        self._kafka, self._source, self._why = kafka, source, why
        self._producer = kafka.Producer({**settings, **own}, logger=QUIET)
        self._told: list[Any] = []

    def send(self, bad: tuple[Bad, ...]) -> None:
        """Each as it came; headers say where from and why. Raises RecordsUnreadable, where one did not arrive."""
        for one in bad:
            self._hand_over(
                value=one.data,
                key=one.key,
                headers={"ops0.from": f"{self._source.place}, {one.where}", "ops0.fault": one.fact},
                on_delivery=lambda error, _: self._told.append(error),
            )
        with interruptible():
            left = self._producer.flush(ANSWER_LIMIT)
        error = next((one for one in self._told if one is not None), None)
        if error is not None or left:
            raise self._not_kept(f"{left} did not arrive" if error is None else error.str())

    def _hand_over(self, **record: Any) -> None:
        """Give one record to the producer, which holds so many at most. Raises RecordsUnreadable."""
        until = time.monotonic() + ANSWER_LIMIT
        while True:
            try:
                self._producer.produce(self._source.dead_letter, **record)
            except BufferError:  # noqa: PERF203 - it waits for the broker
                if time.monotonic() >= until:
                    raise self._not_kept(self._why() or "the broker takes none") from None
                with interruptible():
                    self._producer.poll(_TICK)
            except self._kafka.KafkaException as fault:
                raise self._not_kept(fault.args[0].str()) from None
            else:
                return

    def _not_kept(self, fact: str) -> RecordsUnreadable:
        return RecordsUnreadable(
            str(self._source),
            f"bad records cannot be put into {self._source.dead_letter!r}: {fact}",
            "does the topic exist, and may this user write to it? the run's results are there",
        )
