"""Traces into a real OTLP receiver, metrics read by Prometheus's own parser."""

from __future__ import annotations

import http.server
import os
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from driver.command import OPS0

PIPELINE = """
import ops0

@ops0.step
def load(rows: int = 3):
    ops0.log_metric("rows", rows)
    return rows

@ops0.retry(max_attempts=2, backoff="10ms")
@ops0.step
def train(load):
    if load == 0:
        raise ValueError("no rows")
    return load * 2
"""


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes traces as the OTLP specification has it, over HTTP with protobuf."""

    protocol_version = "HTTP/1.1"
    spans: list[tuple[Any, Any]]
    status = 200

    def do_POST(self) -> None:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
            ExportTraceServiceRequest,
            ExportTraceServiceResponse,
        )

        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.path == "/v1/traces"
        assert self.headers["Content-Type"] == "application/x-protobuf"
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in group.scope_spans:
                type(self).spans += [(span, group.resource) for span in scope.spans]
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(type(self).status)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def collecting(status: int = 200) -> Iterator[tuple[str, list[tuple[Any, Any]]]]:
    pytest.importorskip("opentelemetry.proto")
    handler = type("Handler", (Collector,), {"spans": [], "status": status})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.spans  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ops0(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    (folder / "flow.py").write_text(PIPELINE)
    return subprocess.run(
        [OPS0, *words], cwd=folder, env={**os.environ, **environ}, check=False,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_a_run_is_one_trace_below_who_started_it(tmp_path: Path) -> None:
    above = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with collecting() as (endpoint, spans):
        done = ops0(
            tmp_path, "run", "flow.py", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, TRACEPARENT=above,
            OTEL_RESOURCE_ATTRIBUTES="team=data",
        )  # fmt: skip
    assert done.returncode == 0
    by_name = {span.name: span for span, _ in spans}
    assert sorted(by_name) == ["load", "load, attempt 1", "run flow", "train", "train, attempt 1"]
    root = by_name["run flow"]
    assert {span.trace_id.hex() for span, _ in spans} == {"0af7651916cd43dd8448eb211c80319c"}
    assert root.parent_span_id.hex() == "b7ad6b7169203331"
    assert by_name["load"].parent_span_id == root.span_id
    assert by_name["load, attempt 1"].parent_span_id == by_name["load"].span_id
    for span, resource in spans:
        assert root.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
        told = {one.key: one.value.string_value for one in resource.attributes}
        assert (told["service.name"], told["team"]) == ("ops0", "data")
    values = {one.key: one.value for one in by_name["load, attempt 1"].attributes}
    assert values["ops0.metric.rows"].double_value == 3.0
    assert values["ops0.cpu_seconds"].double_value > 0
    assert [one.name for one in by_name["train, attempt 1"].events].count("go") == 1


def test_a_failure_is_an_error_with_its_exception(tmp_path: Path) -> None:
    with collecting() as (endpoint, spans):
        where = f"{endpoint}/v1/traces"
        failed = ops0(
            tmp_path, "run", "flow.py", "--param", "rows=0",
            OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=where,
        )  # fmt: skip
    assert failed.returncode == 50
    by_name = {span.name: span for span, _ in spans}
    for name in ("run flow", "train", "train, attempt 1", "train, attempt 2"):
        assert by_name[name].status.code == 2, name
    assert by_name["load"].status.code == 0
    (raised,) = (one for one in by_name["train, attempt 2"].events if one.name == "exception")
    told = {one.key: one.value.string_value for one in raised.attributes}
    assert (told["exception.type"], told["exception.message"]) == ("ValueError", "no rows")
    assert 'File "flow.py", line 13' in told["exception.stacktrace"]


def test_a_collector_that_refuses_or_is_not_there_is_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("opentelemetry.sdk")
    with collecting(status=400) as (refusing, _):
        for endpoint in (refusing, "http://127.0.0.1:9"):
            done = ops0(
                tmp_path, "run", "flow.py", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint,
                OTEL_EXPORTER_OTLP_TIMEOUT="2",
            )  # fmt: skip
            assert (done.returncode, done.stdout) == (0, "6\n")
            assert "warning: the trace was not sent: the collector did not take it" in done.stderr
            assert "Traceback" not in done.stderr
    off = ops0(
        tmp_path, "run", "flow.py", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9",
        OTEL_SDK_DISABLED="true",
    )  # fmt: skip
    assert "warning" not in off.stderr


def test_prometheus_reads_what_is_printed(tmp_path: Path) -> None:
    parser = pytest.importorskip("prometheus_client.parser")
    assert ops0(tmp_path, "metrics").stdout.count("# TYPE ops0_runs gauge") == 1
    ops0(tmp_path, "run", "flow.py", "--param", "rows=0")
    ops0(tmp_path, "run", "flow.py", "--param", "rows=4")
    printed = ops0(tmp_path, "metrics")
    assert printed.returncode == 0
    families = parser.text_string_to_metric_families(printed.stdout)
    samples = [sample for family in families for sample in family.samples]
    found = {
        (sample.name, sample.labels.get("call"), sample.labels.get("state")): sample.value
        for sample in samples
    }
    assert {sample.labels["project"] for sample in samples} == {str(tmp_path)}
    assert found["ops0_runs", None, "done"] == 1
    assert found["ops0_runs", None, "failed"] == 1
    assert found["ops0_last_run_success", None, None] == 1
    assert found["ops0_last_run_metric", "load", None] == 4
    assert found["ops0_last_run_call_attempts", "train", None] == 1
    assert 0 < found["ops0_last_run_call_duration_seconds", "train", None] < 30
    assert found["ops0_last_run_call_memory_bytes", "load", None] > 5e6
    ops0(tmp_path, "metrics", "-o", "text/ops0.prom")
    assert (tmp_path / "text/ops0.prom").read_text() == printed.stdout


def test_prometheus_can_scrape_it(tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    ops0(tmp_path, "run", "flow.py")
    server = subprocess.Popen(
        [OPS0, "metrics", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stderr is not None
        address = server.stderr.readline().strip()
        with urllib.request.urlopen(address, timeout=20) as answer:
            labels = f'engine="processes",pipeline="flow",project="{tmp_path}"'
            assert f"ops0_last_run_success{{{labels}}} 1.0" in answer.read().decode()
    finally:
        server.terminate()
        server.communicate(timeout=20)
    for wrong, told in (
        ("9109", "127.0.0.1:9109"),
        ("127.0.0.1:many", "127.0.0.1:9109"),
        ("192.0.2.1:9109", "name an address of this machine and a port that nobody listens on"),
    ):
        refused = ops0(tmp_path, "metrics", "--listen", wrong)
        assert refused.returncode == 7, refused.stderr
        assert told in refused.stderr
