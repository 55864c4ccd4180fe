"""What sending a trace does to the process that it is sent from."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from ops0.integrations import otel

ENV = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example:4318"}


@pytest.fixture
def loud() -> Iterator[list[str]]:
    """A process that has switched off what is below an error, and notes what its own handler gets."""
    told: list[str] = []

    class Notes(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record.getMessage())

    handler = Notes()
    logging.getLogger().addHandler(handler)
    logging.disable(logging.WARNING)
    yield told
    logging.disable(logging.NOTSET)
    logging.getLogger().removeHandler(handler)


def test_the_users_logging_is_as_it_was(monkeypatch: pytest.MonkeyPatch, loud: list[str]) -> None:
    from opentelemetry.sdk.trace.export import SpanExportResult

    class Exporter:
        def export(self, _: Any) -> Any:
            logging.getLogger("opentelemetry.exporter").error("of the library")
            logging.getLogger("users").error("of the user")
            return SpanExportResult.SUCCESS

        def shutdown(self) -> None:
            pass

    monkeypatch.setattr(otel, "_exporter", lambda _: Exporter())
    otel.send("r", [], ENV)
    assert loud == ["of the user"]
    logging.getLogger("users").warning("is switched off by the user")
    logging.getLogger("opentelemetry.exporter").error("later")
    assert loud == ["of the user", "later"]


def test_the_exporter_for_grpc_is_another_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.grpc.trace_exporter", None)
    with pytest.raises(otel.TraceFault, match="exporter for grpc is not installed") as caught:
        otel.send("r", [], {**ENV, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
    assert "opentelemetry-exporter-otlp-proto-grpc" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        (ENV, "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector.example:4318"),
        (
            {**ENV, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://me:word@other.example/?key=word"},
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://other.example",
        ),
    ],
)
def test_what_was_not_taken_is_told_with_why_and_where(
    environ: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was: the collector did not take it; is the endpoint right?"""
    from opentelemetry.sdk.trace.export import SpanExportResult

    class Exporter:
        def export(self, _: Any) -> Any:
            logging.getLogger("opentelemetry.exporter").error("code: \x1b]0;mine\x07%s\nmore", 404)
            return SpanExportResult.FAILURE

        def shutdown(self) -> None:
            pass

    monkeypatch.setattr(otel, "_exporter", lambda _: Exporter())
    with pytest.raises(otel.TraceFault, match=r"did not take it: code: 404$") as caught:
        otel.send("r", [], environ)
    assert str(caught.value.hint).endswith(f"? {told}, OTEL_EXPORTER_OTLP_HEADERS")
