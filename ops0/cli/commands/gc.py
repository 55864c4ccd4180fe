"""``ops0 gc``: what killed runs and builds left behind and, if asked, old images."""

from __future__ import annotations

import click

from ops0.cli.options import Count, json_option, quantity
from ops0.cli.show.plain_json import json_text
from ops0.cli.show.plan import size_text
from ops0.cli.sweep import leftovers
from ops0.core.pipeline import JsonValue
from ops0.core.quantities import seconds, size_bytes
from ops0.host.leftovers import Leftover


@click.command("gc")
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
@click.option("--images", is_flag=True, help="Also remove old images of steps.")
@click.option(
    "--keep",
    type=Count(0),
    metavar="N",
    default=2,
    show_default=True,
    help="How many images of each step --images keeps, the newest; if any, also those of each project's last build.",
)
@click.option(
    "--older-than",
    callback=quantity(seconds),
    metavar="AGE",
    help="Also remove wheels, commits of git and cached results unused for so long (30d); of --images only those "
    "tagged before.",
)
@click.option(
    "--max-size",
    callback=quantity(size_bytes),
    metavar="SIZE",
    help="Also remove wheels, those used longest ago, until the rest take no more (5GB); cached results likewise.",
)
@click.option(
    "--others",
    is_flag=True,
    help="Also remove today's leftovers of killed runs that used another state folder; they can then not be resumed.",
)
@json_option
def command(
    dry_run: bool,
    images: bool,
    keep: int,
    older_than: float | None,
    max_size: int | None,
    others: bool,
    as_json: bool,
) -> None:
    """Clean up leftovers of killed runs and builds.

    Removes what killed runs left (containers, volumes, processes, values) and what killed builds and pushes left
    (containers, tags, half-written and temporary folders). On a shared engine each state folder (OPS0_STATE_DIR)
    cleans up after itself; leftovers of others are removed once they are a day old, or with --others.
    Also removes build contexts and environments unused for a day, records of images unread for a month, results of
    @ops0.cache past their ttl, and what @ops0.cleanup_after releases.
    Keeps whatever a running ops0 owns, the logs and results of all other runs, every image that a container uses or a
    deployment of this machine names, and every wheel used within a day.
    """
    told: list[JsonValue] = []
    count = size = stayed = 0
    try:
        for one in leftovers(keep if images else None, older_than, max_size, others=others):
            if not dry_run and not one.remove():
                stayed += 1
                click.echo(f"stays, as it is in use or may not be removed: {one.name}", err=True)
                continue
            count, size = count + 1, size + (one.size or 0)
            told.append({"kind": one.kind, "name": one.name, "size": one.size})
            if not as_json:
                click.echo(_line(one))
    finally:  # also where the engine does not answer: what has been removed is told
        if as_json:
            click.echo(json_text(told))
        done = "would be removed" if dry_run else "removed"
        rest = f", {stayed} stay" if stayed else ""
        click.echo(f"{count} {done}, {size_text(size)}{rest}", err=True)


def _line(one: Leftover) -> str:
    size = "?" if one.size is None else size_text(one.size)
    return f"{one.kind:<9}  {size:>8}  {one.name}"
