"""``ops0 gc``: what killed runs left behind."""

from __future__ import annotations

import click

from ops0.runtime.clean import remove_orphans
from ops0.runtime.docker_engine import connect


@click.command("gc")
@click.option("--dry-run", is_flag=True, help="Only name what would be removed.")
def command(dry_run: bool) -> None:
    """Remove what no run owns any more.

    Containers and volumes of runs that were killed. What a living ops0 owns stays.
    """
    names = remove_orphans(connect(), dry_run=dry_run)
    for name in names:
        click.echo(name)
    click.echo(f"{len(names)} {'would be removed' if dry_run else 'removed'}", err=True)
