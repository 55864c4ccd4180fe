"""``ops0 deploy``: build, push and record a version that runs without source."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ops0.cli import deploying, environments
from ops0.cli.completions import complete_environment
from ops0.cli.one_pipeline import OnePipeline
from ops0.cli.options import examples, json_option, pipeline_argument
from ops0.cli.push_options import PushOptions, document_options
from ops0.cli.show.deployments import deployed_json
from ops0.cli.show.plain_json import json_text
from ops0.cli.signed_records import record_reference
from ops0.cli.terminal import short_digest
from ops0.cli.work import open_work

if TYPE_CHECKING:
    from ops0_builder.deploy.values import DeployedImage


@click.command("deploy", cls=OnePipeline, epilog=examples("ops0 deploy flow.py --env production"))
@pipeline_argument
@click.option(
    "--env",
    "name",
    required=True,
    metavar="ENV",
    shell_complete=complete_environment,
    help="Where to, as the settings say.",
)
@document_options
@json_option
def command(pipeline: str | None, name: str, as_json: bool, **given: Any) -> None:
    """Deploy the pipeline: record its images, by digest, as the next version.

    An environment with a registry keeps images and record there, signed if asked, for every machine with access; each
    image has its bill of materials and provenance. One without a registry keeps them on this machine. Deploying the
    same pipeline again makes no new version. Run it with `ops0 invoke`.
    """
    work = open_work(pipeline)
    environment = environments.environment_of(work.project.settings, name)
    options = PushOptions(**given)
    deployed, new = deploying.deploy_shown(work, environment, options)
    records = environments.records_of(environment, deployed.pipeline.name)
    reference = record_reference(records, deployed)
    if as_json:
        record = {} if reference is None else {"record": reference}
        told = {**deployed_json(deployed), **record, "status": "deployed", "new": new}
        click.echo(json_text(told))
        return
    for image in deployed.images:
        click.echo(image_line(image))
    state = "deployed" if new else "unchanged"
    click.echo(
        f"{deployed.pipeline.name} {name} version {deployed.version} {state}, {reference or records.place}",
        err=True,
    )
    click.echo(f"run it: {environments.invoke_command(environment, deployed)}", err=True)


def image_line(image: DeployedImage) -> str:
    """A deployed image and its digest; one in a registry is named by that, so its step stands beside it."""
    pinned = image.reference.endswith(f"@{image.digest}")
    return f"{image.reference}  {image.step if pinned else short_digest(image.digest, sys.stdout)}"
