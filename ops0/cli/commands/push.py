"""``ops0 push``: build what changed, then send a registry what it lacks."""

from __future__ import annotations

from typing import Any

import click

from ops0.cli.foresight import expect_images
from ops0.cli.options import json_option, platforms_option
from ops0.cli.platforms import build_each, plan_each, read_each, works_for
from ops0.cli.push_options import PushOptions, push_options
from ops0.cli.pushing import publish_shown, pushed_json, show_pushed, welcome
from ops0.cli.show.plain_json import json_text
from ops0.cli.usage import WrongUsage
from ops0.cli.work import open_work


@click.command("push")
@click.argument("names", nargs=-1, required=True, metavar="[PIPELINE] REPO")
@push_options
@platforms_option
@json_option
def command(
    names: tuple[str, ...], platforms: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    """Push the images to a registry, and check that they arrived.

    REPO is HOST/PATH, as registry.example:5000/team/flow. All steps go into it, each with the tags STEP-KEY
    (content key) and, from a clean git checkout, STEP-REVISION. Credentials are those of `docker login`.
    Beside each image come its bill of materials (CycloneDX) and its provenance (SLSA), as OCI referrers. For several
    platforms a step's images go under one index, which the tags name.
    """
    if len(names) > 2:
        raise WrongUsage(
            "more than a pipeline and a repository", "write: ops0 push flow.py HOST/PATH"
        )
    from ops0_builder.registry.reference import parse_repository  # noqa: PLC0415 - not for --help

    parse_repository(names[-1])  # before minutes go into building
    options = PushOptions(**given)
    signer = options.signer()
    work = open_work(names[0] if len(names) == 2 else None)
    works = works_for(work, platforms)
    for one in works:
        expect_images(one)
    builds = build_each(plan_each(read_each(works)), first=welcome(names[-1]))
    published = publish_shown(builds, names[-1], options, signer)
    if as_json:
        result = {"pipeline": builds[0].plan.pipeline.name, "repository": names[-1]}
        click.echo(json_text({**result, "images": pushed_json(published)}))
        return
    show_pushed(published.pushed)
