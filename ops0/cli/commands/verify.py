"""``ops0 verify``: whether images in a registry are signed by a key."""

from __future__ import annotations

import os

import click

from ops0.cli.options import json_option
from ops0.cli.plain_json import json_text


@click.command("verify")
@click.argument("images", nargs=-1, required=True, metavar="REF...")
@click.option("--key", required=True, metavar="PUB", help="The public key: a file, or env://NAME.")
@json_option
def command(images: tuple[str, ...], key: str, as_json: bool) -> None:
    """Check that images in a registry are signed by a key.

    REF is HOST/PATH@sha256:... or HOST/PATH:TAG; stdout has each as HOST/PATH@sha256:..., which is what was checked.
    All faults are told together. The cosign program does it, with the key alone: no transparency log is asked.
    """
    from ops0.cli.signing import verify_images  # noqa: PLC0415 - not for --help

    found = verify_images(images, key, os.environ)
    if as_json:
        click.echo(json_text({"key": key, "images": dict(zip(images, found, strict=True))}))
        return
    for reference in found:
        click.echo(f"{reference}  signed")
