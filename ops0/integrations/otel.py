"""Traces to an OpenTelemetry collector, over OTLP, by OpenTelemetry's own SDK: the extra ``otel``.

Everything about the connection is said by OpenTelemetry's own variables: ``OTEL_EXPORTER_OTLP_ENDPOINT``,
``…_TRACES_ENDPOINT``, ``…_HEADERS``, ``…_PROTOCOL``, ``…_CERTIFICATE``, ``…_TIMEOUT``; ``OTEL_SERVICE_NAME``,
``OTEL_RESOURCE_ATTRIBUTES``, ``OTEL_SDK_DISABLED``. ``TRACEPARENT`` puts a run below the trace of who started it.
source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
"""
# ruff: noqa: PLC0415 - an extra, and only for whoever uses it

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ops0.core.plain_text import plain_text
from ops0.integrations.spans import Span

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

_MISSING = 'install it beside ops0: pip install "ops0[otel]"'
_GRPC = "install it beside ops0: pip install opentelemetry-exporter-otlp-proto-grpc"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_LONGEST = 300
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")


class TraceFault(Exception):
    """The trace was not sent. ``hint``: what to do, or None."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def is_wanted(environ: Mapping[str, str]) -> bool:
    """Whether somebody has said where traces go, and has not switched them off."""
    off = environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    none = environ.get("OTEL_TRACES_EXPORTER", "otlp") == "none"
    return not off and not none and any(environ.get(name) for name in _ENDPOINTS)


def send(run: str, spans: Sequence[Span], environ: Mapping[str, str]) -> None:
    """Send the spans of a run as one trace. The same run gives the same ids, however often it is sent.

    spans:  each after its parent
    raises: TraceFault
    """
    try:
        from opentelemetry.sdk.trace.export import SpanExportResult

        exporter = _exporter(environ)
    except ImportError:
        raise TraceFault("OpenTelemetry is not installed", _MISSING) from None
    with _quiet() as said:
        try:
            result = exporter.export(_made(run, spans, environ))
        except Exception as fault:  # noqa: BLE001 - whatever a library raises, a run does not fail for want of a trace
            raise TraceFault(f"{type(fault).__name__}: {fault}") from None
        finally:
            exporter.shutdown()
    if result is not SpanExportResult.SUCCESS:
        why = "".join(f": {one}" for one in said[-1:])
        raise TraceFault(f"the collector did not take it{why}", _look_at(environ))


def _look_at(environ: Mapping[str, str]) -> str:
    """The hint with the variable that says where the collector is, without what may be secret in it."""
    name = next(one for one in reversed(_ENDPOINTS) if environ.get(one))
    return f"does the collector run, and let you in? {name}={_server(environ[name])}, OTEL_EXPORTER_OTLP_HEADERS"


def _server(address: str) -> str:
    """The scheme, host and port of an address; ``…`` where it is none."""
    scheme, mark, rest = address.partition("://")
    return (
        f"{scheme}{mark}{re.split('[/?#]', rest, maxsplit=1)[0].rpartition('@')[2]}"
        if mark
        else "…"
    )


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """What OpenTelemetry's own loggers would print belongs to a line of ours. No other logger is touched."""
    logger, said = logging.getLogger("opentelemetry"), _Said()
    was, logger.propagate = logger.propagate, False
    logger.addHandler(said)
    try:
        yield said.lines
    finally:
        logger.removeHandler(said)
        logger.propagate = was


class _Said(logging.Handler):
    """The first line of each message, as a terminal may show it: a server's own words are in it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """As logging's own: whatever a message is, it is no fault of a run."""
        try:
            self.lines += [
                one[:_LONGEST] for one in plain_text(record.getMessage()).splitlines()[:1]
            ]
        except Exception:  # noqa: BLE001 - arguments that do not fit the message
            self.handleError(record)


def _exporter(environ: Mapping[str, str]) -> Any:
    protocol = next((environ[name] for name in _PROTOCOLS if environ.get(name)), "http/protobuf")
    if protocol == "grpc":
        try:
            from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (
                OTLPSpanExporter as Grpc,
            )
        except ImportError:
            raise TraceFault(
                f"OpenTelemetry's exporter for {protocol} is not installed", _GRPC
            ) from None
        return Grpc()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


def _made(run: str, spans: Sequence[Span], environ: Mapping[str, str]) -> list[ReadableSpan]:
    from opentelemetry import trace
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    ids = _ids(run)
    resource = Resource.create({"service.name": environ.get("OTEL_SERVICE_NAME") or "ops0"})
    tracer = TracerProvider(resource=resource, id_generator=ids, shutdown_on_exit=False).get_tracer(
        "ops0"
    )
    carrier = {name: environ[name.upper()] for name in ("traceparent", "tracestate")
               if environ.get(name.upper())}  # fmt: skip
    above = TraceContextTextMapPropagator().extract(carrier)
    made: dict[str, Any] = {}
    for one in spans:
        ids.key = one.key
        context = above if one.parent is None else trace.set_span_in_context(made[one.parent])
        span = tracer.start_span(
            one.name, context=context, start_time=one.start, attributes=dict(one.attributes)
        )
        for at, name, attributes in one.events:
            span.add_event(name, dict(attributes), timestamp=at)
        if one.error is not None:
            span.set_status(trace.Status(trace.StatusCode.ERROR, one.error))
        span.end(end_time=one.end)
        made[one.key] = span
    return list(made.values())


def _ids(run: str) -> Any:
    from opentelemetry.sdk.trace.id_generator import IdGenerator

    class Ids(IdGenerator):
        """Ids that follow from the run and the span's key."""

        key = ""

        def generate_trace_id(self) -> int:
            return _number(run, 16)

        def generate_span_id(self) -> int:
            return _number(f"{run} {self.key}", 8)

    return Ids()


def _number(text: str, size: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:size], "big") or 1
