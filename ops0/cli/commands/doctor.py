"""``ops0 doctor``: what is missing on this machine, and how to fix it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import click

from ops0.cli.options import json_option
from ops0.cli.show.limits import limits_text
from ops0.cli.show.plain_json import json_text
from ops0.cli.show.plan import size_text
from ops0.cli.show.store import store_text
from ops0.cli.terminal import columns, filled
from ops0.cli.work import Work, any_work
from ops0.core.errors import HostError, Ops0Error
from ops0.host.folders import cache_dir, can_be_written, nearest_folder
from ops0_builder.build_errors import NoBase
from ops0_builder.engine.buildx import buildx_fault
from ops0_builder.engine.engine_images import image_id, is_rootless
from ops0_builder.planning.uv_file import uv_file

_INDENT = 16
ROOM = 5 * 10**9
"""Bytes that a first build of a data pipeline wants."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing looked at. ``fix``: a command or sentence for what is not well.

    needed: False where there are good reasons to go without: it is told, and nothing is missing
    """

    name: str
    well: bool
    fact: str
    fix: str = ""
    needed: bool = True


class NotReady(HostError):
    """``ops0 doctor`` has found something missing."""

    exit_code = 70

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"not ready for images: {', '.join(missing)}",
            "fix what is marked above; `ops0 run` without --containers needs none of it",
        )
        self.missing = tuple(missing)


@click.command("doctor")
@json_option
def command(as_json: bool) -> None:
    """Check this machine and show how to fix what is missing.

    Exits with 70 if something is missing that containers need; ops0 run works in processes without any of it. What only
    builds need is not needed to run bundles and deployments. The package index is asked as ops0 lock asks it; if it
    does not answer, that is shown but does not count as missing: a lock with its wheels needs no index.
    """
    findings: list[Finding] = []
    for one in _look():  # some take seconds: what is known is shown meanwhile
        findings.append(one)
        if not as_json:
            _show(one)
    if as_json:
        click.echo(json_text(findings))
    missing = [one.name for one in findings if one.needed and not one.well]
    if missing:
        raise NotReady(missing)


def _show(one: Finding) -> None:
    width = columns(sys.stdout)
    kind, hue = ("miss", "red") if one.needed else ("note", "yellow")
    mark = click.style("ok  ", fg="green") if one.well else click.style(kind, fg=hue)
    click.echo(f"{mark} {one.name:<10} {filled(one.fact, width, _INDENT)}")
    if not one.well and one.fix:
        click.echo(f"{'':<{_INDENT}}{filled(f'fix it: {one.fix}', width, _INDENT)}")


def _look() -> Iterator[Finding]:
    work = any_work()
    yield Finding(name="python", well=True, fact=f"{sys.version.split()[0]}, {sys.executable}")
    engine = _checked("engine", lambda: _engine(work))
    yield engine
    if engine.well:  # else each question to it would tell the same
        yield _checked("store", lambda: store_text(_info(work)))
        yield _checked("limits", lambda: limits_text(_info(work)))
    yield _checked("buildx", _buildx, only="to build images")
    if engine.well:
        yield _checked("base", lambda: _base(work), only="to build images")
    yield _checked("uv", _uv)
    for_index = "to lock, and for wheels that are not here"
    yield replace(_checked("index", lambda: _index(work), only=for_index), needed=False)
    yield _disk()


def _checked(name: str, look: Callable[[], str], *, only: str = "") -> Finding:
    """What a look at one thing says. ``only``: what alone it is needed for."""
    try:
        return Finding(name=name, well=True, fact=look())
    except Ops0Error as fault:
        told = "; ".join(line.strip() for line in str(fault).splitlines())
        fact = f"{told}; needed only {only}" if only else told
        fix = (fault.hint or "").partition("; `ops0 doctor` shows")[0]  # this is it
        return Finding(name=name, well=False, fact=fact, fix=fix)
    except Exception as fault:  # noqa: BLE001 - it is here to tell what is wrong, whatever that is
        return Finding(name=name, well=False, fact=f"{type(fault).__name__}: {fault}")


def _engine(work: Work) -> str:
    told = work.engine.call("GET", "/version").json()
    rootless = ", rootless" if is_rootless(_info(work)) else ""
    where = work.engine.address.text
    return f"Docker Engine {told['Version']}, API {told['ApiVersion']}, {where}{rootless}"


def _info(work: Work) -> Any:
    return work.engine.call("GET", "/info").json()


def _buildx() -> str:
    fault = buildx_fault()
    if fault is not None:
        raise fault
    return "docker buildx"


def _base(work: Work) -> str:
    python = work.target.python
    tag = f"ops0-base:{python}"
    if image_id(work.engine, tag) is None:
        raise NoBase("this project", python, f"{tag} is not on the engine; a build asks a registry")
    return tag


def _index(work: Work) -> str:
    from ops0_builder.lock.index_check import ask_index  # noqa: PLC0415 - not for --help

    return "it answers" if ask_index(work.project.root) else "not asked: UV_OFFLINE is set"


def _uv() -> str:
    return str(uv_file()[1])


def _disk() -> Finding:
    folder = cache_dir()
    if not can_be_written(folder):
        fact = f"{folder} cannot be made or written to by this user"
        fix = "name a folder of its own: OPS0_CACHE_DIR, and OPS0_STATE_DIR if that is there too"
        return Finding(name="disk", well=False, fact=fact, fix=fix)
    free = shutil.disk_usage(nearest_folder(folder)).free
    fact = f"{size_text(free)} free for {cache_dir()}"
    return Finding(
        name="disk",
        well=free >= ROOM,
        fact=fact,
        fix="free some, or set OPS0_CACHE_DIR to another disk",
    )
