"""Numbers for Prometheus, by its official client: the extra ``prometheus``."""
# ruff: noqa: PLC0415 - an extra, and only for whoever uses it

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class PrometheusMissing(Exception):
    """The client library is not installed."""


class CannotListen(Exception):
    """The address cannot be listened on. The text is the system's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauge:
    """A gauge with all its values, each with its labels. ``name`` without the prefix ``ops0_``."""

    name: str
    about: str
    labels: tuple[str, ...]
    values: Sequence[tuple[Mapping[str, str], float]]


def exposition(gauges: Iterable[Gauge]) -> bytes:
    """Prometheus's text format.

    raises: PrometheusMissing
    source: https://prometheus.io/docs/instrumenting/exposition_formats/
    """
    try:
        from prometheus_client import generate_latest
    except ImportError:
        raise PrometheusMissing from None
    return bytes(generate_latest(_registry(lambda: gauges)))


def serve(host: str, port: int, gauges: Callable[[], Iterable[Gauge]]) -> Any:
    """Answer at ``http://host:port/metrics`` on a thread, reading anew each time. Gives the server: ``server_port``.

    raises: PrometheusMissing, CannotListen
    """
    try:
        from prometheus_client import start_http_server
    except ImportError:
        raise PrometheusMissing from None
    try:
        server, _ = start_http_server(port, addr=host, registry=_registry(gauges))
    except OSError as fault:
        raise CannotListen(fault.strerror or str(fault)) from None
    return server


def _registry(gauges: Callable[[], Iterable[Gauge]]) -> Any:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import GaugeMetricFamily
    from prometheus_client.registry import Collector

    class Runs(Collector):
        """Asked once for each answer."""

        def describe(self) -> Iterable[Any]:
            """Nothing ahead: what there is is known when it is asked for."""
            return ()

        def collect(self) -> Iterator[Any]:
            """Give every gauge that has a value."""
            for gauge in gauges():
                family = GaugeMetricFamily(f"ops0_{gauge.name}", gauge.about, labels=gauge.labels)
                for labels, value in gauge.values:
                    family.add_metric([labels[name] for name in gauge.labels], value)
                yield family

    registry = CollectorRegistry()
    registry.register(Runs())
    return registry
