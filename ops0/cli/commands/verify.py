"""``ops0 verify``: whether images in a registry are signed by a key, or by a CI job."""

from __future__ import annotations

import os

import click

from ops0.cli.options import json_option
from ops0.cli.plain_json import json_text
from ops0.cli.push_options import signed_options


@click.command("verify")
@click.argument("images", nargs=-1, required=True, metavar="REF...")
@signed_options
@json_option
def command(
    images: tuple[str, ...],
    key: str | None,
    identity: str | None,
    issuer: str | None,
    as_json: bool,
) -> None:
    """Check that images in a registry are signed by a key.

    By --key; or, signed without one, by --identity, vouched for by --issuer.
    REF is HOST/PATH@sha256:... or HOST/PATH:TAG; stdout has each as HOST/PATH@sha256:..., which is what was checked.
    All faults are told together. The cosign program does it; with a key no transparency log is asked.
    """
    from ops0.cli.signing import verify_images, who_signed  # noqa: PLC0415 - not for --help

    who = who_signed(key, identity, issuer)
    if who is None:
        raise click.UsageError("say who must have signed: --key, or --identity and --issuer")
    found = verify_images(images, who, os.environ)
    if as_json:
        by = {"key": key} if key is not None else {"identity": identity, "issuer": issuer}
        click.echo(json_text({**by, "images": dict(zip(images, found, strict=True))}))
        return
    for reference in found:
        click.echo(f"{reference}  signed")
