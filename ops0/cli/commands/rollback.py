"""``ops0 rollback``: put an earlier version of a deployment in force again."""

from __future__ import annotations

from typing import Any

import click

from ops0.cli import environments
from ops0.cli.options import Count, json_option
from ops0.cli.push_options import PushOptions, sign_options
from ops0.cli.show.deployments import deployed_json, env_option, name_argument
from ops0.cli.show.plain_json import json_text
from ops0.cli.signed_records import check_records_signable, rollback_seal
from ops0.cli.usage import WrongUsage


@click.command("rollback")
@name_argument
@env_option
@click.option("--to", type=Count(), metavar="N", help="The version. Default: the one before.")
@sign_options
@json_option
def command(
    name: str, environment: str | None, to: int | None, as_json: bool, **given: Any
) -> None:
    """Make an earlier version current again, without rebuilding.

    NAME is a pipeline that was deployed from here, or HOST/PATH/PIPELINE from anywhere. What is in force then is signed
    by --sign, which wants --env and --to, if the same key or identity has signed that version.
    """
    from ops0_builder.deploy.records import roll_back  # noqa: PLC0415 - not for --help

    signer = PushOptions(**given).signer()
    if signer is not None and (environment is None or to is None):
        # Which version is the one before, only the registry says, and it is not to be trusted.
        raise WrongUsage("--sign without --env or --to: what is signed is not guessed", "give both")
    records = environments.records_named(name, environment)
    seal = None
    if signer is not None:
        check_records_signable(records, name)
        seal = rollback_seal(signer)
    deployed = roll_back(records, name, environment, to, seal)
    if as_json:
        click.echo(json_text({**deployed_json(deployed), "status": "deployed"}))
        return
    click.echo(f"{name} {deployed.environment} version {deployed.version} is in force")
