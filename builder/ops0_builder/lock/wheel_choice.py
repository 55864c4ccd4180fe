"""Which of a distribution's wheels fits a target best. Pure; the rules are those of PEP 425 and PEP 600."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from ops0.core.locked import Target
from ops0_builder.lock.pylock_writing import machine_of

_LEGACY = {(2, 17): "manylinux2014", (2, 12): "manylinux2010", (2, 5): "manylinux1"}


@lru_cache(maxsize=32)
def platform_tags(target: Target) -> tuple[str, ...]:
    """The platform tags that run on a target, best first: ``manylinux_2_36_x86_64`` … ``linux_x86_64``."""
    machine = machine_of(target)
    major, minor = target.glibc
    oldest = 5 if machine in {"x86_64", "i686"} else 17
    return (*_manylinux(machine, major, minor, oldest), f"linux_{machine}")


def _manylinux(machine: str, major: int, minor: int, oldest: int) -> Iterator[str]:
    for number in range(minor, oldest - 1, -1):
        yield f"manylinux_{major}_{number}_{machine}"
        if (major, number) in _LEGACY:
            yield f"{_LEGACY[(major, number)]}_{machine}"


@lru_cache(maxsize=32)
def target_tags(target: Target) -> dict[Tag, int]:
    """Every tag that fits the target with its rank, 0 the best."""
    major, minor = (int(part) for part in target.python.split("."))
    interpreter = f"cp{major}{minor}"
    platforms = platform_tags(target)
    tags = [
        *cpython_tags((major, minor), [interpreter], platforms),
        *compatible_tags((major, minor), interpreter, platforms),
    ]
    return {tag: rank for rank, tag in reversed(list(enumerate(tags)))}


def wheel_rank(filename: str, target: Target) -> tuple[int, int] | None:
    """How well a wheel fits: (tag's rank, minus the build number), less is better; None: it does not fit."""
    try:
        _, _, build, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return None
    ranks = target_tags(target)
    fitting = [ranks[tag] for tag in tags if tag in ranks]
    return (min(fitting), -build[0] if build else 0) if fitting else None


def best_wheel(filenames: Iterable[str], target: Target) -> str | None:
    """The wheel that an installer on the target would take, or None where none fits."""
    ranked = sorted(
        (rank, filename)
        for filename in filenames
        if (rank := wheel_rank(filename, target)) is not None
    )
    return ranked[0][1] if ranked else None
