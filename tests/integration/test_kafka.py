"""``@ops0.source.kafka`` against a real broker: bounds, failures, kills, a broker that goes away, bad records."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from driver.command import OPS0
from moto.server import ThreadedMotoServer
from streaming import Broker, a_broker, a_broker_by_tls

import ops0
from ops0.core.errors import Ops0Error
from ops0.core.record_source import RecordSource
from ops0.host.folders import lock_if_free
from ops0.integrations import kafka
from ops0.integrations.kafka import KafkaReader
from ops0.integrations.reading import BadRecord, PositionLost, RecordsUnreadable
from ops0.runtime.errors import StepFailed
from ops0.runtime.sourcing.sourcing import NoRecords, SourceBusy

PIPELINE = """
import os, time
from pathlib import Path
import ops0

@ops0.step
@ops0.source.kafka(topic="{topic}", format="{format}"{more})
def stream_numbers():
    pass

@ops0.step
def total(numbers):
    {body}
    return numbers
"""
KILLED_AT = """
import os, signal, sys
from ops0.{module} import {kind}

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

{kind}.{method} = kill
import ops0
ops0.run(sys.argv[1])
"""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with a_broker(tmp_path_factory.mktemp("tansu")) as made:
        yield made


@dataclass
class Stream:
    """One topic, and a pipeline over it."""

    broker: Broker
    topic: str
    path: Path

    @property
    def group(self) -> str:
        return "ops0.pipeline.stream_numbers"

    def write(self, body: str = "pass", more: str = "", kind: str = "json") -> None:
        bounds = f', max_wait="400ms"{more}'
        text = PIPELINE.format(topic=self.topic, more=bounds, body=body, format=kind)
        self.path.write_text(text)

    def send(self, *values: Any, partition: int = 0) -> None:
        self.broker.send(self.topic, values, partition)

    def run(self, **more: Any) -> Any:
        return ops0.run(self.path, **more)

    def committed(self, partition: int = 0) -> int:
        return self.broker.committed(self.group, self.topic, partition)


@pytest.fixture
def stream(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stream:
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", broker.address)
    topic = f"numbers-{uuid.uuid4().hex[:8]}"
    broker.create(topic, partitions=2)
    (tmp_path / "project").mkdir()
    found = Stream(broker, topic, tmp_path / "project" / "pipeline.py")
    found.write()
    return found


def test_a_batch_ends_by_count_then_the_next_begins_where_it_ended(stream: Stream) -> None:
    stream.write(more=", max_records=3")
    stream.send(*range(5))
    stream.send(10, 11, partition=1)
    first = stream.run()
    assert len(first) == 3
    second, third = stream.run(), stream.run()
    assert len(second) == 3
    assert sorted([*first, *second, *third]) == [0, 1, 2, 3, 4, 10, 11]
    assert (stream.committed(), stream.committed(1)) == (5, 2)
    with pytest.raises(NoRecords, match="no new records"):
        stream.run()


def test_a_batch_ends_by_bytes(stream: Stream) -> None:
    stream.write(more=', max_bytes="1KiB"')
    stream.send(*["x" * 400] * 5)
    assert [len(stream.run()) for _ in range(3)] == [2, 2, 1]


@pytest.mark.docker
def test_containers_get_them_without_a_network(stream: Stream) -> None:
    body = """
    import socket
    try:
        socket.create_connection(("192.0.2.1", 9), 1)
    except OSError as fault:
        numbers = [*numbers, fault.strerror]
    """
    stream.write(body=body.strip())
    stream.send(1, 2)
    assert stream.run(mode="containers") == [1, 2, "Network is unreachable"]
    assert stream.committed() == 2


def test_what_failed_comes_again_and_nothing_is_committed_meanwhile(stream: Stream) -> None:
    stream.write(body="raise ValueError(len(numbers))")
    stream.send(1, 2)
    with pytest.raises(StepFailed, match="2"):
        stream.run()
    assert stream.committed() < 0
    stream.send(3)
    stream.write()
    assert stream.run() == [1, 2], "the batch that failed, as it was"
    assert stream.run() == [3]


@pytest.mark.parametrize(
    ("module", "kind", "method", "runs_again"),
    [
        ("runtime.orchestrator", "Conductor", "execute", True),
        ("runtime.sourcing.inbox", "Inbox", "settle", False),
        ("runtime.sourcing.inbox", "Inbox", "_acknowledge", False),
        ("integrations.kafka", "KafkaReader", "commit", False),
    ],
)
def test_killed_between_result_and_commit(
    stream: Stream, module: str, kind: str, method: str, runs_again: bool
) -> None:
    stream.send(1, 2)
    script = KILLED_AT.format(module=module, kind=kind, method=method)
    done = subprocess.run(
        [sys.executable, "-c", script, str(stream.path)], check=False, timeout=120
    )
    assert done.returncode == -signal.SIGKILL
    assert stream.committed() < 0
    stream.send(3)
    assert stream.run() == ([1, 2] if runs_again else [3])
    assert stream.committed() == (2 if runs_again else 3)


def test_a_broker_that_goes_away_during_the_run(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "ANSWER_LIMIT", 2.0)
    stream.send(1, 2)
    settled = KafkaReader.keep_bad

    def gone(self: KafkaReader, bad: Any) -> None:
        stream.broker.pause()
        settled(self, bad)

    with monkeypatch.context() as patch:
        patch.setattr(KafkaReader, "keep_bad", gone)
        with pytest.raises(RecordsUnreadable, match="no broker answers"):
            stream.run()
    with pytest.raises(RecordsUnreadable, match="no broker answers"):
        stream.run()
    stream.broker.go_on()
    stream.send(3)
    assert stream.run() == [3], "what has results is not run again"


def test_a_broker_that_says_nothing_to_a_commit_is_not_waited_for(
    stream: Stream, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """librdkafka's own commit waits a minute for its connection, and for a coordinator without end."""
    monkeypatch.setattr(kafka, "ANSWER_LIMIT", 2.0)
    real = KafkaReader.commit

    def unheard(*given: Any) -> None:
        broker.pause()
        real(*given)

    stream.send(1)
    begin = time.monotonic()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(KafkaReader, "commit", unheard)
            with pytest.raises(RecordsUnreadable, match="nothing came"):
                stream.run()
        assert time.monotonic() - begin < 40
    finally:
        broker.go_on()
    stream.send(2)
    assert stream.run() == [2], "what has results is not run again"


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[Broker]:
    """A broker that keeps what it holds on an S3 server, so that it can be killed and started again."""
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    bucket = urllib.request.Request(f"http://{host}:{port}/tansu", method="PUT")
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            bucket, timeout=30
        ).close()
        with a_broker(tmp_path, s3=f"http://{host}:{port}") as made:
            yield made
    finally:
        server.stop()


def test_a_broker_that_dies_anywhere_and_comes_back_loses_and_repeats_nothing(
    lasting: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the batch is read, before its results are settled, and before its offsets are committed."""
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", lasting.address)
    lasting.create("numbers")
    (tmp_path / "project").mkdir()
    stream = Stream(lasting, "numbers", tmp_path / "project/pipeline.py")
    seen = tmp_path / "seen"
    stream.write(body=f"open({str(seen)!r}, 'a').write(f'{{numbers}}\\n')", more=", max_records=2")
    stream.send(*range(8))
    for method in ("read", "keep_bad", "commit"):
        real = getattr(KafkaReader, method)

        def dying(*given: Any, real: Any = real) -> Any:
            lasting.kill()
            return real(*given)

        with monkeypatch.context() as patch:
            patch.setattr(KafkaReader, method, dying)
            patch.setattr(kafka, "ANSWER_LIMIT", 3.0)  # of a broker that is dead
            with pytest.raises(RecordsUnreadable):
                stream.run()
        lasting.start()
    with suppress(NoRecords):  # how many batches it takes is a question of time
        for _ in range(20):
            stream.run()
    batches = map(json.loads, seen.read_text().splitlines())
    assert [one for batch in batches for one in batch] == list(range(8))
    assert stream.committed() == 8


def test_a_broker_behind_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a certificate of one's own authority, as brokers inside have: refused until the authority is named."""
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(kafka, "ANSWER_LIMIT", 3.0)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    (tmp_path / "project").mkdir()
    with a_broker_by_tls(tmp_path) as (broker, authority):
        monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", broker.address)
        broker.create("numbers")
        stream = Stream(broker, "numbers", tmp_path / "project/pipeline.py")
        stream.write(more=", tls=True")
        stream.send(1, 2)
        with pytest.raises(RecordsUnreadable, match="certificate verify failed") as caught:
            stream.run()
        assert "SSL_CERT_FILE" in str(caught.value.hint)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert stream.run() == [1, 2]
        assert stream.committed() == 2
        stream.write()
        with pytest.raises(RecordsUnreadable, match="no broker answers"):
            stream.run()


def test_bad_records_are_told_or_put_aside(stream: Stream) -> None:
    stream.send({"a": 1}, b'{"a": ', b"\xff", {"a": 2})
    with pytest.raises(BadRecord, match=r"partition 0, offset 1: not JSON.*1 more") as caught:
        stream.run()
    assert "dead_letter=" in str(caught.value.hint)
    assert stream.committed() < 0
    bad = f"{stream.topic}.bad"
    stream.broker.create(bad)
    stream.write(more=f', dead_letter="{bad}"')
    assert stream.run() == [{"a": 1}, {"a": 2}]
    found = stream.broker.messages(bad, 2)
    assert [one.value() for one in found] == [b'{"a": ', b"\xff"]
    headers = dict(found[1].headers())
    assert headers["ops0.from"] == f"{stream.topic}, partition 0, offset 2".encode()
    assert b"not UTF-8" in headers["ops0.fault"]
    stream.send(b"{")
    with pytest.raises(NoRecords):
        stream.run()
    assert stream.committed() == 5


@pytest.mark.parametrize(("kind", "value"), [("text", "[1]"), ("bytes", b"[1]")])
def test_formats(stream: Stream, kind: str, value: Any) -> None:
    stream.write(kind=kind)
    stream.send(b"[1]")
    assert stream.run() == [value]


def test_offsets_that_were_reset_are_obeyed(stream: Stream) -> None:
    stream.write()
    stream.send(1, 2, 3)
    assert stream.run() == [1, 2, 3]
    stream.broker.commit(stream.group, stream.topic, 1)
    assert stream.run() == [2, 3]


def test_one_run_at_a_time(stream: Stream) -> None:
    stream.send(1)
    stream.run()
    (folder,) = (stream.path.parent.parent / "state" / "sources").iterdir()
    with lock_if_free(folder / "lock") as held:
        assert held
        with pytest.raises(SourceBusy):
            stream.run()


def test_a_notebook_or_test_gets_them_in_its_own_process(stream: Stream) -> None:
    stream.send(1, 2)

    def once() -> Any:
        with ops0.pipeline(f"p-{stream.topic}"):

            @ops0.step
            @ops0.source.kafka(stream.topic, max_wait=0.4)
            def stream_numbers() -> None: ...

            @ops0.step
            def doubled(numbers: list[int]) -> list[int]:
                return [one * 2 for one in numbers]

            return ops0.run()

    assert once() == [2, 4]
    stream.send(3)
    assert once() == [6]


def test_follow_takes_batch_after_batch_until_it_is_told_to_stop(stream: Stream) -> None:
    stream.write(more=", max_records=1")
    stream.send(1, 2)
    told = stream.path.with_name("stderr.txt")
    with told.open("w") as errors:
        program = subprocess.Popen(
            [OPS0, "run", str(stream.path), "--follow"],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert program.stdout is not None
    said = ""
    while said.count("]") < 2:
        said += program.stdout.readline()
    stream.send(3)
    while said.count("]") < 3:
        said += program.stdout.readline()
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=60)
    assert program.returncode == 130, told.read_text()
    assert said.split() == ["[", "1", "]", "[", "2", "]", "[", "3", "]"]
    with pytest.raises(NoRecords):
        stream.run()


def test_ctrl_c_counts_while_the_broker_answers(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """confluent-kafka loses what is raised while it calls back."""
    committed = KafkaReader._committed

    def struck(*given: Any) -> None:
        committed(*given)
        signal.raise_signal(signal.SIGINT)

    stream.send(1)
    with monkeypatch.context() as patch:
        patch.setattr(KafkaReader, "_committed", struck)
        with pytest.raises(KeyboardInterrupt):
            stream.run()
    with pytest.raises(NoRecords):
        stream.run()


def test_what_is_missing_is_said(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault() -> Ops0Error:
        with pytest.raises(Ops0Error) as caught:
            stream.run()
        assert caught.value.hint
        return caught.value

    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    assert "ops0[kafka]" in str(fault().hint)
    monkeypatch.undo()
    os.environ.pop("KAFKA_BOOTSTRAP_SERVERS", None)
    assert "KAFKA_BOOTSTRAP_SERVERS" in str(fault())
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", stream.broker.address)
    stream.path.write_text(stream.path.read_text().replace(stream.topic, "nowhere"))
    assert "Unknown topic" in str(fault())


def test_what_is_gone_before_it_was_read_is_told() -> None:
    """Against librdkafka's own mock broker: tansu answers nothing where an offset is out of range."""
    producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "x", "log_level": 0})
    address = ",".join(
        f"{b.host}:{b.port}" for b in producer.list_topics(timeout=10).brokers.values()
    )
    producer.produce("tx", b"1", partition=0)
    assert producer.flush(10) == 0
    source = RecordSource(kind="kafka", place="tx", format="json", wait=10.0, records=1)
    reader = KafkaReader(source, "g", address, None, None)
    with pytest.raises(PositionLost, match=r"partition 0: .*is gone"):
        reader.read({"0": 500})
    reader.close()
    latest = RecordSource(kind="kafka", place="tx", format="json", wait=0.5, start="latest")
    reader = KafkaReader(latest, "g", address, None, None)
    batch = reader.read({})
    assert (batch.records, batch.after["0"]) == ([], 1), "what comes next is not missed"
    reader.close()
