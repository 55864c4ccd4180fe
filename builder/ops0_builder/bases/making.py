"""``ops0-base`` made on demand: from an official image where a registry answers, else from Debian's packages."""

from __future__ import annotations

import os
from shlex import quote

from ops0.core.locked import PLATFORMS
from ops0.host import process
from ops0.host.engine_socket import EngineSocket
from ops0_builder.bases.facts import PYTHON
from ops0_builder.bases.finding import see_fit
from ops0_builder.bases.foreign import foreign_tag
from ops0_builder.bases.images import (
    PULL_SECONDS,
    Say,
    base_from,
    held_base,
    official_image,
    pull_image,
)
from ops0_builder.build_errors import FROM_DEBIAN, BaseBuildFailed, BaseUnfit, NoBase
from ops0_builder.engine.engine_images import image_id, read_images
from ops0_builder.resources import resource


def make_foreign_base(python: str, platform: str, *, engine: EngineSocket, say: Say) -> str:
    """Make ``ops0-base:X.Y-ARCH`` from Debian's packages, on the engine's own ``ops0-base:X.Y``. Gives its tag.

    raises: NoBase, BaseBuildFailed, EngineError
    """
    tag = foreign_tag(python, platform)
    if python not in FROM_DEBIAN or platform not in PLATFORMS.values():
        raise NoBase("base", python, f"Debian's packages have none for {platform}")
    if held_base(read_images(engine), f"ops0-base:{python}") is None:
        raise NoBase("base", python, f"{tag} is made on the engine's own base")
    say(f"base: making {tag} from Debian's packages")
    _run_script(tag, python, platform.partition("/")[2])
    return tag


_AS_ROOT = "run this once as root, or make one from an image of yours: ops0 base --from IMAGE"


def make_base(python: str, *, engine: EngineSocket, say: Say, source: str | None) -> str:
    """Make ``ops0-base:X.Y`` and give its tag: from ``source``, a registry's python:X.Y-slim, or Debian's packages.

    source: an image of the engine, or of a registry where the engine has none of that name
    raises: NoBase, BaseUnfit, BaseBuildFailed, BuildxUnusable, EngineError
    """
    tag = f"ops0-base:{python}"
    if not PYTHON.fullmatch(python):
        raise NoBase("base", python, "no Python version: write it as 3.11")
    if source is not None:
        say(f"base: {tag} from {source}")
        _check(source, python, engine, say)
        base_from(source, tag, engine, say, local=True)
        return tag
    official = official_image(python, engine)
    if official is not None:
        say(f"base: {tag} from {official}")
        base_from(official, tag, engine, say)
        return tag
    if python not in FROM_DEBIAN:
        raise NoBase("base", python, "no registry answers")
    say(f"base: no registry answers, making {tag} from Debian's packages")
    _run_script(tag, python)
    return tag


def _check(source: str, python: str, engine: EngineSocket, say: Say) -> None:
    """Whether an image can be a base for a Python: under its tag nobody would look for another. Raises BaseUnfit."""
    found = image_id(engine, source) or pull_image(source, engine, say, "--from")
    has = see_fit(source, found, "", engine)
    if has not in (None, python):
        way = f"`ops0 base --python {has} --from {quote(source)}`"
        raise BaseUnfit(source, f"it has Python {has}, {python} is asked for", way)


def _run_script(tag: str, *arguments: str) -> None:
    argv = ("bash", str(resource("base-image.sh")), *arguments)
    try:
        ended = process.run(argv, timeout=PULL_SECONDS)
    except (process.ProgramMissing, process.ProgramTimeout) as fault:
        raise BaseBuildFailed(tag, str(fault)) from None
    if ended.code != 0:
        raise BaseBuildFailed(tag, ended.tail, *([_AS_ROOT] if os.geteuid() else []))
