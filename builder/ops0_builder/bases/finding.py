"""The image that steps stand on: found on the engine, pulled, or made through Dockerfile.base."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ops0.core.digest import sha256
from ops0.core.errors import Ops0Error, raise_together
from ops0.core.locked import PLATFORMS, Target
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.plan import BaseImage
from ops0.host.engine_errors import EngineRefused
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import cache_dir
from ops0_builder.bases.facts import OLDEST, PYTHON, BaseFacts, base_facts
from ops0_builder.bases.images import Say, base_from, held_base, official_image, pull_image
from ops0_builder.build_errors import BaseBuildFailed, BaseUnfit, NoBase
from ops0_builder.engine.engine_images import EngineImages, image_id
from ops0_builder.resources import resource

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}", re.ASCII)


def resolve_bases(
    pipeline: Pipeline,
    default_python: str,
    *,
    engine: EngineSocket,
    images: EngineImages,
    say: Say,
    foreign: str | None,
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
    if python and not PYTHON.fullmatch(python):
        raise NoBase(place, python, "no Python version: write it as 3.11")
    if foreign is not None:
        return _foreign_base(python, base, foreign, engine, images, say, place)
    if base is None:
        tag = f"ops0-base:{python}"
        digest = held_base(images, tag) or _pulled_base(python, tag, engine, say, place)
    else:
        tag, digest = _named_base(base, python, engine, images, say, place)
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
    from ops0_builder.bases.foreign import foreign_facts, foreign_tag  # noqa: PLC0415 - most projects are for one platform

    native = resolve_base(python, None, engine=engine, images=images, say=say, place=place)
    tag = foreign_tag(python, platform)
    digest = held_base(images, tag)
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


def _pulled_base(python: str, tag: str, engine: EngineSocket, say: Say, place: str) -> str:
    official = official_image(python, engine)
    if official is None:
        raise NoBase(place, python, f"{tag} is not on the engine and no registry answers")
    return base_from(official, tag, engine, say)


def _named_base(
    base: str, python: str, engine: EngineSocket, images: EngineImages, say: Say, place: str
) -> tuple[str, str]:
    """An image of the user's, made fit by Dockerfile.base; (tag, digest)."""
    if not _REFERENCE.fullmatch(base):
        raise BaseUnfit(base, f"{place}: not the name of an image")
    ready = held_base(images, base)
    if ready is not None:
        return base, ready
    source = image_id(engine, base) or pull_image(base, engine, say, place)
    see_fit(base, source, python, engine)
    recipe = resource("Dockerfile.base").read_text(encoding="utf-8")
    tag = f"ops0-base:from-{sha256(f'{source} {recipe}'.encode())[:16]}"
    return tag, held_base(images, tag) or base_from(base, tag, engine, say, local=True)


def see_fit(base: str, source: str, python: str, engine: EngineSocket) -> str | None:
    """Refuse an image before it is made fit in vain. One that does not tell is left to the recipe.

    python: as for ``resolve_base``
    gives:  the image's own, ``3.11``; None where it does not tell
    raises: BaseUnfit
    """
    try:
        facts = base_facts(engine, base, source, cache_dir() / "bases")
    except (BaseUnfit, EngineRefused):
        return None
    return _judged(base, base, source, python, facts).target.python


def _judged(tag: str, reference: str, digest: str, python: str, facts: BaseFacts) -> BaseImage:
    has = "{}.{}".format(*facts.python)
    if python and has != python:
        raise BaseUnfit(
            reference,
            f"it has Python {has}, {python} is asked for",
            f"take a base with Python {python}, or leave `python` out: the base's own counts then",
        )
    if facts.python < OLDEST:
        raise BaseUnfit(reference, f"it has Python {has}")
    if facts.glibc is None:
        raise BaseUnfit(reference, _other_library(facts))
    if facts.machine not in PLATFORMS:
        raise BaseUnfit(reference, f"its machine is {facts.machine}")
    target = Target(python=has, platform=PLATFORMS[facts.machine], glibc=facts.glibc)
    return BaseImage(
        reference=tag,
        digest=digest,
        target=target,
        suite=" ".join(facts.release).strip(),
        packages=facts.packages,
    )


def _other_library(facts: BaseFacts) -> str:
    if facts.libc.startswith("musl"):
        system = f", as {facts.release[0].title()}'s" if facts.release[0] else ""
        return f"its C library is musl{system}; wheels are locked for glibc (manylinux), not for musl (musllinux)"
    return "its C library is not glibc, so most wheels do not fit"
