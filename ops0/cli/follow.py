"""``ops0 run --follow``: batch after batch of a pipeline whose steps have sources."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

from ops0.core.pipeline import Pipeline
from ops0.runtime.report import Report
from ops0.runtime.sourcing.sourcing import NoRecords, wanted_sources


def follow(pipeline: Pipeline, run: Callable[[], Report], show: Callable[[Report], None]) -> None:
    """Run again and again, one batch at a time, until it fails or is interrupted: nothing is read ahead.

    run:    one batch; raises NoRecords where there is none, and then waits as long as its sources collect one
    raises: click.UsageError where no step has a source; what a run raises
    """
    sources = [one.source for one in wanted_sources(pipeline)]
    if not sources:
        raise click.UsageError("--follow is for pipelines with a source, and no step has one")
    pause = min(one.wait for one in sources)
    waits = False
    while True:
        begun = time.monotonic()
        try:
            report = run()
        except NoRecords:
            if not waits:  # said once, however long it takes
                click.echo(f"waiting for new records of {', '.join(map(str, sources))}", err=True)
            waits = True
            time.sleep(max(0.0, pause - (time.monotonic() - begun)))
        else:
            waits = False
            show(report)
