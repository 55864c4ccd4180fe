"""``ops0 base``: a base image where no registry answers."""

from __future__ import annotations

import sys

import click

from ops0.cli.say import saying
from ops0.host.engine_socket import EngineSocket
from ops0_builder.base import make_base


@click.command("base")
@click.option(
    "--python",
    "version",
    metavar="X.Y",
    default="{}.{}".format(*sys.version_info[:2]),
    show_default="this Python's",
    help="Which Python it has.",
)
@click.option("--from", "source", metavar="IMAGE", help="Make it from this image of yours.")
def command(version: str, source: str | None) -> None:
    """Make the base image that steps stand on.

    From python:X.Y-slim where a registry answers, else from Debian's packages (3.11, 3.13, 3.14; needs root).
    """
    with saying() as say:
        tag = make_base(version, engine=EngineSocket.from_environment(), say=say, source=source)
    click.echo(tag)
