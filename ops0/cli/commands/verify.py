"""``ops0 verify``: whether images in a registry are signed by a key, or by a CI job."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from ops0.cli.options import json_option
from ops0.cli.push_options import signed_options
from ops0.cli.show.plain_json import json_text
from ops0.cli.usage import WrongUsage

if TYPE_CHECKING:
    from ops0_builder.registry.signing import Identity


@click.command("verify")
@click.argument("images", nargs=-1, required=True, metavar="REF...")
@signed_options
@json_option
def command(
    images: tuple[str, ...],
    who: str | Identity | None,
    as_json: bool,
) -> None:
    """Check that images in a registry are signed by a key.

    With --key by that key; with --identity and --issuer without one.
    REF is HOST/PATH@sha256:... or HOST/PATH:TAG; each is printed as HOST/PATH@sha256:..., which is what was checked.
    All faults are reported together. Needs the cosign program; with a key no transparency log is asked.
    """
    from ops0.cli.signing import verify_images  # noqa: PLC0415 - not for --help

    if who is None:
        raise WrongUsage(
            "nobody is named who must have signed", "give --key, or --identity and --issuer"
        )
    found = verify_images(images, who, os.environ)
    if as_json:
        by = {"key": who} if isinstance(who, str) else {"identity": who.name, "issuer": who.issuer}
        click.echo(json_text({**by, "images": dict(zip(images, found, strict=True))}))
        return
    for reference in found:
        click.echo(f"{reference}  signed")
