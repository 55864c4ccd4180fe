"""``ops0 plan``: what would be built and run, and why. Changes nothing."""

from __future__ import annotations

import sys

import click

from ops0.cli import wiring, with_progress
from ops0.cli.gpu_notes import GpuNote, gpu_note
from ops0.cli.one_pipeline import OnePipeline, with_pipeline
from ops0.cli.options import examples, json_option, pipeline_argument
from ops0.cli.refused import refused
from ops0.cli.show.layers import image_lines
from ops0.cli.show.plain_json import json_text
from ops0.cli.show.plan import pipeline_lines
from ops0.cli.show.plan_document import plan_document
from ops0.cli.tell import tell_warning
from ops0.cli.terminal import columns
from ops0.cli.work import Work, open_work
from ops0.core.errors import EngineError, Ops0Error, PlanError, members
from ops0.core.pipeline import Pipeline
from ops0.core.plan import ImagePlan


@click.command(
    "plan", cls=OnePipeline, epilog=examples("ops0 plan flow.py", "ops0 plan flow.py --explain")
)
@pipeline_argument
@click.option("--explain", is_flag=True, help="Say why: every reason, edge rule and slice.")
@json_option
def command(pipeline: str | None, explain: bool, as_json: bool) -> None:
    """Show steps, what they need, images and layers; change nothing.

    Images and layers are shown once there is a lock (ops0 lock) and an engine with a base.
    """
    work = open_work(pipeline)
    found = with_progress.read_shown(work)
    images, why_not, note = _images(work, found)
    why_not = with_pipeline(why_not, pipeline)
    if as_json:
        click.echo(json_text(plan_document(found, images)))
        return
    for line in pipeline_lines(found, explain=explain, width=columns(sys.stdout)):
        click.echo(line)
    for line in image_lines(images, columns(sys.stdout)):
        click.echo(line)
    if note:
        click.echo(err=True)
        tell_warning(*note)
    if why_not:
        click.echo(f"\nImages are not shown: {why_not}", err=True)


def _images(work: Work, pipeline: Pipeline) -> tuple[tuple[ImagePlan, ...], str, GpuNote | None]:
    """The images, or why there are none to show: no lock, no engine or no base is no error for a look; and a note."""
    note: GpuNote | None = None
    try:
        if wiring.check_lock(work, pipeline):
            return (), "no up-to-date lock yet. Create one: ops0 lock", note
        lock = wiring.make_lock(work, pipeline)
        note = gpu_note(lock)
        return wiring.make_plan(work, pipeline, lock).images, "", note
    except EngineError as fault:
        return (), str(fault), note
    except Ops0Error as fault:
        if all(isinstance(one, PlanError) for one in members(fault)):
            return (), f"{fault}. {fault.hint or ''}", note
        raise
    except OSError as fault:
        # Steps and edges are known, and a read-only home is no reason to hide them.
        told = refused(fault)
        if told is None:
            raise
        return (), f"{told}. {told.hint}", note
