"""``ops0 metrics``: the runs of this machine for Prometheus."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from ops0.cli.to_be_written import ToBeWritten
from ops0.core.errors import SettingsError
from ops0.host.folders import write_aside
from ops0.integrations import prometheus
from ops0.runtime.watching.gauges import gauges_of
from ops0.runtime.watching.kept_runs import kept_histories


class NoPrometheus(SettingsError):
    """Prometheus's client library is an extra, and not installed."""

    exit_code = 7

    def __init__(self) -> None:
        super().__init__(
            "prometheus-client is not installed",
            'install it beside ops0: pip install "ops0[prometheus]"',
        )


_FORM = "say HOST:PORT, as 127.0.0.1:9109"
_TAKEN = (
    "name an address of this machine and a port that nobody listens on; port 0 takes a free one"
)


class BadAddress(SettingsError):
    """An address that cannot be listened on."""

    exit_code = 7

    def __init__(self, address: str, fact: str, hint: str = _FORM) -> None:
        super().__init__(f"--listen {address}: {fact}", hint)
        self.address = address


@click.command("metrics")
@click.option(
    "-o",
    "--out",
    type=ToBeWritten(dir_okay=False, replaced=True),
    metavar="FILE",
    help="Write them there, whole or not at all: for node_exporter's textfile collector.",
)
@click.option(
    "--listen", metavar="HOST:PORT", help="Answer at http://HOST:PORT/metrics until Ctrl-C."
)
def command(out: Path | None, listen: str | None) -> None:
    """Print the runs of this machine as metrics for Prometheus.

    The number of runs kept, the outcome of each pipeline's last run, the time and resources of its calls, and what
    steps logged with ops0.log_metric. Needs the extra: pip install "ops0[prometheus]".
    """
    if out is not None and listen is not None:
        raise click.UsageError("--out and --listen are asked for one at a time")
    try:
        if listen is not None:
            _serve(listen)
            return
        text = prometheus.exposition(gauges_of(kept_histories()))
    except prometheus.PrometheusMissing:
        raise NoPrometheus from None
    if out is None:
        click.echo(text, nl=False)
    else:
        write_aside(out, text)


def _serve(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise BadAddress(address, "is no address")
    try:
        server = prometheus.serve(host.strip("[]"), int(port), lambda: gauges_of(kept_histories()))
    except prometheus.CannotListen as fault:
        raise BadAddress(address, str(fault).lower(), _TAKEN) from None
    click.echo(f"http://{host}:{server.server_port}/metrics", err=True)
    threading.Event().wait()
