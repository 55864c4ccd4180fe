"""Requirements that belong to no pipeline -> wheels on this machine, for any Python and platform. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from ops0.core.locked import Lock, StepLock, Target
from ops0.core.pipeline import StepName
from ops0_builder.lock.diagnosis import resolve_or_explain
from ops0_builder.lock.files import Tools, lock_files
from ops0_builder.lock.filling import fill
from ops0_builder.lock.inputs import StepInputs
from ops0_builder.lock.resolution import parse_requirement
from ops0_builder.lock.resolver import StepGroup, StepRequirement


def wheels_for(
    requirements: Sequence[str],
    target: Target,
    preferences: Mapping[str, str],
    tools: Tools,
    place: str,
) -> Mapping[str, Path]:
    """File name -> path of the wheels that these requirements come to on a target, each checked by its hash.

    preferences: name -> version, kept where it can be;  place: who asks, for errors
    raises:      LockError's kinds
    """
    name = StepName(place)
    asked = tuple(
        StepRequirement(
            step=name,
            text=text,
            requirement=parse_requirement(text, place),
            place=place,
            reason=place,
        )
        for text in requirements
    )
    inputs = StepInputs(step=name, requirements=tuple(sorted(requirements)), target=target)
    pins: dict[str, str] = {canonicalize_name(one): version for one, version in preferences.items()}
    group = StepGroup(inputs=(inputs,), target=target, asked=asked, preferred=pins)
    found = resolve_or_explain(group, tools.uv)
    locked = lock_files(found.used(), target, {}, {}, tools)
    step = StepLock(step=name, target=target, distributions=tuple(locked.values()), digest="")
    paths = fill(
        Lock(inputs="", steps=(step,)), None, tools.wheelhouse, lambda: tools, tools.uv.folder
    )
    return {one.wheel.filename: paths[one.wheel.sha256] for one in locked.values()}
