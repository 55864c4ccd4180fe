"""Known vulnerabilities of an image's Python distributions, told from advisories that the user gives."""

from __future__ import annotations

from pathlib import Path

import click

from ops0.cli.show.plain_json import json_text
from ops0.core.errors import PlanError
from ops0_builder.about.about import About
from ops0_builder.about.advisories import read_advisories
from ops0_builder.about.vulnerabilities import Finding, at_least, find


class VulnerabilitiesFound(PlanError):
    """``--fail-on``: the image holds distributions with known vulnerabilities of that severity."""

    exit_code = 39

    def __init__(self, image: str, level: str, count: int) -> None:
        what = "vulnerability" if count == 1 else "vulnerabilities"
        bound = (
            "" if level == "any" else f" of severity {level} or worse, or of none that is stated"
        )
        super().__init__(
            f"{image}: {count} known {what}{bound}",
            "take a version that fixes them: ops0 lock --upgrade DIST",
        )
        self.image = image


def show_vulnerabilities(about: About, path: Path, fail_on: str | None, *, as_json: bool) -> None:
    """Print what is found, and fail where asked. Raises BadAdvisory, VulnerabilitiesFound."""
    held = (*about.contents.distributions, *about.contents.own)
    findings = find(read_advisories(path), held)
    image = about.image.reference
    if as_json:
        told = {"image": image, "digest": about.image.digest, "vulnerabilities": findings}
        click.echo(json_text(told))
    else:
        for one in findings:
            click.echo(_line(one))
        click.echo(
            f"known vulnerabilities: {len(findings)}, in {len(held)} Python distributions", err=True
        )
    failing = () if fail_on is None else at_least(findings, fail_on)
    if failing:
        raise VulnerabilitiesFound(image, str(fail_on), len(failing))


def _line(one: Finding) -> str:
    mended = f"  fixed in {', '.join(one.fixed)}" if one.fixed else ""
    names = ", ".join((one.id, *one.aliases))
    start = f"{one.severity or 'unrated':<9} {one.name} {one.version}  {names}{mended}"
    return f"{start}\n          {one.summary}" if one.summary else start
