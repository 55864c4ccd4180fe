"""``ops0 base``: a base image where no registry answers."""

from __future__ import annotations

import sys

import click

from ops0.cli.progress.say import saying
from ops0.cli.usage import WrongUsage
from ops0.host.engine_socket import EngineSocket
from ops0_builder.bases.facts import PYTHON
from ops0_builder.bases.foreign import engine_platform
from ops0_builder.bases.making import make_base, make_foreign_base
from ops0_builder.engine.engine_images import image_id


def _version(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not PYTHON.fullmatch(text):
        raise click.BadParameter(f"'{text}' is no version of Python 3: write it as 3.11")
    return text


@click.command("base")
@click.option(
    "--python",
    "version",
    metavar="X.Y",
    default="{}.{}".format(*sys.version_info[:2]),
    show_default="this Python's",
    callback=_version,
    help="Which Python it has.",
)
@click.option(
    "--from",
    "source",
    metavar="IMAGE",
    help="Make it from this image of yours: the engine's, else a registry's.",
)
@click.option(
    "--platform",
    metavar="linux/ARCH",
    help="For images of another platform than the engine's: linux/amd64 or linux/arm64.",
)
def command(version: str, source: str | None, platform: str | None) -> None:
    """Build the base image for steps.

    From python:X.Y-slim where a registry answers, else from Debian's packages (3.11, 3.13, 3.14; needs root).
    """
    engine = EngineSocket.from_environment()
    with saying() as say:
        if platform is None or platform == engine_platform(engine):
            before = image_id(engine, f"ops0-base:{version}")
            tag = make_base(version, engine=engine, say=say, source=source)
            if before not in (None, image_id(engine, tag)):  # the engine may be others' too
                say(f"base: {tag} took the place of {before}; its steps are built anew")
        elif source is not None:
            raise WrongUsage(
                "--from takes an image of the engine's platform", "leave --platform out"
            )
        else:
            tag = make_foreign_base(version, platform, engine=engine, say=say)
    click.echo(tag)
