"""The image that steps stand on: found on the engine, pulled, or made through Dockerfile.base."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.core.digest import sha256
from ops0.core.errors import EngineError, Ops0Error, raise_together
from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.plan import BaseImage
from ops0.host import process
from ops0.host.engine_socket import EngineSocket, quoted
from ops0.host.folders import cache_dir
from ops0_builder.base_facts import OLDEST, BaseFacts, base_facts
from ops0_builder.build_errors import (
    FROM_DEBIAN,
    BaseBuildFailed,
    BaseUnfit,
    BuildxUnusable,
    NoBase,
)
from ops0_builder.context import BUILD_ARGUMENTS
from ops0_builder.engine_images import EngineImages, image_id, read_images
from ops0_builder.foreign import foreign_facts, foreign_tag
from ops0_builder.resources import resource

if TYPE_CHECKING:
    from ops0_builder.rawjson import RawJson

BASE_FORMAT = "1"
"""The label ops0.base of Dockerfile.base."""
REGISTRY_SECONDS = 15.0
PULL_SECONDS = 1800.0

_MACHINES = {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}
_PYTHON = re.compile(r"3\.\d{1,2}", re.ASCII)
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}", re.ASCII)

Say = Callable[[str], None]


def resolve_bases(
    pipeline: Pipeline,
    default_python: str,
    *,
    engine: EngineSocket,
    images: EngineImages,
    say: Say,
    foreign: str | None = None,
) -> Mapping[StepName, BaseImage]:
    """The base of every step; each distinct one is resolved once, faults are raised together.

    default_python: ``3.11``, for steps that name neither base nor Python
    foreign: the platform to build for, where the engine has another
    """
    found: dict[tuple[str, str | None], BaseImage | Ops0Error] = {}
    result: dict[StepName, BaseImage] = {}
    for step in pipeline.steps:
        base = step.options.base
        wanted = (step.options.python or ("" if base else default_python), base)
        if wanted not in found:
            try:
                found[wanted] = resolve_base(
                    *wanted,
                    engine=engine,
                    images=images,
                    say=say,
                    place=str(step.where),
                    foreign=foreign,
                )
            except (BaseUnfit, NoBase, BaseBuildFailed) as fault:
                found[wanted] = fault
        answer = found[wanted]
        if isinstance(answer, BaseImage):
            result[step.name] = answer
    raise_together([one for one in found.values() if isinstance(one, Ops0Error)])
    return result


def resolve_base(
    python: str,
    base: str | None,
    *,
    engine: EngineSocket,
    images: EngineImages,
    say: Say,
    place: str = "base",
    foreign: str | None = None,
) -> BaseImage:
    """One base image, ready to stand on.

    python: ``3.11``; "" for whatever a named base has
    base:   an image of the user's, from the engine or a registry; None for ops0's own
    raises: NoBase, BaseUnfit, BaseBuildFailed, BuildxUnusable, EngineError
    """
    if python and not _PYTHON.fullmatch(python):
        raise NoBase(place, python, "no Python version: write it as 3.11")
    if foreign is not None:
        return _foreign_base(python, base, foreign, engine, images, say, place)
    if base is None:
        tag = f"ops0-base:{python}"
        digest = _ready(images, tag) or _pulled_base(python, tag, engine, say, place)
    else:
        tag, digest = _named_base(base, engine, images, say, place)
    facts = base_facts(engine, base or tag, digest, cache_dir() / "bases")
    return _judged(tag, base or tag, digest, python, facts)


def _foreign_base(
    python: str,
    base: str | None,
    platform: str,
    engine: EngineSocket,
    images: EngineImages,
    say: Say,
    place: str,
) -> BaseImage:
    if base is not None:
        fact = f"{place}: it is for the engine's platform, {platform} is asked for"
        raise BaseUnfit(base, fact, "leave `base` out, or build where the engine has that platform")
    native = resolve_base(python, None, engine=engine, images=images, say=say, place=place)
    tag = foreign_tag(python, platform)
    digest = _ready(images, tag)
    if digest is None:
        raise BaseUnfit(
            tag,
            f"{place}: it is not on the engine",
            f"make it from Debian's packages: `ops0 base --python {python} --platform {platform}`",
        )
    facts = foreign_facts(engine, tag, digest, platform, cache_dir() / "bases")
    return replace(_judged(tag, tag, digest, python, facts), native=native.reference)


def check_glibc(base: BaseImage, locked: tuple[int, int]) -> None:
    """Whether wheels that were locked for this C library run on a base. Raises BaseUnfit. Pure."""
    if base.target.glibc < locked:
        has, wants = (".".join(map(str, version)) for version in (base.target.glibc, locked))
        raise BaseUnfit(
            base.reference,
            f"it has glibc {has}, the lock is for {wants}",
            "take a newer release of it, as Debian 12 or later",
        )


def make_foreign_base(python: str, platform: str, *, engine: EngineSocket, say: Say) -> str:
    """Make ``ops0-base:X.Y-ARCH`` from Debian's packages, on the engine's own ``ops0-base:X.Y``. Gives its tag.

    raises: NoBase, BaseBuildFailed, EngineError
    """
    tag = foreign_tag(python, platform)
    if python not in FROM_DEBIAN or platform not in _MACHINES.values():
        raise NoBase("base", python, f"Debian's packages have none for {platform}")
    if _ready(read_images(engine), f"ops0-base:{python}") is None:
        raise NoBase("base", python, f"{tag} is made on the engine's own base")
    say(f"base: making {tag} from Debian's packages")
    _run_script(tag, python, platform.partition("/")[2])
    return tag


def make_base(python: str, *, engine: EngineSocket, say: Say, source: str | None = None) -> str:
    """Make ``ops0-base:X.Y`` and give its tag: from ``source``, a registry's python:X.Y-slim, or Debian's packages.

    raises: NoBase, BaseBuildFailed, BuildxUnusable, EngineError
    """
    tag = f"ops0-base:{python}"
    if not _PYTHON.fullmatch(python):
        raise NoBase("base", python, "no Python version: write it as 3.11")
    official = source or _official(python, engine)
    if official is not None:
        say(f"base: {tag} from {official}")
        _from_image(official, tag, engine, say)
        return tag
    if python not in FROM_DEBIAN:
        raise NoBase("base", python, "no registry answers")
    say(f"base: no registry answers, making {tag} from Debian's packages")
    _run_script(tag, python)
    return tag


def _run_script(tag: str, *arguments: str) -> None:
    argv = ("bash", str(resource("base-image.sh")), *arguments)
    try:
        ended = process.run(argv, timeout=PULL_SECONDS)
    except (process.ProgramMissing, process.ProgramTimeout) as fault:
        raise BaseBuildFailed(tag, str(fault)) from None
    if ended.code != 0:
        raise BaseBuildFailed(tag, ended.tail)


def _ready(images: EngineImages, tag: str) -> str | None:
    image = images.get(tag)
    if image is None or image.labels.get("ops0.base") != BASE_FORMAT:
        return None
    return image.digest


def _pulled_base(python: str, tag: str, engine: EngineSocket, say: Say, place: str) -> str:
    official = _official(python, engine)
    if official is None:
        raise NoBase(place, python, f"{tag} is not on the engine and no registry answers")
    return _from_image(official, tag, engine, say)


def _official(python: str, engine: EngineSocket) -> str | None:
    """``python:X.Y-slim@sha256:…`` as a registry has it now, or None where none answers in time."""
    name = f"python:{python}-slim"
    try:
        told = engine.call("GET", f"/distribution/{quoted(name)}/json", timeout=REGISTRY_SECONDS)
    except EngineError:
        return None
    digest = (told.json() or {}).get("Descriptor", {}).get("digest")
    return f"{name}@{digest}" if digest else None


def _named_base(
    base: str, engine: EngineSocket, images: EngineImages, say: Say, place: str
) -> tuple[str, str]:
    """An image of the user's, made fit by Dockerfile.base; (tag, digest)."""
    if not _REFERENCE.fullmatch(base):
        raise BaseUnfit(base, f"{place}: not the name of an image")
    ready = _ready(images, base)
    if ready is not None:
        return base, ready
    source = image_id(engine, base) or _pull(base, engine, say, place)
    recipe = resource("Dockerfile.base").read_text(encoding="utf-8")
    tag = f"ops0-base:from-{sha256(f'{source} {recipe}'.encode())[:16]}"
    return tag, _ready(images, tag) or _from_image(base, tag, engine, say, local=True)


def _pull(reference: str, engine: EngineSocket, say: Say, place: str) -> str:
    say(f"base: pulling {reference}")
    try:
        done = process.run(("docker", "pull", "--quiet", reference), timeout=PULL_SECONDS)
    except process.ProgramMissing:
        raise BuildxUnusable("there is no `docker` command") from None
    except process.ProgramTimeout as fault:
        raise BaseUnfit(reference, f"{place}: {fault}") from None
    found = image_id(engine, reference) if done.code == 0 else None
    if found is None:
        raise BaseUnfit(
            reference,
            f"{place}: not on the engine, and no registry gave it: {done.tail}",
            "pull or load it first, or log in: docker login",
        )
    return found


def _from_image(
    reference: str, tag: str, engine: EngineSocket, say: Say, *, local: bool = False
) -> str:
    if not local:
        _pull(reference, engine, say, "base")
    # Only where a base is made: a build with nothing to do does not pay for reading progress.
    import tempfile  # noqa: PLC0415

    from ops0_builder.buildx import buildx_fault, run_buildx  # noqa: PLC0415
    from ops0_builder.rawjson import RawJson  # noqa: PLC0415

    reader = RawJson({}, {})
    with tempfile.TemporaryDirectory(prefix="ops0-base-") as empty:
        argv = base_argv(reference, tag, resource("Dockerfile.base"), engine.address.context)
        code = run_buildx((*argv, empty), reader, folder=Path(empty))
    digest = image_id(engine, tag) if code == 0 else None
    if digest is None:
        raise buildx_fault() or BaseBuildFailed(reference, _why(reader))
    return digest


def _why(reader: RawJson) -> str:
    """What the recipe said, or BuildKit: not the recipe's own text, which is in BuildKit's words for a failure."""
    failed = reader.failed
    log = reader.log_of(failed) if failed else ""
    fact = failed.fact.rpartition("\n")[2] if failed else ""
    return "\n".join(filter(None, (log, fact))) or "\n".join(reader.other)


def base_argv(reference: str, tag: str, recipe: Path, builder: str) -> tuple[str, ...]:
    """The build of a base from an image, but for the context. Pure."""
    argv = ["docker", "buildx", "--builder", builder, "build", "--progress=rawjson", "--load"]
    argv += ["--provenance=false"]
    for name, value in BUILD_ARGUMENTS.items():
        argv += ["--build-arg", f"{name}={value}"]
    argv += ["--build-context", f"base=docker-image://{reference}"]
    argv += ["--label", f"ops0.base.source={reference}", "--tag", tag, "--file", str(recipe)]
    return tuple(argv)


def _judged(tag: str, reference: str, digest: str, python: str, facts: BaseFacts) -> BaseImage:
    has = "{}.{}".format(*facts.python)
    if python and has != python:
        raise BaseUnfit(reference, f"it has Python {has}, {python} is asked for")
    if facts.python < OLDEST:
        raise BaseUnfit(reference, f"it has Python {has}")
    if facts.glibc is None:
        raise BaseUnfit(reference, "its C library is not glibc, so most wheels do not fit")
    if facts.machine not in _MACHINES:
        raise BaseUnfit(reference, f"its machine is {facts.machine}")
    target = Target(python=has, platform=_MACHINES[facts.machine], glibc=facts.glibc)
    return BaseImage(
        reference=tag,
        digest=digest,
        target=target,
        suite=" ".join(facts.release).strip(),
        packages=facts.packages,
    )
