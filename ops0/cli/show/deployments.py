"""What commands about deployments share: how they are named, and how they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ops0.cli.options import Count

if TYPE_CHECKING:
    from ops0_builder.deploy.values import Deployed

name_argument = click.argument("name", metavar="NAME")
env_option = click.option(
    "--env", "environment", metavar="ENV", help="Its environment, where there are several."
)
version_option = click.option(
    "--version", type=Count(), metavar="N", help="Not the version in force, but this one."
)


def deployed_json(deployed: Deployed) -> dict[str, object]:
    """A deployment as the commands print it with ``--json``."""
    return {
        "pipeline": deployed.pipeline.name,
        "environment": deployed.environment,
        "version": deployed.version,
        "created": deployed.created,
        "revision": deployed.revision,
        "params": deployed.params,
        "images": {
            one.step: {"reference": one.reference, "digest": one.digest, "key": one.key}
            for one in deployed.images
        },
    }
