"""The plan as a JSON document: each text of the user's code once, however many steps hold it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ops0.cli.show.layers import sharing
from ops0.cli.show.plain_json import as_json
from ops0.core.digest import sha256
from ops0.core.pipeline import Pipeline, Slice, Step
from ops0.core.plan import ImagePlan

__all__ = ["plan_document"]


def plan_document(pipeline: Pipeline, images: tuple[ImagePlan, ...]) -> dict[str, Any]:
    """What ``ops0 plan --json`` prints: see docs/reference/plan.md.

    Steps of one project share most of their slices: with the texts in each step, a large project's plan would have
    hundreds of megabytes.
    """
    texts: dict[str, str] = {}
    steps = [_step(step, texts) for step in pipeline.steps]
    return {
        "pipeline": as_json(replace(pipeline, steps=())) | {"steps": steps},
        "texts": dict(sorted(texts.items())),
        "images": as_json(images),
        "sharing": as_json(sharing(images)),
    }


def _step(step: Step, texts: dict[str, str]) -> dict[str, Any]:
    """A step by the names of its fields; its slices' texts are added to ``texts``."""
    slices = [_slice(one, texts) for one in step.slices]
    made: dict[str, Any] = as_json(replace(step, slices=()))
    return made | {"slices": slices}


def _slice(one: Slice, texts: dict[str, str]) -> dict[str, Any]:
    """A slice with its text's sha256 in place of the text."""
    made: dict[str, Any] = as_json(one)
    del made["text"]
    digest = sha256(one.text.encode())
    texts[digest] = one.text
    return made | {"sha256": digest}
