"""``ops0 build``: one image per step, only what changed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ops0.cli import shown, wiring
from ops0.cli.attaching import attach_shown
from ops0.cli.foresight import expect_images
from ops0.cli.options import json_option, pipeline_argument, wheelhouse_option
from ops0.cli.plain_json import json_text
from ops0.cli.pushing import push_shown, pushed_json, show_pushed
from ops0.cli.show_check import show_check
from ops0.cli.work import Work, open_work
from ops0.core.errors import Ops0Error
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.plan import Plan

if TYPE_CHECKING:
    from ops0_builder.caches import Caches


class NoSuchStep(Ops0Error):
    """``--step`` names a step that the pipeline does not have."""

    exit_code = 7

    def __init__(self, name: str, pipeline: Pipeline) -> None:
        known = ", ".join(step.name for step in pipeline.steps)
        super().__init__(
            f"--step {name}: no such step in {pipeline.entry}", f"the steps are {known}"
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
    wheelhouse: Path | None
    as_json: bool

    @property
    def prints(self) -> bool:
        """Whether nothing is built."""
        return self.printing or self.folder is not None

    def check(self) -> None:
        """Before minutes go into building. Raises UsageError, BadReference."""
        if self.checking and self.prints:
            raise click.UsageError("--check builds; --print and --to stop before: give one of them")
        if self.repository is not None:
            from ops0_builder.registry.reference import parse_repository  # noqa: PLC0415 - only where something is pushed

            if self.checking or self.prints:
                raise click.UsageError(
                    "--push sends what was built; --check, --print and --to send nothing"
                )
            parse_repository(self.repository)

    def caches(self) -> Caches | None:
        """The build caches; None for none. Raises UsageError, BadCache, BadReference."""
        if not self.cache_from and not self.cache_to:
            return None
        if self.checking or self.prints:
            raise click.UsageError("--check, --print and --to use no build cache: leave it out")
        if self.no_cache and self.cache_from:
            raise click.UsageError("--no-cache takes nothing from a cache: leave --cache-from out")
        from ops0_builder.caches import parse_caches  # noqa: PLC0415 - rarely asked for

        return parse_caches(self.cache_from, self.cache_to, Path.cwd())


@click.command("build")
@pipeline_argument
@click.option("--step", "names", multiple=True, metavar="STEP", help="Only this one; repeatable.")
@click.option(
    "--print", "printing", is_flag=True, help="Print Dockerfiles and bake document; stop."
)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --print: write them, and what the contexts hold, into this folder.",
)
@click.option("--no-cache", is_flag=True, help="Build everything anew.")
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
    "--check", "checking", is_flag=True, help="Build twice without cache, aside, and compare."
)
@click.option(
    "--push", "repository", metavar="REPO", help="Then push the images to HOST/PATH; see ops0 push."
)
@wheelhouse_option
@json_option
def command(**given: Any) -> None:
    """Build one image per step; only what changed.

    Analyses, locks, fetches wheels, builds with BuildKit, and has each new image import what its step needs.
    With --check the images that are there stay as they are; files that two builds made differently are named by layer.
    A build cache's SPEC is BuildKit's; each step has a place of its own in it: a tag of ref, a folder in src or dest.
    """
    began = time.monotonic()
    asked = _Asked(**given)
    asked.check()
    caches = asked.caches()
    work = open_work(asked.pipeline, asked.wheelhouse)
    anew = asked.no_cache or asked.checking
    if not anew:
        expect_images(work)
    found = shown.read_shown(work, fresh=anew)
    only = _chosen(found, asked.names)
    lock, plan = shown.plan_shown(work, found)
    if asked.prints:
        _print(work, plan, asked.folder)
        return
    if asked.checking:
        twins = shown.check_shown(work, plan, lock, only=only)
        show_check(plan, twins, as_json=asked.as_json)
        return
    built = shown.build_shown(work, plan, lock, only=only, no_cache=asked.no_cache, caches=caches)
    pushed = {} if asked.repository is None else push_shown(work, built, asked.repository)
    documents = attach_shown(work, plan, pushed) if pushed else {}
    if asked.as_json:
        click.echo(json_text(_result(built, pushed_json(pushed, documents))))
        return
    for image in plan.images:
        if image.step in built.digests:
            state = "built" if image.step in built.made else "unchanged"
            click.echo(f"{image.tag}  {built.digests[image.step]}  {state}")
    show_pushed(pushed)
    click.echo(f"{len(built.made)} built in {time.monotonic() - began:.1f} s", err=True)


def _print(work: Work, plan: Plan, folder: Path | None) -> None:
    if folder is not None:
        for path in shown.write_tree(work, plan, folder):
            click.echo(path)
        return
    for name, data in shown.printable(work, plan).items():
        if name == "bake.json" or name.endswith("/Dockerfile"):
            click.echo(f"# {name}\n{data.decode()}")


def _chosen(pipeline: Pipeline, names: tuple[str, ...]) -> tuple[StepName, ...] | None:
    known = {step.name for step in pipeline.steps}
    for name in names:
        if name not in known:
            raise NoSuchStep(name, pipeline)
    return tuple(StepName(name) for name in names) or None


def _result(built: wiring.Built, pushed: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    return {
        "pipeline": built.plan.pipeline.name,
        "images": {
            image.step: {
                "tag": image.tag,
                "digest": built.digests[image.step],
                "key": image.key,
                "built": image.step in built.made,
                **{
                    name: told
                    for name, told in pushed.get(image.step, {}).items()
                    if name != "digest"
                },
            }
            for image in built.plan.images
            if image.step in built.digests
        },
    }
