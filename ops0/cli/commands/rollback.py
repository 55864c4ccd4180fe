"""``ops0 rollback``: put an earlier version of a deployment in force again."""

from __future__ import annotations

import click

from ops0.cli import deploying
from ops0.cli.options import json_option
from ops0.cli.plain_json import json_text
from ops0.cli.show_deployments import deployed_json, env_option, name_argument


@click.command("rollback")
@name_argument
@env_option
@click.option("--to", type=click.IntRange(1), help="The version. Default: the one before.")
@json_option
def command(name: str, environment: str | None, to: int | None, as_json: bool) -> None:
    """Put an earlier version of a deployment in force; nothing is built and nothing is lost.

    NAME is a pipeline that was deployed from here, or HOST/PATH/PIPELINE from anywhere.
    """
    from ops0_builder.deploy.records import roll_back  # noqa: PLC0415 - not for --help

    records = deploying.records_named(name, environment)
    deployed = roll_back(records, name, environment, to)
    if as_json:
        click.echo(json_text({**deployed_json(deployed), "status": "deployed"}))
        return
    click.echo(f"{name} {deployed.environment} version {deployed.version} is in force")
