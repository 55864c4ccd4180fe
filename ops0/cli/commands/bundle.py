"""``ops0 bundle``: a pipeline with all its images in one file, to run where there is nothing but ops0 and an engine."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ops0.cli import bundles, with_progress
from ops0.cli.foresight import expect_images
from ops0.cli.groups import Group
from ops0.cli.options import json_option, pipeline_argument
from ops0.cli.platforms import for_engine
from ops0.cli.push_options import PushOptions, sign_options, signed_options
from ops0.cli.show.plain_json import json_text
from ops0.cli.show.plan import size_text
from ops0.cli.terminal import columns, listed, short_digest
from ops0.cli.to_be_written import ToBeWritten
from ops0.cli.work import open_work
from ops0.core.locked import PLATFORMS

if TYPE_CHECKING:
    from ops0_builder.bundle.reading import OpenBundle
    from ops0_builder.registry.signing import Identity

_file_argument = click.argument("file", type=click.Path(path_type=Path))
_THIS = "{}.{}".format(*sys.version_info[:2])


def _pythons(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    for text in texts:
        if not re.fullmatch(r"3\.[1-9][0-9]", text, re.ASCII):
            raise click.BadParameter(f"{text!r}: ops0 runs on Python 3.10 and newer; write 3.13")
    return tuple(dict.fromkeys(texts))


@click.group("bundle", cls=Group)
def command() -> None:
    """Pack all images into one file, to run offline.

    Made where there is an index: `ops0 bundle create -o flow.ops0`.
    Run where there is none: `ops0 run flow.ops0`.
    """


@command.command("create")
@pipeline_argument
@click.option(
    "-o",
    "--out",
    required=True,
    type=ToBeWritten(dir_okay=False, replaced=True),
    help="The file to write; its name ends in .ops0.",
)
@click.option(
    "--platform",
    type=click.Choice(tuple(PLATFORMS.values())),
    help="What the machine runs where it is carried to. Otherwise what the engine here runs.",
)
@click.option(
    "--with-tools",
    is_flag=True,
    help="Also the wheels of ops0 itself: pip installs them there without an index.",
)
@click.option(
    "--tools-python",
    "pythons",
    multiple=True,
    metavar="X.Y",
    callback=_pythons,
    help="With --with-tools: a Python of the machine it is carried to; repeatable. Default: this one's.",
)
@sign_options
@json_option
def create(
    pipeline: str | None,
    out: Path,
    platform: str | None,
    with_tools: bool,
    pythons: tuple[str, ...],
    as_json: bool,
    **signing: Any,
) -> None:
    """Build what is missing, and write images, graph and locks into one file.

    The same pipeline with the same images gives the same bytes. Prints the file's sha256. Where it is broken off, the
    same command goes on from what it had. A signature goes into a file beside it.
    """
    if not bundles.is_bundle(out.name):
        raise click.BadParameter(f"{out}: a bundle's name ends in .ops0", param_hint="'--out'")
    if pythons and not with_tools:
        raise click.UsageError("--tools-python goes with --with-tools")
    signer = PushOptions(**signing).signer()
    work = open_work(pipeline)
    work = for_engine(work) if platform is None else work.on(platform)
    expect_images(work)
    found = with_progress.read_shown(work)
    tools_for = pythons or (_THIS,) if with_tools else ()
    digest = bundles.create(work, found, out, tools_for=tools_for, signer=signer)
    size = out.stat().st_size
    if as_json:
        click.echo(json_text({"file": str(out), "sha256": digest, "size": size}))
        return
    click.echo(f"{digest}  {out}")
    click.echo(f"{out}: {_size(len(found.steps), size)}", err=True)


@command.command("inspect")
@_file_argument
@signed_options
@json_option
def inspect(file: Path, who: str | Identity | None, as_json: bool) -> None:
    """Check a bundle, and say what is in it: steps, images, packages."""
    with bundles.opened(file, who) as bundle:
        told = _told(bundle)
    if as_json:
        click.echo(json_text(told))
        return
    click.echo(
        f"pipeline {told['pipeline']}, {told['calls']} calls, for {told['platform']}, made by ops0 {told['ops0']}"
    )
    for step, one in told["steps"].items():
        asked = {"the network": one["network"], "native code": one["native_code"]}
        asks = " and ".join(name for name, is_asked in asked.items() if is_asked)
        click.echo(f"{step}: {one['tag']}{asks and f', asks for {asks}'}")
        click.echo(f"  {one['digest']}")
        click.echo(listed("  ", one["packages"] or ["no packages"], columns(sys.stdout)))
    if told["tools"]:
        click.echo(listed("tools: ", told["tools"], columns(sys.stdout)))
    click.echo(f"{size_text(told['size'])}, each of its {told['blobs']} blobs once")


@command.command("verify")
@_file_argument
@signed_options
def verify(file: Path, who: str | Identity | None) -> None:
    """Check every byte of a bundle; load and run nothing."""
    with bundles.opened(file, who) as bundle:
        count, size = len(bundle.images), bundle.size
    signed = "" if who is None else f", signed by {who}"
    click.echo(f"{file}: whole, {_size(count, size)}{signed}")


@command.command("load")
@_file_argument
@signed_options
@json_option
def load(file: Path, who: str | Identity | None, as_json: bool) -> None:
    """Check a bundle, and give its images to the Docker Engine."""
    with bundles.opened(file, who) as bundle:
        ids, loaded = bundles.load(bundle)
        tags = {one.step: one.tag for one in bundle.bundle.images}
    if as_json:
        steps = {
            step: {"tag": tags[step], "digest": ids[step], "loaded": tags[step] in loaded}
            for step in ids
        }
        click.echo(json_text(steps))
        return
    for step, digest in ids.items():
        state = "loaded" if tags[step] in loaded else "there already"
        click.echo(f"{tags[step]}  {short_digest(digest, sys.stdout)}  {state}")


def _size(images: int, size: int) -> str:
    return f"{images} image{'' if images == 1 else 's'}, {size_text(size)}"


def _told(bundle: OpenBundle) -> dict[str, Any]:
    inner = bundle.bundle
    steps = {
        one.step: {
            "tag": one.tag,
            "digest": one.digest,
            "network": inner.pipeline.step(one.step).options.network,
            "native_code": bool(inner.pipeline.step(one.step).native_code),
            "secrets": dict(inner.pipeline.step(one.step).options.secrets),
            "packages": [
                f"{dist.name} {dist.version}" for dist in inner.lock.step(one.step).distributions
            ],
        }
        for one in inner.images
    }
    return {
        "pipeline": inner.pipeline.name,
        "ops0": inner.ops0,
        "platform": bundles.platform_of(inner),
        "tools": list(bundle.tools),
        "calls": len(inner.pipeline.calls),
        "steps": steps,
        "blobs": sum(member.is_blob for member in bundle.members),
        "size": bundle.size,
    }
