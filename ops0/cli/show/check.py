"""What ``ops0 build --check`` found: an image a line, below it what differs, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ops0.cli.show.plain_json import json_text

if TYPE_CHECKING:
    from ops0.core.plan import Plan
    from ops0_builder.check.building import Twin

_SHOWN = 20
"""Differing files of one layer that are listed; ``--json`` has all."""


def show_check(plan: Plan, twins: tuple[Twin, ...], *, as_json: bool) -> None:
    """Print on stdout. Raises BuildsDiffer where an image does."""
    from ops0_builder.build_errors import BuildsDiffer  # noqa: PLC0415 - only after two builds

    if as_json:
        click.echo(json_text(_check_result(plan, twins)))
    else:
        for line in _check_lines(plan, twins):
            click.echo(line)
    steps = tuple(twin.step for twin in twins if not twin.same)
    if steps:
        raise BuildsDiffer(steps, len(twins))


def _check_lines(plan: Plan, twins: tuple[Twin, ...]) -> Iterator[str]:
    """The lines for people."""
    for twin in twins:
        tag = plan.image(twin.step).tag
        if twin.same:
            yield f"{tag}  {twin.first}  same twice"
            continue
        yield f"{tag}  {twin.first}  differs"
        yield f"{' ' * len(tag)}  {twin.second}"
        yield from _difference_lines(twin)


def _difference_lines(twin: Twin) -> Iterator[str]:
    layers = dict.fromkeys(difference.layer for difference in twin.differences)
    for layer in layers:
        found = [one for one in twin.differences if one.layer == layer]
        yield f"  {layer}"
        for difference in found[:_SHOWN]:
            yield f"    {difference.path or 'the layer as a whole'}"
            for aspect in difference.aspects:
                yield f"      {aspect.what}: {aspect.first} | {aspect.second}"
        if len(found) > _SHOWN:
            yield f"    and {len(found) - _SHOWN} more; --json lists all"


def _check_result(plan: Plan, twins: tuple[Twin, ...]) -> dict[str, object]:
    """The same as a value for ``--json``."""
    return {
        "pipeline": plan.pipeline.name,
        "images": {
            twin.step: {
                "tag": plan.image(twin.step).tag,
                "key": plan.image(twin.step).key,
                "same": twin.same,
                "first": twin.first,
                "second": twin.second,
                "differences": twin.differences,
            }
            for twin in twins
        },
    }
