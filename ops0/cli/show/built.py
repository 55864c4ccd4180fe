"""What a build came to: a line an image for people, or JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from ops0.cli.platforms import BuiltOn
from ops0.cli.pushing import Published, pushed_json, show_pushed
from ops0.cli.show.plain_json import json_text
from ops0.cli.terminal import short_digest


def show_built(builds: Sequence[BuiltOn], published: Published, *, as_json: bool) -> None:
    """Print the images of each platform, and where they were pushed."""
    if as_json:
        images = built_json(builds, pushed_json(published))
        click.echo(json_text({"pipeline": builds[0].plan.pipeline.name, "images": images}))
        return
    for one in builds:
        if len(builds) > 1:
            click.echo(one.platform)
        for tag, digest, made in _lines(one):
            shown = short_digest(digest, sys.stdout)
            click.echo(f"{tag}  {shown}  {'built' if made else 'unchanged'}")
    show_pushed(published.pushed)


def _lines(one: BuiltOn) -> Iterator[tuple[str, str, bool]]:
    for image in one.images:
        yield image.tag, one.built.digests[image.step], image.step in one.built.made


def built_json(
    builds: Sequence[BuiltOn], pushed: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, object]]:
    """What ``--json`` says of each step: its image, or under ``platforms`` its images, and where they were pushed."""
    if len(builds) == 1:
        return {
            step: {
                **told,
                **{name: one for name, one in pushed.get(step, {}).items() if name != "digest"},
            }
            for step, told in _images(builds[0]).items()
        }
    by_platform = {one.platform: _images(one) for one in builds}
    return {
        step: {
            **{name: told for name, told in pushed.get(step, {}).items() if name != "platforms"},
            "platforms": {
                platform: {**images[step], **_of_platform(pushed.get(step, {}), platform)}
                for platform, images in by_platform.items()
            },
        }
        for step in by_platform[builds[0].platform]
    }


def _of_platform(pushed: Mapping[str, Any], platform: str) -> Mapping[str, object]:
    """What is told of a platform's image in the registry, but its digest there under a name of its own."""
    told = dict(pushed.get("platforms", {}).get(platform, {}))
    return {"pushed": told.pop("digest"), **told} if told else {}


def _images(one: BuiltOn) -> dict[str, dict[str, object]]:
    return {
        image.step: {
            "tag": image.tag,
            "digest": one.built.digests[image.step],
            "key": image.key,
            "built": image.step in one.built.made,
        }
        for image in one.images
    }
