"""``ops0 build``: one image per step, only what changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ops0.cli import building, with_progress
from ops0.cli.completions import complete_step
from ops0.cli.foresight import expect_images
from ops0.cli.one_pipeline import OnePipeline
from ops0.cli.options import (
    examples,
    json_option,
    pipeline_argument,
    platforms_option,
    wheelhouse_option,
)
from ops0.cli.platforms import build_each, plan_each, read_each, works_for
from ops0.cli.push_options import PushOptions, push_options
from ops0.cli.pushing import Published, publish_shown, welcome
from ops0.cli.show.built import show_built
from ops0.cli.show.check import show_check
from ops0.cli.to_be_written import ToBeWritten
from ops0.cli.usage import WrongUsage
from ops0.cli.work import Work, open_work
from ops0.core.errors import SettingsError
from ops0.core.near import did_you_mean
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.plan import Plan

if TYPE_CHECKING:
    from ops0_builder.caches import Caches


class NoSuchStep(SettingsError):
    """``--step`` names a step that the pipeline does not have."""

    exit_code = 7

    def __init__(self, name: str, pipeline: Pipeline) -> None:
        known = [step.name for step in pipeline.steps]
        super().__init__(
            f"--step {name}: no such step in {pipeline.entry}",
            did_you_mean(name, known, f"the steps are {', '.join(known)}"),
        )
        self.name = name


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """The command's options."""

    pipeline: str | None
    names: tuple[str, ...]
    printing: bool
    folder: Path | None
    no_cache: bool
    cache_from: tuple[str, ...]
    cache_to: tuple[str, ...]
    checking: bool
    repository: str | None
    push: PushOptions
    platforms: tuple[str, ...]
    wheelhouse: Path | None
    as_json: bool

    @property
    def prints(self) -> bool:
        """Whether nothing is built."""
        return self.printing or self.folder is not None

    def check(self) -> None:
        """Before minutes go into building. Raises UsageError, BadReference."""
        if self.checking and self.prints:
            raise WrongUsage("--check builds; --print and --to stop before", "give one of them")
        if self.repository is not None:
            from ops0_builder.registry.reference import parse_repository  # noqa: PLC0415 - only where something is pushed

            if self.checking or self.prints:
                raise click.UsageError(
                    "--push sends what was built; --check, --print and --to send nothing"
                )
            parse_repository(self.repository)
        elif self.push != PushOptions():
            raise click.UsageError(
                "--tag, --force, --no-attest, --sign, --identity and --issuer go with --push REPO"
            )

    def check_platforms(self, works: Sequence[Work]) -> None:
        """Raises UsageError."""
        if len(works) > 1 and (self.checking or self.prints):
            names = ", ".join(one.target.platform for one in works)
            raise WrongUsage(
                "--check, --print and --to are for one platform",
                f"add --platform with one of {names}",
            )

    def caches(self) -> Caches | None:
        """The build caches; None for none. Raises UsageError, BadCache, BadReference."""
        if not self.cache_from and not self.cache_to:
            return None
        if self.checking or self.prints:
            raise WrongUsage("--check, --print and --to use no build cache", "leave it out")
        if self.no_cache and self.cache_from:
            raise WrongUsage("--no-cache takes nothing from a cache", "leave --cache-from out")
        from ops0_builder.caches import parse_caches  # noqa: PLC0415 - rarely asked for

        return parse_caches(self.cache_from, self.cache_to, Path.cwd())


HEADINGS = {
    "What is built": ("--step", "--platform", "--wheelhouse", "--no-cache", "--check"),
    "To look at": ("--print", "--to"),
    "Build cache": ("--cache-from", "--cache-to"),
    "Push": ("--push", "--tag", "--force", "--attest", "--sign", "--identity", "--issuer"),
}


@click.command(
    "build",
    cls=OnePipeline,
    headings=HEADINGS,
    aside="name a step with --step",
    epilog=examples(
        "ops0 build flow.py",
        "ops0 build flow.py --step train",
        "ops0 build flow.py --push HOST/team",
    ),
)
@pipeline_argument
@click.option(
    "--step",
    "names",
    multiple=True,
    metavar="STEP",
    shell_complete=complete_step,
    help="Build only this step. Repeatable.",
)
@click.option(
    "--print",
    "printing",
    is_flag=True,
    help="Print the Dockerfiles and the bake file; build nothing.",
)
@click.option(
    "--to",
    "folder",
    type=ToBeWritten(file_okay=False),
    metavar="DIR",
    help="With --print: write them, and what the contexts hold, into this folder.",
)
@click.option("--no-cache", is_flag=True, help="Build everything again.")
@click.option(
    "--cache-from",
    "cache_from",
    multiple=True,
    metavar="SPEC",
    help="Take layers from a build cache: type=registry,ref=…; type=local,src=…; type=gha. Repeatable.",
)
@click.option(
    "--cache-to",
    "cache_to",
    multiple=True,
    metavar="SPEC",
    help="Write one: type=registry,ref=…; type=local,dest=…; type=gha. Repeatable.",
)
@click.option(
    "--check",
    "checking",
    is_flag=True,
    help="Build twice without cache and compare; the images stay as they are.",
)
@click.option(
    "--push", "repository", metavar="REPO", help="Then push the images to HOST/PATH; see ops0 push."
)
@push_options
@platforms_option
@wheelhouse_option
@json_option
def command(**given: Any) -> None:
    """Build an image for each step that has changed.

    Analyses, locks, fetches wheels, builds with BuildKit, and has each new image import what its step needs.
    --check names the files that differ, layer by layer.
    A build cache's SPEC is BuildKit's; each step has a place of its own in it: a tag of ref, a folder in src or dest.
    """
    began = time.monotonic()
    push = PushOptions(**{one.name: given.pop(one.name) for one in fields(PushOptions)})
    asked = _Asked(**given, push=push)
    asked.check()
    caches, signer = asked.caches(), asked.push.signer()
    works = works_for(open_work(asked.pipeline, asked.wheelhouse), asked.platforms)
    asked.check_platforms(works)
    anew = asked.no_cache or asked.checking
    if not anew:
        for one in works:
            expect_images(one)
    found = read_each(works, fresh=anew)
    only = _chosen(found[0][1], asked.names)
    planned = plan_each(found)
    if asked.prints:
        _print(works[0], planned[0].plan, asked.folder)
        return
    if asked.checking:
        first = planned[0]
        twins = with_progress.check_shown(first.work, first.plan, first.lock, only=only)
        show_check(first.plan, twins, as_json=asked.as_json)
        return
    builds = build_each(
        planned,
        only=only,
        no_cache=asked.no_cache,
        caches=caches,
        first=welcome(asked.repository),
    )
    ended = time.monotonic()
    published = Published()
    if asked.repository is not None:
        published = publish_shown(builds, asked.repository, asked.push, signer)
    show_built(builds, published, as_json=asked.as_json)
    count = sum(len(one.built.made) for one in builds)
    if not asked.as_json:
        pushing = time.monotonic() - ended if asked.repository else None
        click.echo(_summary(count, ended - began, pushing), err=True)


def _summary(count: int, building: float, pushing: float | None) -> str:
    """How many images were built, and the seconds that it took."""
    told = f"{count} built in {building:.1f} s" if count else f"nothing to build ({building:.1f} s)"
    return told if pushing is None else f"{told}, pushed in {pushing:.1f} s"


def _print(work: Work, plan: Plan, folder: Path | None) -> None:
    from ops0_builder.planning.tree_printing import printable, write_tree  # noqa: PLC0415 - a build prints none

    tree = building.make_tree(work, plan)
    if folder is not None:
        for path in write_tree(tree, folder):
            click.echo(path)
        return
    for name, data in printable(tree).items():
        if name == "bake.json" or name.endswith("/Dockerfile"):
            click.echo(f"# {name}\n{data.decode()}")


def _chosen(pipeline: Pipeline, names: tuple[str, ...]) -> tuple[StepName, ...] | None:
    known = {step.name for step in pipeline.steps}
    for name in names:
        if name not in known:
            raise NoSuchStep(name, pipeline)
    return tuple(StepName(name) for name in names) or None
