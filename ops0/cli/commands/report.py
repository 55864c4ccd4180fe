"""``ops0 report``: a run as one page of HTML."""

from __future__ import annotations

from pathlib import Path

import click

from ops0.cli.completions import complete_run
from ops0.cli.to_be_written import ToBeWritten
from ops0.cli.which_run import meant_run


@click.command("report")
@click.argument("run", required=False, shell_complete=complete_run)
@click.option(
    "-o",
    "--out",
    type=ToBeWritten(dir_okay=False),
    metavar="FILE",
    help="Where to write it; - is stdout. Default: report.html in the run's own folder.",
)
@click.option("--open", "show", is_flag=True, help="Also open it in the browser.")
def command(run: str | None, out: Path | None, show: bool) -> None:
    """Write a run as one page of HTML: graph, timeline, what each step used, logs, results.

    The page needs nothing else, neither network nor other files. RUN is an id that `ops0 runs` lists, or a pipeline for
    its newest run; left out, it is the newest run of this project. Prints where the page is.
    """
    from ops0.cli.reporting import run_page  # noqa: PLC0415 - loads jinja2

    folder = meant_run(run)
    page = run_page(folder)
    if str(out) == "-":
        click.echo(page, nl=False)
        return
    path = folder.path / "report.html" if out is None else out
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    click.echo(path)
    if show:
        from ops0.cli.browsing import open_page  # noqa: PLC0415 - starts a program

        open_page(path.resolve())
