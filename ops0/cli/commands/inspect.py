"""``ops0 inspect``: what an image is, what it holds, how it came to be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ops0.cli.inspecting import InspectedStep, about_image, inspect_step
from ops0.cli.options import json_option
from ops0.cli.platforms import for_engine
from ops0.cli.show.image import image_lines
from ops0.cli.show.plain_json import json_text
from ops0.cli.usage import WrongUsage
from ops0.cli.work import any_work, open_work
from ops0.core.errors import SettingsError
from ops0.core.locked import PLATFORMS
from ops0.host.project import NoPipelineNamed
from ops0_builder.about.about import About
from ops0_builder.about.severity import BOUNDS


class NoProvenance(SettingsError):
    """Provenance is made of a plan, which an image alone does not have."""

    exit_code = 7

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"--provenance: {reference} is named as an image, and an image does not hold its plan",
            "name the step, in its project: ops0 inspect STEP --provenance",
        )
        self.reference = reference


class NothingNamed(SettingsError):
    """A name that is no image's, where no pipeline is whose step it could be."""

    exit_code = 7

    def __init__(self, name: str) -> None:
        of_step = f"for a step of it: ops0 inspect STEP --pipeline {name}"
        is_file = Path(name).is_file()
        super().__init__(
            f"{name}: neither an image nor a step: there is no pipeline here",
            of_step
            if is_file
            else "an image is named with its tag or digest, as ops0/flow/step:tag; for a step: --pipeline flow.py",
        )
        self.name = name


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """The command's options."""

    name: str
    pipeline: str | None
    platform: str | None
    sbom: bool
    provenance: bool
    advisories: Path | None
    fail_on: str | None
    as_json: bool

    @property
    def is_image(self) -> bool:
        """Whether the name is an image's, and not a step's."""
        return ":" in self.name or "/" in self.name

    def check(self) -> None:
        """Before anything is read. Raises UsageError, NoProvenance."""
        if sum((self.sbom, self.provenance, self.advisories is not None)) > 1:
            raise click.UsageError(
                "--sbom, --provenance and --vulnerabilities are asked for one at a time"
            )
        if self.fail_on is not None and self.advisories is None:
            raise WrongUsage("--fail-on judges what --vulnerabilities finds", "give both")
        if self.provenance and self.is_image:
            raise NoProvenance(self.name)


@click.command("inspect")
@click.argument("name", metavar="IMAGE|STEP")
@click.option("--pipeline", metavar="PIPELINE", help="The pipeline whose step it is.")
@click.option(
    "--platform",
    type=click.Choice(tuple(PLATFORMS.values())),
    help="The platform, of a STEP built for several. Default: the engine's own.",
)
@click.option("--sbom", is_flag=True, help="Print its bill of materials: CycloneDX 1.6.")
@click.option("--provenance", is_flag=True, help="Print how it was built: SLSA provenance v1.")
@click.option(
    "--vulnerabilities",
    "advisories",
    type=click.Path(exists=True, path_type=Path),
    metavar="OSV",
    help="Show known vulnerabilities of its Python distributions, from a folder or zip of OSV JSON files.",
)
@click.option(
    "--fail-on",
    type=click.Choice(BOUNDS),
    help="With --vulnerabilities: fail if one is at least as severe, or states no severity.",
)
@json_option
def command(**given: Any) -> None:
    """Show what is in an image: step, base, layers, packages, user.

    IMAGE has a tag or a digest, as ops0/flow/train:1a2b3c4d5e6f7081; anything else is a STEP of the project, shown with
    the wheels of its lock. The image itself is run once, without network, to list what it contains.
    """
    asked = _Asked(**given)
    asked.check()
    if asked.is_image:
        _show(about_image(any_work().engine, asked.name), asked)
        return
    step = _inspected(asked)
    if asked.provenance:
        click.echo(step.provenance().decode(), nl=False)
    else:
        _show(step.about, asked)


def _inspected(asked: _Asked) -> InspectedStep:
    try:
        work = open_work(asked.pipeline)
    except NoPipelineNamed:
        raise NothingNamed(asked.name) from None
    work = for_engine(work) if asked.platform is None else work.on(asked.platform)
    return inspect_step(work, asked.name)


def _show(about: About, asked: _Asked) -> None:
    if asked.advisories is not None:
        from ops0.cli.show.vulnerabilities import show_vulnerabilities  # noqa: PLC0415 - loads packaging

        show_vulnerabilities(about, asked.advisories, asked.fail_on, as_json=asked.as_json)
    elif asked.sbom:
        click.echo(about.sbom.decode(), nl=False)
    elif asked.as_json:
        told = {"image": about.image, "contents": about.contents, "plan": about.planned}
        click.echo(json_text(told))
    else:
        for line in image_lines(about):
            click.echo(line)
