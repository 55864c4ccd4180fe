"""``ops0 deploy``: build, push and record a version that runs without source."""

from __future__ import annotations

import click

from ops0.cli import deploying, shown
from ops0.cli.foresight import expect_images
from ops0.cli.options import json_option, pipeline_argument
from ops0.cli.plain_json import json_text
from ops0.cli.show_deployments import deployed_json
from ops0.cli.work import open_work


@click.command("deploy")
@pipeline_argument
@click.option("--env", "name", required=True, metavar="ENV", help="Where to, as the settings say.")
@json_option
def command(pipeline: str | None, name: str, as_json: bool) -> None:
    """Deploy the pipeline: images pinned by digest, recorded as the next version.

    An environment with a registry keeps images and record there, for every machine with rights; one without keeps
    them on this machine. Deploying the same again makes no new version. Run it with `ops0 invoke`.
    """
    work = open_work(pipeline)
    environment = deploying.environment_of(work.project.settings, name)
    expect_images(work)
    found = shown.read_shown(work)
    deployed, new = deploying.deploy_shown(work, found, environment)
    if as_json:
        told = {**deployed_json(deployed), "status": "deployed", "new": new}
        click.echo(json_text(told))
        return
    for image in deployed.images:
        click.echo(f"{image.reference}  {image.digest}")
    state = "deployed" if new else "unchanged"
    where = deploying.records_of(environment, found.name).place
    click.echo(f"{found.name} {name} version {deployed.version} {state}, {where}", err=True)
