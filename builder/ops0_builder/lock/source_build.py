"""A source archive or folder -> a wheel that fits a target, the same bytes wherever it is built again.

Its build runs its code on this machine; whoever calls says so to the user first. What builds it is pinned: the
pins stand in the lock, and a second build uses them.
"""

from __future__ import annotations

import platform
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ops0.core.locked import LockedFile, Target
from ops0_builder.lock.build_requires import asked_requires, build_system
from ops0_builder.lock.git_program import OF_A_CHECKOUT
from ops0_builder.lock.place_errors import SourceBuildFailed
from ops0_builder.lock.program_words import last_lines, said_lines
from ops0_builder.lock.pylock_writing import machine_of
from ops0_builder.lock.resolution import read_resolution
from ops0_builder.lock.uv_program import Unsatisfiable, Uv
from ops0_builder.lock.wheel_check import wheel_fault
from ops0_builder.lock.wheel_choice import wheel_rank
from ops0_builder.lock.wheel_normal import normal_wheel
from ops0_builder.lock.wheelhouse import WORK_PREFIX, Wheelhouse

_EPOCH = "315532800"  # 1980-01-01, the earliest time that a zip file can say
_LAST_LINES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """A wheel made here. ``pins``: what built it."""

    wheel: LockedFile
    pins: tuple[str, ...]


def build_wheel(
    sdist: Path,
    title: str,
    target: Target,
    uv: Uv,
    wheelhouse: Wheelhouse,
    pins: Sequence[str] | None = None,
    *,
    any_tag: bool = False,
) -> Built:
    """Build a source archive, or a folder, and put the wheel into the wheelhouse.

    title: the distribution and version, for errors
    any_tag: also one that does not fit the target
    pins:  what to build with; None: the newest that its build asks for
    raises: SourceBuildFailed, IndexUnreachable, ResolverFailed
    """
    python = _python_for(target, uv)
    plain = {key: value for key, value in uv.environment.items() if key not in uv.indexed.logins}
    uv = replace(uv, environment=_alone(plain, sdist))  # a build needs no login, and would see it
    with wheelhouse.workplace() as folder:
        if pins is None:
            pins = _build_pins(sdist, title, target, python, uv, folder)
        made = _build(sdist, title, python, pins, uv, folder)
        if not (any_tag or fits(made.name, target)):
            fact = f"{made.name} does not fit the target"
            raise SourceBuildFailed(title, fact)
        try:
            data = normal_wheel(made.read_bytes())
        except zipfile.BadZipFile as fault:
            raise SourceBuildFailed(title, f"its wheel is broken: {fault}") from None
        broken = wheel_fault(made)
        if broken is not None:
            raise SourceBuildFailed(title, f"its wheel {made.name} is broken: {broken}")
        normal = folder / "normal" / made.name
        normal.parent.mkdir()
        normal.write_bytes(data)
        return Built(wheel=wheelhouse.take(normal), pins=tuple(sorted(pins)))


def _build(sdist: Path, title: str, python: str, pins: Sequence[str], uv: Uv, folder: Path) -> Path:
    constraints = folder / "build.txt"
    constraints.write_text("".join(f"{pin}\n" for pin in pins), encoding="utf-8")
    out = folder / "out"
    fixed = {**uv.environment, "SOURCE_DATE_EPOCH": _EPOCH, "PYTHONHASHSEED": "0"}
    done = replace(uv, environment=fixed).call(
        (
            *("build", "--wheel", "--no-sources", "--python", python, "--out-dir", str(out)),
            *("--build-constraints", str(constraints), str(sdist)),
        )
    )
    wheels = sorted(out.glob("*.whl")) if out.is_dir() else []
    if done.code != 0 or len(wheels) != 1:
        raise SourceBuildFailed(title, "the build failed", _last(done.err))
    return wheels[0]


def _alone(environment: Mapping[str, str], source: Path) -> dict[str, str]:
    """The environment without a checkout of git around the source, whose tags a build might take for its own."""
    kept = {key: value for key, value in environment.items() if key not in OF_A_CHECKOUT}
    ours = (one for one in source.parents if one.name.startswith(WORK_PREFIX))
    top = next(ours, source.parent)
    return {**kept, "GIT_CEILING_DIRECTORIES": str(top)}


def _last(stderr: str) -> str:
    """What the build said last: why it failed stands at its end, before uv's own words."""
    lines = said_lines(stderr)
    return last_lines(
        [line for line in lines if not line.startswith("hint: Build failures")], _LAST_LINES
    )


def _python_for(target: Target, uv: Uv) -> str:
    """The target's own Python if this machine has it, else ours: good enough for wheels without compiled code."""
    done = uv.call(("python", "find", "--quiet", target.python))
    return done.out.strip() if done.code == 0 and done.out.strip() else sys.executable


def _build_pins(
    sdist: Path, title: str, target: Target, python: str, uv: Uv, folder: Path
) -> tuple[str, ...]:
    """What builds it: what its ``pyproject.toml`` names, and what its backend asks for beside that."""
    system = build_system(sdist, title)
    pins = _resolved(system.requires, title, target, uv)
    more = asked_requires(sdist, system, pins, python, uv, folder)
    return _resolved((*system.requires, *more), title, target, uv) if more else pins


def _resolved(requires: tuple[str, ...], title: str, target: Target, uv: Uv) -> tuple[str, ...]:
    if not requires:
        return ()
    try:
        text = uv.compile(requires, target)
    except Unsatisfiable as fault:
        raise SourceBuildFailed(title, "what its build needs cannot be had", fault.said) from None
    resolution = read_resolution(text, ())
    return tuple(f"{name}=={version}" for name, version in sorted(resolution.pins.items()))


def fits(filename: str, target: Target) -> bool:
    """Pure wheels fit everywhere; compiled ones where the tag fits and this machine's libc is no newer."""
    if wheel_rank(filename, target) is None:
        return False
    if filename.endswith("-any.whl"):
        return True
    name, version = platform.libc_ver()
    ours = tuple(int(part) for part in version.split(".")[:2]) if name == "glibc" else (999,)
    return platform.machine() == machine_of(target) and ours <= target.glibc
