"""Base images on the engine: held there, asked for at a registry, made of another image through Dockerfile.base."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.core.errors import EngineError
from ops0.host.engine_socket import EngineSocket, quoted
from ops0_builder.build_errors import BaseBuildFailed, BaseUnfit
from ops0_builder.engine.engine_images import EngineImages, image_id
from ops0_builder.resources import resource

if TYPE_CHECKING:
    from ops0_builder.engine.rawjson import RawJson

BASE_FORMAT = "1"
"""The label ops0.base of Dockerfile.base."""
_REGISTRY_SECONDS = 15.0
PULL_SECONDS = 1800.0

Say = Callable[[str], None]


def held_base(images: EngineImages, tag: str) -> str | None:
    """The digest of a base that ops0 made under a tag; None where the engine has none."""
    image = images.get(tag)
    if image is None or image.labels.get("ops0.base") != BASE_FORMAT:
        return None
    return image.digest


def official_image(python: str, engine: EngineSocket) -> str | None:
    """``python:X.Y-slim@sha256:…`` as a registry has it now, or None where none answers in time."""
    name = f"python:{python}-slim"
    try:
        told = engine.call("GET", f"/distribution/{quoted(name)}/json", timeout=_REGISTRY_SECONDS)
    except EngineError:
        return None
    digest = (told.json() or {}).get("Descriptor", {}).get("digest")
    return f"{name}@{digest}" if digest else None


def pull_image(reference: str, engine: EngineSocket, say: Say, place: str) -> str:
    """Pull an image; gives the engine's id of it. Raises BaseUnfit, BuildxUnusable, EngineError."""
    # A build with nothing to do starts no program.
    from ops0.host.engine_errors import EngineFull, says_full  # noqa: PLC0415
    from ops0.host.process import ProgramTimeout  # noqa: PLC0415
    from ops0_builder.engine.docker_command import run_docker  # noqa: PLC0415

    say(f"base: pulling {reference}")
    try:
        done = run_docker("pull", "--quiet", reference, timeout=PULL_SECONDS)
    except ProgramTimeout as fault:
        raise BaseUnfit(reference, f"{place}: {fault}") from None
    found = image_id(engine, reference) if done.code == 0 else None
    if found is None and says_full(done.err):
        raise EngineFull(f"pull of {reference}")
    if found is None:
        raise BaseUnfit(
            reference,
            f"{place}: not on the engine, and no registry gave it: {done.tail}",
            "pull or load it first, or log in: docker login",
        )
    return found


def base_from(
    reference: str, tag: str, engine: EngineSocket, say: Say, *, local: bool = False
) -> str:
    """Make a base of an image through Dockerfile.base; gives the engine's id of it. ``local``: do not pull it.

    raises: BaseBuildFailed, BaseUnfit, BuildxUnusable, EngineError
    """
    if not local:
        pull_image(reference, engine, say, "base")
    # Only where a base is made: a build with nothing to do does not pay for reading progress.
    from ops0.host.temporary import temporary_folder  # noqa: PLC0415
    from ops0_builder.engine.buildx import buildx_fault, run_buildx  # noqa: PLC0415
    from ops0_builder.engine.rawjson import RawJson  # noqa: PLC0415

    reader = RawJson({}, {})
    with temporary_folder("base") as empty:
        argv = base_argv(reference, tag, resource("Dockerfile.base"), engine.address.context)
        code = run_buildx((*argv, str(empty)), reader, folder=empty)
    digest = image_id(engine, tag) if code == 0 else None
    if digest is None:
        raise buildx_fault() or BaseBuildFailed(reference, _why(reader))
    return digest


def _why(reader: RawJson) -> str:
    """What the recipe said, or BuildKit: not the recipe's own text, which is in BuildKit's words for a failure."""
    failed = reader.failed
    log = reader.log_of(failed) if failed else ""
    fact = re.sub(r'process ".*"', "the recipe", failed.fact, flags=re.DOTALL) if failed else ""
    return "\n".join(filter(None, (log, fact))) or "\n".join(reader.other)


def base_argv(reference: str, tag: str, recipe: Path, builder: str) -> tuple[str, ...]:
    """The build of a base from an image, but for the context. Pure."""
    from ops0_builder.planning.context import BUILD_ARGUMENTS  # noqa: PLC0415 - only where a base is made

    argv = ["docker", "buildx", "--builder", builder, "build", "--progress=rawjson", "--load"]
    argv += ["--provenance=false"]
    for name, value in BUILD_ARGUMENTS.items():
        argv += ["--build-arg", f"{name}={value}"]
    argv += ["--build-context", f"base=docker-image://{reference}"]
    argv += ["--label", f"ops0.base.source={reference}", "--tag", tag, "--file", str(recipe)]
    return tuple(argv)
