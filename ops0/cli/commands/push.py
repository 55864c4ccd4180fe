"""``ops0 push``: build what changed, then send a registry what it lacks."""

from __future__ import annotations

import os

import click

from ops0.cli import shown
from ops0.cli.attaching import attach_shown
from ops0.cli.options import json_option
from ops0.cli.plain_json import json_text
from ops0.cli.pushing import push_shown, pushed_json, show_pushed
from ops0.cli.signing import cosign, sign_shown
from ops0.cli.work import open_work


@click.command("push")
@click.argument("names", nargs=-1, required=True, metavar="[PIPELINE] REPO")
@click.option(
    "--tag", "tags", multiple=True, metavar="TAG", help="One more tag, STEP-TAG; repeatable."
)
@click.option("--force", is_flag=True, help="Move tags that hold another image.")
@click.option(
    "--attest/--no-attest",
    default=True,
    help="Attach bill of materials and provenance to each image. The default.",
)
@click.option(
    "--sign",
    "key",
    metavar="KEY",
    help="Sign each image with cosign: a key file, or env://NAME; its password is in COSIGN_PASSWORD.",
)
@json_option
def command(
    names: tuple[str, ...],
    tags: tuple[str, ...],
    force: bool,
    attest: bool,
    key: str | None,
    as_json: bool,
) -> None:
    """Push the images to a registry: what it lacks, checked when it is there.

    REPO is HOST/PATH, as registry.example:5000/team/flow. All steps go into it, each with the tags STEP-KEY
    (content key) and, from a clean git checkout, STEP-REVISION. Credentials are those of `docker login`.
    Beside each image come its bill of materials (CycloneDX) and its provenance (SLSA), as OCI referrers.
    """
    if len(names) > 2:
        raise click.UsageError("give [PIPELINE] REPO: two names at most")
    from ops0_builder.registry.reference import parse_repository  # noqa: PLC0415 - not for --help

    parse_repository(names[-1])  # before minutes go into building
    signer = None if key is None else cosign(key, os.environ)
    work = open_work(names[0] if len(names) == 2 else None)
    found = shown.read_shown(work)
    lock, plan = shown.plan_shown(work, found)
    built = shown.build_shown(work, plan, lock)
    pushed = push_shown(work, built, names[-1], tags=tags, force=force)
    if signer is not None:
        sign_shown(signer, pushed)
    documents = attach_shown(work, plan, pushed) if attest else {}
    if as_json:
        result = {"pipeline": plan.pipeline.name, "repository": names[-1]}
        click.echo(json_text({**result, "images": pushed_json(pushed, documents)}))
        return
    show_pushed(pushed)
