"""``ops0 requirements``: what functions need, decorated or not, and why. Installs and imports nothing."""

from __future__ import annotations

from collections.abc import Mapping

import click

from ops0.cli import wiring
from ops0.cli.options import json_option
from ops0.cli.plain_json import json_text
from ops0.core.errors import Ops0Error, raise_together
from ops0.core.requirements import Resolved


@click.command("requirements")
@click.argument("files", nargs=-1, required=True, metavar="FILE[:FUNCTION]...")
@json_option
def command(files: tuple[str, ...], as_json: bool) -> None:
    """What functions need, decorated or not, and why.

    FILE gives all its functions, nested ones with dots; FILE:FUNCTION one of them.
    """
    found: dict[str, dict[str, Resolved]] = {}
    faults: list[Ops0Error] = []
    for argument in files:
        try:
            path, needs = wiring.requirements_of(argument)
        except Ops0Error as fault:
            faults.append(fault)
            continue
        found.setdefault(path, {}).update(needs)
    raise_together(faults)
    if as_json:
        click.echo(json_text({path: _names(needs) for path, needs in found.items()}))
        return
    for path, needs in found.items():
        for function, resolved in needs.items():
            _show(path, function, resolved)


def _names(needs: Mapping[str, Resolved]) -> dict[str, list[str]]:
    return {name: [need.name for need in one.needs] for name, one in needs.items()}


def _show(path: str, function: str, resolved: Resolved) -> None:
    click.echo(f"{path}:{function}")
    if not resolved.needs:
        click.echo("  nothing but Python")
    for need in resolved.needs:
        click.echo(f"  {need.requirement:<28} {need.reasons[0].where}  {need.reasons[0].text}")
    for system in resolved.system:
        reason = system.reasons[0]
        click.echo(f"  apt {system.name:<24} {reason.where}  {reason.text}")
    for warning in resolved.warnings:
        click.echo(f"warning: {function}: {warning.where}: {warning.text}", err=True)
