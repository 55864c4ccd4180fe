"""``ops0 build``: one image per step, only what changed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import click

from ops0.cli import shown, wiring
from ops0.cli.foresight import expect_images
from ops0.cli.options import json_option, pipeline_argument
from ops0.cli.plain_json import json_text
from ops0.cli.pushing import push_shown, pushed_json, show_pushed
from ops0.cli.show_check import show_check
from ops0.cli.work import Work, open_work
from ops0.core.errors import Ops0Error
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.plan import Plan


class NoSuchStep(Ops0Error):
    """``--step`` names a step that the pipeline does not have."""

    exit_code = 7

    def __init__(self, name: str, pipeline: Pipeline) -> None:
        known = ", ".join(step.name for step in pipeline.steps)
        super().__init__(
            f"--step {name}: no such step in {pipeline.entry}", f"the steps are {known}"
        )
        self.name = name


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
    "--check", "checking", is_flag=True, help="Build twice without cache, aside, and compare."
)
@click.option(
    "--push", "repository", metavar="REPO", help="Then push the images to HOST/PATH; see ops0 push."
)
@json_option
def command(
    pipeline: str | None,
    names: tuple[str, ...],
    printing: bool,
    folder: Path | None,
    no_cache: bool,
    checking: bool,
    repository: str | None,
    as_json: bool,
) -> None:
    """Build one image per step; only what changed.

    Analyses, locks, fetches wheels, builds with BuildKit, and has each new image import what its step needs.
    With --check the images that are there stay as they are; files that two builds made differently are named by layer.
    """
    began = time.monotonic()
    if checking and (printing or folder is not None):
        raise click.UsageError("--check builds; --print and --to stop before: give one of them")
    if repository is not None:
        _check_push(repository, alone=checking or printing or folder is not None)
    work = open_work(pipeline)
    anew = no_cache or checking
    if not anew:
        expect_images(work)
    found = shown.read_shown(work, fresh=anew)
    only = _chosen(found, names)
    lock, plan = shown.plan_shown(work, found)
    if printing or folder is not None:
        _print(work, plan, folder)
        return
    if checking:
        show_check(plan, shown.check_shown(work, plan, lock, only=only), as_json=as_json)
        return
    built = shown.build_shown(work, plan, lock, only=only, no_cache=no_cache)
    pushed = {} if repository is None else push_shown(work, built, repository)
    if as_json:
        click.echo(json_text(_result(built, pushed_json(pushed))))
        return
    for image in plan.images:
        if image.step in built.digests:
            state = "built" if image.step in built.made else "unchanged"
            click.echo(f"{image.tag}  {built.digests[image.step]}  {state}")
    show_pushed(pushed)
    click.echo(f"{len(built.made)} built in {time.monotonic() - began:.1f} s", err=True)


def _check_push(repository: str, *, alone: bool) -> None:
    """Before minutes go into building. Raises BadReference."""
    from ops0_builder.registry.reference import parse_repository  # noqa: PLC0415 - only where something is pushed

    if alone:
        raise click.UsageError(
            "--push sends what was built; --check, --print and --to send nothing"
        )
    parse_repository(repository)


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
